"""The command /latest: what came into the archive, with pages that can be turned for as long as the message stands."""

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.archive import Archive
from bot.asking.turnstile import Turnstile
from bot.errors import EXPECTED, explain
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import Language
from bot.lists import embeds
from bot.lists.choices import CHOICE_LIMIT, suggested
from bot.lists.paging import ARRIVALS_A_PAGE, Arrivals, publisher_of
from bot.lists.turning import turning
from bot.messages.delivery import acknowledge, show
from index import Filters


class Latest(commands.Cog):
    """Lists what came in."""

    pages_of = "latest"

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
        await show(interaction, embeds.arrivals(page, say), _buttons(page, say))

    @latest.autocomplete("publisher")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Publishers that this place may read, and no others."""
        return await suggested(self._archive, self._guilds.readable(interaction.guild_id), typed)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Put another page in place of the one on the message. What may be read is decided by where the click was."""
        shown = interaction.message.embeds if interaction.message else []
        publisher = publisher_of(shown[0]) if shown else None
        say = self._guilds.language_of(interaction)
        page = await self._page(number, publisher, interaction.guild_id)
        await show(interaction, embeds.arrivals(page, say), _buttons(page, say))

    async def _page(self, number: int, publisher: str | None, guild_id: int | None) -> Arrivals:
        filters = Filters(self._guilds.readable(guild_id), publisher=publisher)
        found = await self._archive.recent(ARRIVALS_A_PAGE + 1, filters, number * ARRIVALS_A_PAGE)
        return Arrivals(tuple(found[:ARRIVALS_A_PAGE]), number, len(found) > ARRIVALS_A_PAGE, publisher)


def _buttons(page: Arrivals, say: Language) -> discord.ui.View | None:
    return turning("latest", page.number, say("Newer"), say("Older"), last=not page.more)
