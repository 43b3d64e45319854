"""Questions to the archive: on a few threads, in a line that is bounded, each with a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from bot.archive.line import Line
from bot.archive.refusals import Busy, Restarting, TooLate

Result = TypeVar("Result")
TellPlace = Callable[[int], Awaitable[object]]  # what to do with the place in line of one who waits; 1 is next

# Who waits longer than the first is told their place, and once more, if need be, after the second. No more often: edits
# share the channel's rate limit.
PLACE_TOLD_AFTER_S = (1.0, 5.0)


class Readers:
    """A question holds its slot until its thread is done with it, even when nobody waits for the answer any more.

    What is late still costs the machine its time, and a slot freed early would let work pile up behind it.
    """

    def __init__(self, threads: int, waiting: int) -> None:
        self.on_wait: Callable[[float], None] = lambda _: None  # hears how many seconds each waited for its thread
        self.stopping = False
        self._line = Line(threads, waiting)
        self._clocks: set[asyncio.Timeout] = set()  # of those who wait for their answer
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="question")

    @property
    def queue(self) -> tuple[int, int]:
        """How many wait, and how many are on a thread."""
        return self._line.length

    async def read(self, call: Callable[[], Result], deadline_s: float, tell_place: TellPlace | None = None) -> Result:
        """What the call gives; one who waits in line is told their place. Raises `Busy`, `TooLate` and `Restarting`."""
        if self.stopping:
            raise Restarting
        ticket = self._line.join()
        if ticket is None:
            raise Busy(self._line.again_in_s())
        work = asyncio.wrap_future(self._submit(ticket, call))
        try:
            async with asyncio.timeout(deadline_s) as clock:
                self._clocks.add(clock)
                if tell_place is not None:
                    await self._accompany(ticket, work, tell_place)
                return await work
        except TimeoutError:
            if clock.expired():
                raise (Restarting if self.stopping else TooLate) from None
            raise
        finally:
            self._clocks.discard(clock)
            work.cancel()  # where nobody waits any more and no thread has begun, none will

    def give_up(self) -> None:
        """Let nobody wait any longer: they get `Restarting`."""
        now = asyncio.get_running_loop().time()
        for clock in list(self._clocks):
            clock.reschedule(now)

    def close(self) -> None:
        """Take no more questions. Waits for those that are on a thread now."""
        self._threads.shutdown(cancel_futures=True)

    async def _accompany(self, ticket: int, work: "asyncio.Future[Result]", tell_place: TellPlace) -> None:
        """Tell the place of one who still waits. It is awaited: an edit under way must not come after the answer."""
        for pause_s in PLACE_TOLD_AFTER_S:
            await asyncio.wait([work], timeout=pause_s)
            place = self._line.place(ticket)
            if not place:
                return
            await tell_place(place)

    def _submit(self, ticket: int, call: Callable[[], Result]) -> "Future[Result]":
        joined = time.perf_counter()

        def serve() -> Result:
            self._line.start(ticket)
            self.on_wait(time.perf_counter() - joined)
            return call()

        try:
            work = self._threads.submit(copy_context().run, serve)  # what measures a question knows whose it is
        except BaseException:
            self._line.leave(ticket)
            raise
        work.add_done_callback(lambda _: self._line.leave(ticket))  # when the thread ends, or the wait is given up
        return work
