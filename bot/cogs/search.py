"""The command /search, with pages that can be turned for as long as the message stands."""

from datetime import date
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers import reply
from bot.answers.reply import Reply
from bot.archive import Archive
from bot.asking.asked import Asked
from bot.asking.conversations import Place
from bot.asking.pending import Pending, Question, kept_by
from bot.asking.turnstile import Turnstile
from bot.errors import EXPECTED, BadOption, explain
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import Language, phrase
from bot.lists import embeds
from bot.lists.choices import CHOICE_LIMIT, Day, suggested
from bot.lists.paging import FEWEST, HITS_A_PAGE, MOST, PAGES, Page, Search, page_of, search_of
from bot.lists.turning import turning
from bot.messages.delivery import acknowledge, show

GONE = phrase("This search cannot be continued. Please run it again with /search.")


class Find(commands.Cog):
    """Finds passages and pages through them."""

    pages_of = "page"

    def __init__(
        self,
        bot: commands.AutoShardedBot,
        archive: Archive,
        guilds: Guilds,
        turnstile: Turnstile,
        *,
        pending: Pending | None = None,
    ) -> None:
        self._bot = bot
        self._archive = archive
        self._guilds = guilds
        self._turnstile = turnstile
        self._pending = pending

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
        if await self._turnstile.turns_away(interaction):
            return
        asked = Asked(
            search=Search(one_line(query), after, before, one_line(publisher or "") or None, by_date=sort == "date"),
            day=interaction.created_at.date(),
            place=Place(interaction.guild_id, interaction.channel_id, interaction.user.id),
            say=self._guilds.language_of(interaction),
        )
        facts = interaction.id, interaction.application_id, interaction.token
        async with kept_by(self._pending, Question.of_command(*facts, asked, "search"), self._bot):
            if await acknowledge(interaction, thinking=True):
                found = await self._first_page(asked)
                await show(interaction, found.embeds, found.view)

    async def answer_late(self, question: Question) -> None:
        """Answer what another process has acknowledged, and did not live to answer."""
        await reply.late(question.webhook(self._bot), await self._first_page(question.asked), private=False)

    async def _first_page(self, asked: Asked) -> Reply:
        try:
            page = await self._page(asked.search, 0, asked.place.guild_id)
        except EXPECTED as error:
            return Reply.saying(explain(error, asked.say))
        return Reply((embeds.results(page, asked.say),), _buttons(page, asked.say))

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
            raise BadOption(say(GONE))
        page = await self._page(search, number, interaction.guild_id)
        await show(interaction, embeds.results(page, say), _buttons(page, say))

    async def _page(self, search: Search, number: int, guild_id: int | None) -> Page:
        filters = search.filters(self._guilds.readable(guild_id))
        hits = await self._archive.search(search.query, PAGES * HITS_A_PAGE, filters)
        return page_of(search, hits, number)


def _buttons(page: Page, say: Language) -> discord.ui.View | None:
    return turning("page", page.number, say("Previous"), say("Next"), last=page.number == page.pages - 1)
