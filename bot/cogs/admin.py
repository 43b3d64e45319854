"""The command /reindex: read the operator's sources anew while questions go on."""

import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.archive import Archive
from bot.delivery import acknowledge, refusal
from bot.errors import explain
from index import AddReport, Progress

log = logging.getLogger(__name__)

EVERY_S = 3.0  # between two edits of the progress: edits share the channel's rate limit


class Latest:
    """The last progress heard of, for a loop that wants to know at most every `EVERY_S` seconds.

    It is called on the worker's thread. There is no timer: where nothing new is heard, nothing is edited.
    """

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._told_at = float("-inf")

    def __call__(self, now: Progress) -> None:
        """Hear of progress, on the worker's thread."""
        self.progress = now
        at = time.monotonic()
        if at - self._told_at >= EVERY_S:
            self._told_at = at
            self._loop.call_soon_threadsafe(self.news.set)


class Admin(commands.Cog):
    """What members with Manage Server may do."""

    def __init__(self, archive: Archive, sources: Sequence[Path]) -> None:
        self._archive = archive
        self._sources = [str(source) for source in sources]

    @app_commands.command(description="Read new and changed articles into the archive; questions go on meanwhile")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)  # a server's own overrides may show the command to anybody
    @app_commands.guild_only()
    async def reindex(self, interaction: discord.Interaction) -> None:
        """Reindex, show how far it is, and report."""
        if not await acknowledge(interaction, thinking=True):
            return
        if not self._sources:
            await _show(interaction, render.notice("No sources are set: name folders or files in PULLQUOTE_SOURCES."))
            return
        # Known from here on, for when the interaction's token has expired.
        if error := await refusal(interaction.original_response):
            explain(error)
        latest = Latest()
        work = asyncio.ensure_future(self._archive.reindex(self._sources, latest))
        work.add_done_callback(lambda _: latest.news.set())
        while await latest.news.wait() and not work.done():
            latest.news.clear()
            await _show(interaction, render.progress(latest.progress))
        await _show(interaction, _outcome(work))


def _outcome(work: "asyncio.Future[AddReport]") -> discord.Embed:
    error = work.exception()
    if error is not None:
        return render.notice(explain(error, for_admin=True))
    done = work.result()
    log.info("reindexed: %d added, %d changed, %d rejected", done.added, done.changed, len(done.rejected))
    return render.report(done)


async def _show(interaction: discord.Interaction, embed: discord.Embed) -> None:
    """Edit the reply; past the 15 minutes that its token lives, as an ordinary message. A lost edit ends nothing."""

    async def edit() -> None:
        if interaction.is_expired() and interaction.channel_id is not None:
            shown = await interaction.original_response()
            channel = interaction.client.get_partial_messageable(interaction.channel_id)
            nobody = discord.AllowedMentions.none()  # this one edit does not take the client's
            await channel.get_partial_message(shown.id).edit(embed=embed, allowed_mentions=nobody)
        else:
            await interaction.edit_original_response(embed=embed)

    if error := await refusal(edit):
        explain(error)
