"""The sources that servers add of their own: looked at on threads of their own, since a site may take its time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import BoundedSemaphore
from typing import Literal, TypeVar

from bot.archive.index import Index
from bot.archive.readers import Readers
from bot.archive.refusals import Writing
from index import Ills, NewSource, Rejection, Source

THREADS = 2
WAITING = 16  # orders that may wait, of all servers together
REFUSED_SHOWN = 2  # of each source

Change = Literal["pause", "resume", "remove"]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Followed:
    """A server's sources, each with what is wrong with it, and when somebody looked at sources at all last."""

    sources: tuple[tuple[Source, Ills], ...]
    watched_at: datetime | None


class Sources:
    """Each call is about one collection. `most`: sources that each may have."""

    def __init__(self, index: Index, readers: Readers, *, most: int) -> None:
        self.most = most
        self._index = index
        self._readers = readers
        self._turns = BoundedSemaphore(THREADS + WAITING)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="source")

    async def add(self, address: str, collection: str) -> tuple[NewSource | Rejection, datetime | None]:
        """As `GuestSources.add`, and when somebody looked at sources last. Raises `Writing` besides."""
        sources = self._index.guest_sources(collection)
        return await self._order(lambda: (sources.add(address, most=self.most), sources.watched_at()))

    async def change(self, change: Change, name: str, collection: str) -> Source | None:
        """Of the source of that number or address; None where the collection has none such. Raises `Writing`."""
        sources = self._index.guest_sources(collection)
        changes = {"pause": sources.pause, "resume": sources.resume, "remove": sources.remove}
        return await self._order(partial(changes[change], name))

    async def followed(self, collection: str, deadline_s: float) -> Followed:
        """All of them. Raises `Busy` and `TooLate`."""
        sources = self._index.guest_sources(collection)

        def look() -> Followed:
            return Followed(tuple(sources.with_ills(REFUSED_SHOWN)), sources.watched_at())

        return await self._readers.read(look, deadline_s)

    async def all(self, collection: str, deadline_s: float) -> list[Source]:
        """All of them, and no more about them. Raises `Busy` and `TooLate`."""
        return await self._readers.read(self._index.guest_sources(collection).all, deadline_s)

    def close(self) -> None:
        """Take no more orders. Waits for those that are on a thread now."""
        self._threads.shutdown(cancel_futures=True)

    async def _order(self, call: Callable[[], Result]) -> Result:
        if not self._turns.acquire(blocking=False):
            raise Writing
        try:
            work = self._threads.submit(call)
        except BaseException:
            self._turns.release()
            raise
        work.add_done_callback(lambda _: self._turns.release())
        return await asyncio.shield(asyncio.wrap_future(work))
