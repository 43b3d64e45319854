"""The command /search, with pages that can be turned for as long as the message stands."""

import re
from datetime import date
from typing import Literal, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.archive import Archive, Busy, TooLate
from bot.clicks import cog_of
from bot.delivery import acknowledge, show
from bot.errors import EXPECTED, BadOption, explain, tell
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import ENGLISH, Language, phrase
from bot.paging import FEWEST, HITS_A_PAGE, MOST, PAGES, Page, Search, page_of, search_of
from bot.turnstile import Turnstile
from index import Filters

CHOICES = 25  # https://discord.com/developers/docs/interactions/application-commands#autocomplete
CHOICE_LIMIT = 100  # characters of a choice
GONE = phrase("This search cannot be continued. Please run it again with /search.")


class Day(app_commands.Transformer):
    """A day written as YYYY-MM-DD."""

    async def transform(self, _: discord.Interaction, value: str, /) -> date:
        """Parse it, or say how it is written."""
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise BadOption("Please write a day as YYYY-MM-DD, for example 2025-10-22.") from None


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"pullquote:page:(?P<number>\d{1,2})"
):
    """Turns to one page. Its id holds the page alone; the search stands in the message and is checked at each click."""

    def __init__(self, number: int, label: str = "Page", *, disabled: bool = False) -> None:
        self.number = number
        super().__init__(discord.ui.Button(label=label, custom_id=f"pullquote:page:{number}", disabled=disabled))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked, also one from before a restart."""
        del interaction, item
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Show the page."""
        if not await acknowledge(interaction):
            return
        if cog := cog_of(interaction, Find):
            await cog.turn(interaction, self.number)


class Find(commands.Cog):
    """Finds passages and pages through them."""

    def __init__(self, archive: Archive, guilds: Guilds, turnstile: Turnstile) -> None:
        self._archive = archive
        self._guilds = guilds
        self._turnstile = turnstile

    @app_commands.command(description="Search the news archive for passages")
    @app_commands.describe(
        query="Words to look for",
        after="Only what was published on this day or later, YYYY-MM-DD",
        before="Only what was published before this day, YYYY-MM-DD",
        publisher="Only from this publisher",
        sort="Best match first, or the best matches with the newest first",
    )
    async def search(
        self,
        interaction: discord.Interaction,
        query: app_commands.Range[str, FEWEST, MOST],
        after: app_commands.Transform[date, Day] | None = None,
        before: app_commands.Transform[date, Day] | None = None,
        publisher: app_commands.Range[str, 1, CHOICE_LIMIT] | None = None,
        sort: Literal["relevance", "date"] = "relevance",
    ) -> None:
        """Show the first page in the channel."""
        if await self._turnstile.turns_away(interaction) or not await acknowledge(interaction, thinking=True):
            return
        by_date = sort == "date"
        search = Search(one_line(query), after, before, one_line(publisher or "") or None, by_date=by_date)
        say = self._guilds.language_of(interaction)
        try:
            page = await self._page(search, 0, interaction.guild_id)
        except EXPECTED as error:
            await show(interaction, render.notice(explain(error, say)))
            return
        await show(interaction, render.results(page, say), buttons(page, say))

    @search.autocomplete("publisher")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Publishers that this place may read, and no others."""
        return await suggested(self._archive, self._guilds.readable(interaction.guild_id), typed)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Put another page in place of the one on the message. What may be read is decided by where the click was."""
        say = self._guilds.language_of(interaction)
        search = (
            search_of(interaction.message.embeds[0]) if interaction.message and interaction.message.embeds else None
        )
        if search is None:
            await tell(interaction, BadOption(say(GONE)))
            return
        try:
            page = await self._page(search, number, interaction.guild_id)
        except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
            await tell(interaction, error)
            return
        await show(interaction, render.results(page, say), buttons(page, say))

    async def _page(self, search: Search, number: int, guild_id: int | None) -> Page:
        filters = search.filters(self._guilds.readable(guild_id))
        hits = await self._archive.search(search.query, PAGES * HITS_A_PAGE, filters)
        return page_of(search, hits, number)


def buttons(page: Page, say: Language = ENGLISH) -> discord.ui.View | None:
    """Previous and Next, or nothing where there is one page only."""
    if page.pages == 1:
        return None
    first, last = page.number == 0, page.number == page.pages - 1
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton(page.number if first else page.number - 1, say("Previous"), disabled=first))
    view.add_item(PageButton(page.number if last else page.number + 1, say("Next"), disabled=last))
    return view


async def suggested(archive: Archive, collections: tuple[str, ...], typed: str) -> list[app_commands.Choice[str]]:
    """Publishers of the collections that hold what was typed. Nothing at all when there is no time for it."""
    try:
        names = await archive.publishers(Filters(collections))
    except (Busy, TooLate):
        return []
    fitting = [name for name in names if typed.casefold() in name.casefold() and len(name) <= CHOICE_LIMIT]
    return [app_commands.Choice(name=name, value=name) for name in fitting[:CHOICES]]
