"""The shards of Discord, shared among bots on any machines: each is served by one of them, by a lease.

Every shard has a client of its own, so that one that is lost ends alone. A lease is renewed on the event loop: a
process that hangs renews none, and another takes over. One that could not renew stops before its lease has run out.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

import discord

from bot.underway import Underway
from index import HELD_S, ArchiveUnusable, Leases, Share

log = logging.getLogger(__name__)

RENEWED_EVERY_S = 3.0
CLOSED_S = 5.0  # at most, to close a connection
SERVED_S = HELD_S - 2 * CLOSED_S  # after a renewal was asked for: whoever has heard of none by then stops serving
FINISH_S = 12.0  # for what was acknowledged, where a shard is handed over

Result = TypeVar("Result")


class Client(Protocol):
    """What serves one shard. It takes nothing new once its `underway` is closed."""

    underway: Underway

    async def start(self, token: str) -> None:
        """Be on Discord."""

    async def close(self) -> None:
        """Be there no more."""


NewClient = Callable[[int, int], Client]  # for a shard, of how many there are


class Shards:
    """As many of all shards as there are for each of the bots that are alive."""

    def __init__(self, leases: Leases, new_client: NewClient) -> None:
        self._leases = leases
        self._new_client = new_client
        self._me = secrets.token_hex(8)
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="leases")
        self._serving: dict[int, _Serving] = {}
        self._count = 0
        self._stopping = False

    async def run(self, token: str, *, advised: int, at_once: int) -> None:
        """Serve until cancelled. `at_once` shards may begin at a time, of as many as `advised` where nobody else is.

        Raises:
            ArchiveUnusable: there is no database to begin with.
            discord.LoginFailure: the token is refused.
        """
        try:
            self._count = await self._call(partial(self._leases.agree, self._me, advised))
            while True:
                await self._turn(token, at_once)
                await asyncio.sleep(RENEWED_EVERY_S)
        finally:
            await self._leave()

    async def ended(self, within_s: float) -> bool:
        """Take no more shards; whether what the clients have acknowledged has ended, after so many seconds at most."""
        self._stopping = True
        clients = [one.client.underway for one in self._serving.values()]
        return all(await asyncio.gather(*(one.ended(within_s) for one in clients)))

    async def _turn(self, token: str, at_once: int) -> None:
        for number in [number for number, one in self._serving.items() if one.task.done()]:
            await self._bury(number)
        until = asyncio.get_running_loop().time() + SERVED_S
        try:
            share = await self._call(partial(self._leases.renew, self._me))
            self._keep(share, until)
            if not self._stopping:
                await self._balance(share, token, at_once)
        except ArchiveUnusable as error:
            log.warning("leases could not be renewed: %s", error)

    def _keep(self, share: Share, until: float) -> None:
        if share.count != self._count:
            log.warning("there are %d shards now, and no longer %d", share.count, self._count)
            self._count = share.count
            share = replace(share, held=frozenset())
        for number, one in self._serving.items():
            if number in share.held:
                one.serve_until(until)
            else:
                one.end(0)

    async def _balance(self, share: Share, token: str, at_once: int) -> None:
        """Take one shard more where others take fewer than their share, or give one up where they wait for theirs."""
        mine = [number for number, one in self._serving.items() if not one.is_ending]
        if len(mine) > share.fair:
            log.info("shard %d is handed over", max(mine))
            self._serving[max(mine)].end(FINISH_S)
        elif len(self._serving) < share.fair:
            until = asyncio.get_running_loop().time() + SERVED_S
            number = await self._call(partial(self._leases.take, self._me, at_once))
            if number is not None and number not in self._serving:
                log.info("serving shard %d of %d", number, self._count)
                self._serving[number] = _Serving(self._new_client(number, self._count), token, until)

    async def _bury(self, number: int) -> None:
        """What no client serves any more is anybody's. Raises what would end every other client too."""
        error = self._serving.pop(number).error
        with suppress(ArchiveUnusable):  # then the lease runs out
            await self._call(partial(self._leases.release, self._me, number))
        if isinstance(error, discord.LoginFailure | discord.PrivilegedIntentsRequired):
            raise error
        if error is not None:
            log.warning("shard %d has ended: %s", number, type(error).__name__)

    async def _leave(self) -> None:
        for one in self._serving.values():
            one.end(0)
        await asyncio.gather(*(one.task for one in self._serving.values()), return_exceptions=True)
        with suppress(ArchiveUnusable):
            await self._call(partial(self._leases.leave, self._me))
        self._clerk.shutdown(wait=False)

    async def _call(self, call: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._clerk.submit(call))


class _Serving:
    """One shard, for as long as it is ours."""

    def __init__(self, client: Client, token: str, until: float) -> None:
        self.client = client
        self._finish_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_at(until, self.end, 0)
        self.task = asyncio.create_task(self._serve(token))

    @property
    def is_ending(self) -> bool:
        """Whether nothing new is taken."""
        return self.client.underway.closed

    @property
    def error(self) -> BaseException | None:
        """What ended it, once it has ended; None: we did."""
        return None if self.task.cancelled() else self.task.exception()

    def serve_until(self, when: float) -> None:
        """Of the loop's clock: it ends by itself then, whatever the database or the rest of the loop is at."""
        self._timer.cancel()
        self._timer = self._loop.call_at(when, self.end, 0)

    def end(self, finish_s: float) -> None:
        """Take nothing new from this moment on; what was acknowledged has so long."""
        if not self.is_ending:
            self.client.underway.close()
            self._finish_s = finish_s
            self.task.cancel()

    async def _serve(self, token: str) -> None:
        try:
            await self.client.start(token)
        finally:
            self._timer.cancel()
            await _at_most(CLOSED_S + self._finish_s, self.client.underway.ended(self._finish_s or CLOSED_S))
            await _at_most(CLOSED_S, self.client.close())


async def _at_most(seconds: float, work: Awaitable[object]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work, seconds)
