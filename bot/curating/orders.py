"""What admins order of the archive, carried out: shown in a message, kept as a report, gone on with after a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

import discord

from bot.archive import Archive, CalledOff, Restarting, Stopped, own_collection
from bot.curating import holdings, reports
from bot.curating.buttons import CallOff, row
from bot.curating.jobs import PAGE, UPLOAD, Job, Jobs, Order, Work, if_usable, new_id
from bot.curating.reports import CANCELLED, FAILED, Report
from bot.curating.screen import Screen
from bot.errors import EXPECTED, explain
from bot.language import Language, language, phrase
from bot.messages.delivery import refusal
from bot.render import notice
from index import ArchiveUnusable, Deed

log = logging.getLogger(__name__)

AGAIN_S = 2.0  # before an archive that cannot be used is tried again
Result = TypeVar("Result")

INTERRUPTED = phrase("I was restarted before I had read {name}. Please send it again.")


class Orders:
    """One job each. What is ordered here runs on after the interaction's token has expired, and after a restart."""

    def __init__(self, client: discord.Client, archive: Archive, sources: Sequence[str]) -> None:
        self._client = client
        self._archive = archive
        self._sources = sources
        self._jobs = Jobs(archive.notes)

    async def take(
        self,
        interaction: discord.Interaction,
        guild_id: int,
        say: Language,
        *,
        deed: Deed,
        what: str = "",
        data: bytes | None = None,
    ) -> Report | None:
        """Carry the order out in place of the deferred reply. None where nothing came of it, which has been said.

        `deed` and `what` are as in `Order`; `data` is what a file holds that was sent.

        Raises:
            Writing: the server has as many orders as it may have.
        """
        self._jobs.require_room(guild_id)
        order = Order(
            id=new_id(),
            guild_id=guild_id,
            channel_id=interaction.channel_id or 0,
            message_id=0,
            deed=deed,
            what=what,
            language=say.code,
            application_id=interaction.application_id,
            token=interaction.token,
        )
        await self._jobs.keep(order)  # before anybody sees that it waits
        await self._archive.hand_in(deed, own_collection(guild_id), order.key, what=what, data=data)
        shown = await self._begin(interaction, holdings.progress(what, None, None, say), row(CallOff(order.id, say)))
        order = replace(order, message_id=shown.id if shown else 0)
        return await self._carry_out(order, self._work(order, data or b""), self._screen(order, interaction))

    async def resume(self) -> None:
        """Go on with what an earlier process did not finish, of the servers that are served here."""
        left = await _as_soon_as_usable(self._jobs.left_over)
        here = [order for order in left if self._client.get_guild(order.guild_id) is not None]
        await asyncio.gather(*(_as_soon_as_usable(partial(self._go_on, order)) for order in here))

    async def call_off(self, guild_id: int, job_id: str) -> Job | None:
        """End the job at its next step; None where this server has no such job."""
        job = self._jobs.find(guild_id, job_id)
        if job is not None:
            await self._archive.call_off(job.order.key)
            job.call_off()
        return job

    def leave(self) -> None:
        """Show nothing more: another process goes on with what this one has begun, or has been told of."""
        self._jobs.leave()

    async def _begin(
        self, interaction: discord.Interaction, embed: discord.Embed, view: discord.ui.View
    ) -> discord.Message | None:
        """The message that shows it; where Discord takes none, it is done all the same, and /archive recent tells."""
        shown: list[discord.Message] = []

        async def edit() -> None:
            shown.append(await interaction.edit_original_response(embed=embed, view=view))

        if error := await refusal(edit):
            explain(error)
        return shown[0] if shown else None

    async def _go_on(self, order: Order) -> None:
        """Carry it out in the message that it was shown in; a file that was sent is no longer there."""
        log.info("server %s: going on with job %s (%s) after a restart", order.guild_id, order.id, order.deed)
        if order.deed == UPLOAD and not await self._archive.goes_on(order.key):
            await self._jobs.forget(order)
            await self._screen(order).show(notice(language(order.language)(INTERRUPTED, name=order.what)))
        else:
            await self._carry_out(order, self._work(order), self._screen(order))

    def _work(self, order: Order, data: bytes = b"") -> Work:
        collection, ticket = own_collection(order.guild_id), order.key
        if order.deed == UPLOAD:
            return lambda job: self._archive.add_upload(order.what, data, collection, job, ticket=ticket)
        if order.deed == PAGE:
            return lambda job: self._archive.add_page(order.what, collection, job, ticket=ticket)
        return lambda job: self._archive.reindex(self._sources, job, ticket=ticket)

    def _screen(self, order: Order, interaction: discord.Interaction | None = None) -> Screen:
        webhook = discord.Webhook.partial(order.application_id, order.token, client=self._client)
        return Screen(self._client, order.channel_id, order.message_id, interaction, webhook)

    async def _carry_out(self, order: Order, work: Work, screen: Screen) -> Report | None:
        say = language(order.language)
        cancel = row(CallOff(order.id, say))

        async def show(job: Job) -> None:
            await screen.show(holdings.running(job, say), cancel)

        words, embed = None, None
        try:
            done = await self._jobs.carry_out(order, work, show)
            ended, words = Report.of(order.what, done), done.words
        except (Stopped, Restarting):
            return None  # the next process goes on with it, in this message
        except EXPECTED as error:
            await screen.show(notice(explain(error, say)))
            return None
        except CalledOff:
            ended = Report(at=datetime.now(UTC), what=order.what, outcome=CANCELLED)
        except Exception as error:  # noqa: BLE001 - whatever it is, people who look at the message have to hear of it
            ended = Report(at=datetime.now(UTC), what=order.what, outcome=FAILED)
            embed = notice(explain(error, say, for_admin=True))
        await screen.show(embed or holdings.report(ended, words, say))
        await if_usable(reports.keep(self._archive.notes, order.guild_id, ended))
        return ended


async def _as_soon_as_usable(call: Callable[[], Awaitable[Result]]) -> Result:
    """What it returns. Its process was killed perhaps because the database's server was, which takes its time too."""
    while True:
        try:
            return await call()
        except ArchiveUnusable as error:
            log.info("what an earlier process did not finish is gone on with later: %s", type(error).__name__)
            await asyncio.sleep(AGAIN_S)
