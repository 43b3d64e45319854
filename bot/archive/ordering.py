"""Changes of the archive that an indexer makes, on whatever machine: ordered here, and followed to their end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from bot.archive.index import Listener
from bot.archive.refusals import CalledOff, Restarting, Stopped
from index import NOTICED_S, AddReport, ArchiveUnusable, Errand, Errands, Outcome, Progress, Standing

LOOKS_EVERY_S = 5.0  # where nothing is heard
AGAIN_S = 1.0  # after a look that went wrong
UNTAKEN = Progress("untaken", 0, None)  # it waits, and no indexer is there
Result = TypeVar("Result")


class Ordering:
    """What was ordered goes on whatever becomes of this process: ordered again under its id, it is only followed."""

    def __init__(self, errands: Errands) -> None:
        self._errands = errands
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="errands")
        self._following: set[asyncio.Event] = set()  # one for each who follows: something may have changed
        self._stopping = False
        self._listening = False

    async def carry_out(self, errand: Errand, on_progress: Listener) -> AddReport:
        """What became of it, when an indexer has done it. `on_progress` is called on the event loop.

        It hears `UNTAKEN`, once, of what has waited for a minute without an indexer.

        Raises:
            CalledOff: somebody has ended it.
            Stopped: this process ends first; the errand does not.
            ArchiveUnusable: an indexer failed at it. It is ordered as soon as the queue can be reached.
        """
        if self._stopping:
            raise Restarting
        self._listen()
        self._following.add(news := asyncio.Event())
        try:
            return _report_of(await self._end_of(errand, on_progress, news))
        finally:
            self._following.discard(news)

    async def hand_in(self, errand: Errand) -> None:
        """Let an indexer take it."""
        await self._call(partial(self._errands.order, errand))

    async def is_known(self, number: str) -> bool:
        """Whether the errand of this id was ordered."""
        return await self._call(partial(self._errands.standing, number)) is not None

    async def call_off(self, number: str) -> None:
        """Let it end at its next step, or never begin."""
        await self._call(partial(self._errands.call_off, number))

    def stop(self) -> None:
        """Follow nothing to its end any more."""
        self._stopping = True
        self._wake()

    def close(self) -> None:
        """Take no more orders."""
        self._stopping = True
        self._clerk.shutdown()

    async def _end_of(self, errand: Errand, on_progress: Listener, news: asyncio.Event) -> Outcome:
        told: Progress | None = None
        is_ordered = False
        while not self._stopping:
            news.clear()
            try:
                if not is_ordered and not await self.is_known(errand.id):  # else a file would be sent there again
                    await self.hand_in(errand)
                is_ordered = True
                standing = await self._call(partial(self._errands.standing, errand.id))
            except ArchiveUnusable:  # goes on once that can be reached again
                await asyncio.sleep(AGAIN_S)
                continue
            if standing is None:
                raise CalledOff  # days ago
            if standing.outcome is not None:
                return standing.outcome
            if (now := _seen(standing)) and (now, told) != (UNTAKEN, UNTAKEN):
                await self._tell(errand.id, now, on_progress)
            told = now
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), LOOKS_EVERY_S)
        raise Stopped

    async def _tell(self, number: str, now: Progress, on_progress: Listener) -> None:
        try:
            on_progress(now)
        except CalledOff:
            with suppress(ArchiveUnusable):  # it is told again with the next progress
                await self.call_off(number)

    def _listen(self) -> None:
        if not self._listening:
            self._listening = True
            loop = asyncio.get_running_loop()

            def wake(_: str) -> None:
                with suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(self._wake)

            self._errands.listen(wake)

    def _wake(self) -> None:
        for news in self._following:
            news.set()

    async def _call(self, call: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._clerk.submit(call))


def _seen(standing: Standing) -> Progress | None:
    return UNTAKEN if standing.idle_s > NOTICED_S else standing.progress


def _report_of(outcome: Outcome) -> AddReport:
    if outcome.how == "called off":
        raise CalledOff
    if outcome.how == "failed":
        raise ArchiveUnusable(outcome.said)
    return outcome.report
