"""Changes of the archive: one after the other, on a thread of their own."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import BoundedSemaphore, Event
from typing import TypeVar

from bot.archive.index import Listener
from bot.archive.refusals import Restarting, Stopped, Writing
from index import ArchiveLocked, Progress

Result = TypeVar("Result")

WRITES = 16  # changes of the archive that may wait for their turn, of all servers together

# For another program that writes, such as `pullquote watch`, which does so for seconds at a time. A page that is to be
# added is fetched again with each try.
PATIENCE_S, PAUSE_S = 300.0, 3.0


class Writer:
    """A change may take hours: it has no deadline, and ends at its next step once the bot is closing."""

    def __init__(self) -> None:
        self._turns = BoundedSemaphore(1 + WRITES)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._closing = Event()

    async def write(self, call: Callable[[], Result], *, ended: Callable[[], None] = lambda: None) -> Result:
        """Who stops waiting for it takes it back if it has not begun; what has begun goes on.

        `ended` is called once, however it ends. Another program that writes is waited for, some minutes. Raises
        `Writing` where too much waits for its turn, and `Restarting` once the bot is closing.
        """

        def over() -> None:
            self._turns.release()
            ended()

        if self._closing.is_set():
            ended()
            raise Restarting
        if not self._turns.acquire(blocking=False):
            ended()
            raise Writing
        try:
            work = self._thread.submit(self._patiently, call)
        except BaseException:
            over()
            raise
        work.add_done_callback(lambda _: over())
        try:
            return await asyncio.shield(asyncio.wrap_future(work))
        except asyncio.CancelledError:
            work.cancel()
            raise

    def listening(self, on_progress: Listener) -> Listener:
        """The listener for a call: it raises `Stopped` once the bot is closing."""
        return partial(self._listen, on_progress)

    def stop(self) -> None:
        """Take no more changes, and let the one under way end at its next step."""
        self._closing.set()

    def close(self) -> None:
        """Take no more changes and end the one under way at its next step, which this waits for."""
        self._closing.set()
        self._thread.shutdown(cancel_futures=True)

    def _patiently(self, call: Callable[[], Result]) -> Result:
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return call()
            except ArchiveLocked:
                if time.monotonic() >= until:
                    raise
            if self._closing.wait(PAUSE_S):
                raise Restarting

    def _listen(self, on_progress: Listener, now: Progress) -> None:
        if self._closing.is_set():
            raise Stopped
        on_progress(now)
