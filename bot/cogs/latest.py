"""The command /latest: what came into the archive, with pages that can be turned for as long as the message stands."""

import re
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.archive import Archive
from bot.clicks import cog_of
from bot.cogs.search import CHOICE_LIMIT, suggested
from bot.delivery import acknowledge, show
from bot.errors import EXPECTED, explain, tell
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import ENGLISH, Language
from bot.paging import ARRIVALS_A_PAGE, Arrivals, publisher_of
from bot.turnstile import Turnstile
from index import Filters


class ArrivalsButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"pullquote:latest:(?P<number>\d{1,4})"
):
    """Turns to one page. Its id holds the page alone; the publisher stands in the message."""

    def __init__(self, number: int, label: str = "Page", *, disabled: bool = False) -> None:
        self.number = number
        super().__init__(discord.ui.Button(label=label, custom_id=f"pullquote:latest:{number}", disabled=disabled))

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
        if cog := cog_of(interaction, Latest):
            await cog.turn(interaction, self.number)


class Latest(commands.Cog):
    """Lists what came in."""

    def __init__(self, archive: Archive, guilds: Guilds, turnstile: Turnstile) -> None:
        self._archive = archive
        self._guilds = guilds
        self._turnstile = turnstile

    @app_commands.command(description="Show which articles came into the archive last")
    @app_commands.describe(publisher="Only from this publisher")
    async def latest(
        self, interaction: discord.Interaction, publisher: app_commands.Range[str, 1, CHOICE_LIMIT] | None = None
    ) -> None:
        """Show the first page in the channel."""
        if await self._turnstile.turns_away(interaction) or not await acknowledge(interaction, thinking=True):
            return
        say = self._guilds.language_of(interaction)
        try:
            page = await self._page(0, one_line(publisher or "") or None, interaction.guild_id)
        except EXPECTED as error:
            await show(interaction, render.notice(explain(error, say)))
            return
        await show(interaction, render.arrivals(page, say), buttons(page, say))

    @latest.autocomplete("publisher")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Publishers that this place may read, and no others."""
        return await suggested(self._archive, self._guilds.readable(interaction.guild_id), typed)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Put another page in place of the one on the message. What may be read is decided by where the click was."""
        shown = interaction.message.embeds if interaction.message else []
        publisher = publisher_of(shown[0]) if shown else None
        say = self._guilds.language_of(interaction)
        try:
            page = await self._page(number, publisher, interaction.guild_id)
        except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
            await tell(interaction, error)
            return
        await show(interaction, render.arrivals(page, say), buttons(page, say))

    async def _page(self, number: int, publisher: str | None, guild_id: int | None) -> Arrivals:
        filters = Filters(self._guilds.readable(guild_id), publisher=publisher)
        found = await self._archive.recent(ARRIVALS_A_PAGE + 1, filters, number * ARRIVALS_A_PAGE)
        return Arrivals(tuple(found[:ARRIVALS_A_PAGE]), number, len(found) > ARRIVALS_A_PAGE, publisher)


def buttons(page: Arrivals, say: Language = ENGLISH) -> discord.ui.View | None:
    """To newer and to older ones, or nothing where there is one page only."""
    if page.number == 0 and not page.more:
        return None
    view = discord.ui.View(timeout=None)
    view.add_item(ArrivalsButton(max(page.number - 1, 0), say("Newer"), disabled=page.number == 0))
    view.add_item(ArrivalsButton(page.number + 1, say("Older"), disabled=not page.more))
    return view
