"""The commands /archive source …: feeds, sitemaps and pages that a server has followed, for its own articles."""

from collections.abc import Awaitable

import discord
from discord import app_commands

from bot.archive import Archive, Busy, TooLate, own_collection
from bot.archive.door import SUGGESTING_S
from bot.archive.sources import Change
from bot.curating import sources
from bot.curating.links import web_address
from bot.errors import EXPECTED, BadOption, explain
from bot.guilds import Guilds
from bot.language import phrase
from bot.lists.choices import CHOICES
from bot.messages.delivery import acknowledge, show
from bot.render import notice
from bot.servers import audit
from index import Rejection, utc_now

LONGEST_ADDRESS = 2000  # characters
NONE_ALLOWED = phrase("Whoever runs this bot has decided that servers follow no sources of their own.")
NOTED = {
    "pause": phrase("Source paused: {source}"),
    "resume": phrase("Source followed again: {source}"),
    "remove": phrase("Source removed: {source}"),
}

Named = app_commands.Range[str, 1, LONGEST_ADDRESS]


class SourceCommands(app_commands.Group):
    """Under /archive. What a server follows goes into its own collection, and only that server sees and changes it."""

    def __init__(self, archive: Archive, guilds: Guilds) -> None:
        super().__init__(name="source", description="Feeds, sitemaps and pages that bring articles by themselves")
        self._archive = archive
        self._guilds = guilds

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Refuse those whom only a server's own overrides show the commands to."""
        manager_of(interaction)
        return True

    @app_commands.command(description="Follow a feed, a sitemap or a page: its articles come in by themselves")
    @app_commands.describe(url="Address of a feed, a sitemap or a web page")
    async def add(self, interaction: discord.Interaction, url: Named) -> None:
        """Look at it, and follow it from now on."""
        if (address := web_address(url)) is None:
            raise BadOption("Please give me the address of a feed, a sitemap or a web page.")
        if await acknowledge(interaction, thinking=True, ephemeral=True):
            await self._show(interaction, self._added(interaction, address))

    @app_commands.command(name="list", description="The sources of this server, how each does, and what was not taken")
    async def own(self, interaction: discord.Interaction) -> None:
        """Show them all."""
        if await acknowledge(interaction, thinking=True, ephemeral=True):
            await self._show(interaction, self._listed(interaction))

    @app_commands.command(description="Leave a source alone until it is resumed")
    @app_commands.describe(source="Its address")
    async def pause(self, interaction: discord.Interaction, source: Named) -> None:
        """Follow it no more for now."""
        if await acknowledge(interaction, thinking=True, ephemeral=True):
            await self._show(interaction, self._changed(interaction, "pause", source))

    @app_commands.command(description="Follow a paused source again, and look at a failing one now")
    @app_commands.describe(source="Its address")
    async def resume(self, interaction: discord.Interaction, source: Named) -> None:
        """Follow it again."""
        if await acknowledge(interaction, thinking=True, ephemeral=True):
            await self._show(interaction, self._changed(interaction, "resume", source))

    @app_commands.command(description="Follow a source no more; the articles that it has brought stay")
    @app_commands.describe(source="Its address")
    async def remove(self, interaction: discord.Interaction, source: Named) -> None:
        """Forget it."""
        if await acknowledge(interaction, thinking=True, ephemeral=True):
            await self._show(interaction, self._changed(interaction, "remove", source))

    @pause.autocomplete("source")
    @resume.autocomplete("source")
    @remove.autocomplete("source")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The server's own sources, and no others. Nothing at all when there is no time for it."""
        try:
            found = await self._archive.sources.all(own_collection(manager_of(interaction)), SUGGESTING_S)
        except (app_commands.CheckFailure, Busy, TooLate):
            return []
        fitting = [one for one in found if typed.casefold() in one.address.casefold()]
        return [app_commands.Choice(name=sources.named(one), value=str(one.id)) for one in fitting[:CHOICES]]

    async def _added(self, interaction: discord.Interaction, address: str) -> discord.Embed:
        say = self._guilds.language_of(interaction)
        if not (self._archive.sources.most and self._archive.most_own):
            return notice(say(NONE_ALLOWED))
        found, watched_at = await self._archive.sources.add(address, own_collection(manager_of(interaction)))
        if not isinstance(found, Rejection) and found.is_new:
            await audit.note(interaction, lambda say: say("Source added: {source}", source=address))
        return sources.added(found, watched_at, utc_now(), say)

    async def _listed(self, interaction: discord.Interaction) -> discord.Embed:
        collection = own_collection(manager_of(interaction))
        found = await self._archive.sources.followed(collection, self._archive.deadline_s)
        return sources.listed(found, self._archive.sources.most, utc_now(), self._guilds.language_of(interaction))

    async def _changed(self, interaction: discord.Interaction, change: Change, name: str) -> discord.Embed:
        named, collection = web_address(name) or name.strip(), own_collection(manager_of(interaction))
        found = await self._archive.sources.change(change, named, collection)
        if found is not None:
            address = found.address
            await audit.note(interaction, lambda say: say(NOTED[change], source=address))
        return sources.changed(change, found, self._guilds.language_of(interaction))

    async def _show(self, interaction: discord.Interaction, making: Awaitable[discord.Embed]) -> None:
        try:
            embed = await making
        except EXPECTED as error:
            embed = notice(explain(error, self._guilds.language_of(interaction)))
        await show(interaction, embed)


def manager_of(interaction: discord.Interaction) -> int:
    """The server that the person manages.

    Raises:
        MissingPermissions: they may not, or there is none.
    """
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
    return interaction.guild_id
