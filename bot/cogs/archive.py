"""The commands /archive …: what members with Manage Server do with the articles that their server reads."""

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from bot.archive import Archive, Busy, TooLate, own_collection
from bot.cogs.sources import SourceCommands, manager_of
from bot.curating import holdings, reports, shelves
from bot.curating.buttons import ConfirmRemoval, row
from bot.curating.jobs import PAGE, REINDEX, UPLOAD
from bot.curating.links import first_link, web_address
from bot.curating.orders import Orders
from bot.curating.screen import Screen
from bot.errors import EXPECTED, REFUSALS, BadOption, explain
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import Language, phrase
from bot.messages.delivery import acknowledge, show
from bot.render import notice
from bot.servers import audit
from index import MAX_UPLOAD_BYTES, Deed

CHOICES = 25  # https://discord.com/developers/docs/interactions/application-commands#autocomplete
LONGEST_ADDRESS = 2000  # characters
NOT_YOURS = phrase(
    "The public archive belongs to whoever runs this bot, and only they can have it read anew. "
    "For articles of your own server there is /archive add."
)
NO_ROOM = phrase("There is no room: this server has {held} of {most} articles of its own. /archive remove makes room.")
NONE_ALLOWED = phrase("Whoever runs this bot has decided that servers add no articles of their own ({held} of {most}).")


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Curator(commands.GroupCog, group_name="archive", group_description="The articles that this server reads"):
    """Adds to a server's own articles and removes from them, and reads the operator's sources."""

    pages_of = "archive:list"

    def __init__(
        self,
        bot: commands.Bot | commands.AutoShardedBot,
        archive: Archive,
        guilds: Guilds,
        *,
        sources: Sequence[Path],
        home_guilds: Collection[int],
    ) -> None:
        self._bot = bot
        self._archive = archive
        self._guilds = guilds
        self._sources = [str(source) for source in sources]
        self._home_guilds = home_guilds
        self._orders = Orders(bot, archive, self._sources)
        if self.app_command is not None:
            self.app_command.add_command(SourceCommands(archive, guilds))
        self._resuming: asyncio.Task[None] | None = None
        self._menu = app_commands.ContextMenu(name="Add to archive", callback=self.add_message)

    async def cog_load(self) -> None:
        """Offer the menu, and go on with what an earlier process did not finish once the servers are known."""
        self._bot.tree.add_command(self._menu)
        self._resuming = asyncio.create_task(self._resume())

    async def cog_unload(self) -> None:
        """Leave what is not done to the next process."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)
        self._orders.leave()
        if self._resuming is not None:
            self._resuming.cancel()

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Refuse those whom only a server's own overrides show the commands to."""
        manager_of(interaction)
        return True

    @app_commands.command(description="Add an article that only this server sees: a link or a file")
    @app_commands.describe(url="Address of a web page", attachment="A file: .txt, .md, .html or .jsonl")
    async def add(
        self,
        interaction: discord.Interaction,
        url: app_commands.Range[str, 1, LONGEST_ADDRESS] | None = None,
        attachment: discord.Attachment | None = None,
    ) -> None:
        """Add to the server's own articles."""
        say = self._guilds.language_of(interaction)
        if attachment is not None and url is None:
            await self._add_file(interaction, attachment, say)
        elif url is not None and attachment is None:
            await self._add_page(interaction, web_address(url), say)
        else:
            raise BadOption(say("Please give me either a link or a file."))

    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def add_message(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Add what a message holds first: its file, or else its link."""
        manager_of(interaction)
        say = self._guilds.language_of(interaction)
        if message.attachments:
            await self._add_file(interaction, message.attachments[0], say)
        else:
            await self._add_page(interaction, first_link(message.content), say)

    @app_commands.command(description="Remove one of the articles that only this server sees")
    @app_commands.describe(article="Its title, or its address")
    async def remove(
        self, interaction: discord.Interaction, article: app_commands.Range[str, 1, LONGEST_ADDRESS]
    ) -> None:
        """Ask before it is removed."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        say = self._guilds.language_of(interaction)
        await _show(interaction, shelves.removal(self._archive, manager_of(interaction), article, say), say)

    @remove.autocomplete("article")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The server's own articles, and no others. Nothing at all when there is no time for it."""
        try:
            found = await shelves.suggested(self._archive, manager_of(interaction), typed)
        except (app_commands.CheckFailure, Busy, TooLate):
            return []
        return [app_commands.Choice(name=shelves.named(one), value=one.id) for one in found[:CHOICES]]

    @app_commands.command(description="Read new and changed articles into the public archive (who runs the bot)")
    async def reindex(self, interaction: discord.Interaction) -> None:
        """Reindex, show how far it is, and report; questions go on meanwhile."""
        if not await acknowledge(interaction, thinking=True):
            return
        say = self._guilds.language_of(interaction)
        if refusal := await self._no_reindexing(interaction, say):
            await show(interaction, notice(refusal))
            return
        await self._order(interaction, say, REINDEX)

    @app_commands.command(description="What the archive holds")
    async def status(self, interaction: discord.Interaction) -> None:
        """Show figures."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        say = self._guilds.language_of(interaction)
        await _show(interaction, self._status(interaction, say), say)

    @app_commands.command(description="What was added in this server lately, and what was not taken, and why")
    async def recent(self, interaction: discord.Interaction) -> None:
        """Show the last reports."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        found = await reports.last(self._archive.notes, manager_of(interaction))
        await show(interaction, holdings.reports(found, self._guilds.language_of(interaction)))

    @app_commands.command(name="list", description="The articles that only this server sees")
    async def own(self, interaction: discord.Interaction) -> None:
        """Show the first page."""
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        await self.turn(interaction, 0)

    async def call_off(self, interaction: discord.Interaction, job_id: str) -> None:
        """End a job of this server."""
        job = await self._orders.call_off(manager_of(interaction), job_id)
        if job is None:
            raise BadOption("That has ended already.")
        what = job.order.what
        await audit.note(interaction, lambda say: f"{what or say('Reindexing')}: {say('Cancelled')}")

    async def confirmed(self, interaction: discord.Interaction, article_id: str) -> None:
        """Remove the article, if it is this server's own."""
        say, collection = self._guilds.language_of(interaction), own_collection(manager_of(interaction))
        stored = await self._archive.show(article_id, [collection])
        if stored is None:
            await show(interaction, notice(say("It is not there any more.")), None)
            return
        screen = Screen(interaction.client, interaction.channel_id or 0, 0, interaction)
        await screen.show(notice(say("Waiting for its turn …")), row(ConfirmRemoval(article_id, say)))
        if await self._archive.remove(article_id, collection):
            named = shelves.named(stored.article)
            await audit.note(interaction, lambda say: say("Removed from this server’s articles: {named}", named=named))
        await screen.show(notice(say("Removed: {title}", title=one_line(stored.article.title))))

    async def spared(self, interaction: discord.Interaction) -> None:
        """Say that nothing was removed."""
        say = self._guilds.language_of(interaction)
        await show(interaction, notice(say("Nothing was removed.")), None)

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Show another page of this server's own articles."""
        say = self._guilds.language_of(interaction)
        await _show(interaction, shelves.page(self._archive, manager_of(interaction), number, say), say)

    async def _add_file(self, interaction: discord.Interaction, file: discord.Attachment, say: Language) -> None:
        if file.size > MAX_UPLOAD_BYTES:
            limit = round(MAX_UPLOAD_BYTES / 1e6)
            raise BadOption(say("That file is too large: {n} MB is the limit.", n=limit))
        if not await acknowledge(interaction, thinking=True):
            return
        try:
            data = await file.read()
        except REFUSALS:
            await show(interaction, notice(say("Discord does not hand me that file any more.")))
            return
        await self._order(interaction, say, UPLOAD, file.filename, data)

    async def _add_page(self, interaction: discord.Interaction, address: str | None, say: Language) -> None:
        if address is None:
            raise BadOption(say("There is no link to a web page in it, and no file."))
        if not await acknowledge(interaction, thinking=True):
            return
        await self._order(interaction, say, PAGE, address)

    async def _order(
        self, interaction: discord.Interaction, say: Language, deed: Deed, what: str = "", data: bytes | None = None
    ) -> None:
        guild_id = manager_of(interaction)
        try:
            if deed != REINDEX and (refusal := await self._no_room(guild_id, say)):
                await show(interaction, notice(refusal))
                return
            ended = await self._orders.take(interaction, guild_id, say, deed=deed, what=what, data=data)
        except EXPECTED as error:
            await show(interaction, notice(explain(error, say)), None)
            return
        if ended is not None:
            await audit.note(interaction, lambda said: holdings.noted(ended, said))

    async def _no_room(self, guild_id: int, say: Language) -> str | None:
        """Why nothing may be added here, if nothing may be."""
        held, most = (await self._archive.status(own_collection(guild_id))).articles, self._archive.most_own
        if held < most:
            return None
        return say(NO_ROOM if most else NONE_ALLOWED, held=held, most=most)

    async def _no_reindexing(self, interaction: discord.Interaction, say: Language) -> str | None:
        """Why the operator's sources are not read anew from here, if they are not: they are the operator's affair."""
        if not await self._is_operator(interaction):
            return say(NOT_YOURS)
        if not self._sources:
            return say("No sources are set: name folders or files in PULLQUOTE_SOURCES.")
        return None

    async def _is_operator(self, interaction: discord.Interaction) -> bool:
        if self._home_guilds:
            return interaction.guild_id in self._home_guilds
        return await self._bot.is_owner(interaction.user)

    async def _status(self, interaction: discord.Interaction, say: Language) -> shelves.Reply:
        """Figures of what is read here. How large all servers' articles are together is the operator's to know."""
        guild_id = manager_of(interaction)
        own = await self._archive.status(own_collection(guild_id))
        public = await self._archive.status("public") if self._guilds.of(guild_id).public else None
        size = own.bytes_on_disk if await self._is_operator(interaction) else None
        return holdings.status(public, own, size, say), None

    async def _resume(self) -> None:
        await self._bot.wait_until_ready()
        await self._orders.resume()


async def _show(interaction: discord.Interaction, making: Awaitable[shelves.Reply], say: Language) -> None:
    try:
        embed, view = await making
    except EXPECTED as error:
        embed, view = notice(explain(error, say)), None
    await show(interaction, embed, view)
