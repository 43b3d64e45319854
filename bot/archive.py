"""The one asynchronous door to the index, which blocks: bounded, with a deadline, never on the event loop's thread."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import BoundedSemaphore, Event
from typing import Protocol, TypeVar

from index import AddReport, Answer, Filters, Hit, NoEvidence, Progress, Records, Status, StoredArticle, Turn

Result = TypeVar("Result")
Listener = Callable[[Progress], None]

WRITES = 16  # changes of the archive that may wait for their turn, of all servers together
SUGGESTING_S = 2.0  # autocomplete has 3 s: https://discord.com/developers/docs/interactions/receiving-and-responding


class Busy(Exception):
    """As many questions as may wait are waiting."""


class TooLate(Exception):
    """The deadline passed before the index had answered."""


class AlreadyReindexing(Exception):
    """One reindexing at a time."""


class Writing(Exception):
    """As many changes of the archive as may wait are waiting."""


class CalledOff(Exception):
    """Thrown out of the progress report of a change of the archive: somebody has ended it. What was stored stays."""


class Stopped(Exception):
    """Thrown out of the progress report of a reindexing, to end it where it stands: the bot is closing."""


class Index(Protocol):
    """What the bot needs of `index.NewsIndex`. Its methods block and may be called from several threads."""

    def ask(
        self, question: str, asked_on: date | None, filters: Filters, *, history: Sequence[Turn]
    ) -> Answer | NoEvidence:
        """Quotes that answer the question, or the nearest passages."""

    def search(self, query: str, k: int, filters: Filters) -> list[Hit]:
        """The best `k` passages, best first."""

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Names of the publishers that the filters leave."""

    def recent(self, limit: int, filters: Filters, offset: int) -> list[StoredArticle]:
        """The articles that came in last, newest first."""

    def show(self, article_id: str) -> StoredArticle | None:
        """The article as it is stored, of whatever collection."""

    def status(self, collections: Sequence[str]) -> Status:
        """What these collections hold."""

    def add_sources(self, sources: Sequence[str], *, on_progress: Listener) -> AddReport:
        """Read the operator's files, folders and pages into the public collection."""

    def add_page(self, address: str, *, collection: str, on_progress: Listener) -> AddReport:
        """Fetch one web page, from the hosts that the operator allows."""

    def add_upload(self, name: str, data: bytes, *, collection: str, on_progress: Listener) -> AddReport:
        """Read a file that somebody sent."""

    def remove(self, ids: Sequence[str], *, collection: str) -> int:
        """Delete articles of this collection and of no other; how many there were."""


def collections_of(guild_id: int | None, *, public: bool = True) -> tuple[str, ...]:
    """What may be read from here. Nothing else in the bot decides it: a server's own articles stay in that server."""
    if guild_id is None:
        return ("public",)
    return ("public", own_collection(guild_id)) if public else (own_collection(guild_id),)


def own_collection(guild_id: int) -> str:
    """The articles that only this server sees."""
    return f"guild-{guild_id}"


class Archive:
    """Questions on a few threads, changes of the archive one after the other on a thread of their own.

    A question holds its slot until its thread is done with it, even when nobody waits for the answer any more: what is
    late still costs the machine its time, and a slot freed early would let work pile up behind it.
    """

    def __init__(
        self, index: Index, records: Records, *, readers: int = 2, waiting: int = 16, deadline_s: float = 20.0
    ) -> None:
        self.deadline_s = deadline_s
        self._index = index
        self._records = records
        self._slots = BoundedSemaphore(readers + waiting)
        self._turns = BoundedSemaphore(1 + WRITES)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="question")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._reindexing = BoundedSemaphore(1)
        self._closing = Event()

    async def ask(
        self, question: str, asked_on: date, filters: Filters, history: Sequence[Turn] = ()
    ) -> Answer | NoEvidence:
        """As `NewsIndex.ask`. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.ask, question, asked_on, filters, history=history), self.deadline_s)

    async def search(self, query: str, k: int, filters: Filters) -> list[Hit]:
        """As `NewsIndex.search`. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.search, query, k, filters), self.deadline_s)

    async def publishers(self, filters: Filters) -> tuple[str, ...]:
        """As `NewsIndex.publishers`, in time for an autocompletion. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.publishers, filters), SUGGESTING_S)

    async def recent(self, limit: int, filters: Filters, offset: int = 0) -> list[StoredArticle]:
        """As `NewsIndex.recent`. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.recent, limit, filters, offset), self.deadline_s)

    async def suggest(self, limit: int, filters: Filters) -> list[StoredArticle]:
        """As `recent`, in time for an autocompletion."""
        return await self._read(partial(self._index.recent, limit, filters, 0), SUGGESTING_S)

    async def article(self, article_id: str, collection: str) -> StoredArticle | None:
        """The article, if it is in this collection. Raises `Busy` and `TooLate` besides."""
        stored = await self._read(partial(self._index.show, article_id), self.deadline_s)
        return stored if stored and stored.article.collection == collection else None

    async def status(self, *collections: str) -> Status:
        """As `NewsIndex.status`. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.status, collections), self.deadline_s)

    async def reindex(self, sources: Sequence[str], on_progress: Listener) -> AddReport:
        """As `NewsIndex.add_sources`, without a deadline. `on_progress` is called on the worker's thread.

        Raises:
            AlreadyReindexing: the one before has not ended.
            Writing: too much waits for its turn.
        """
        if not self._reindexing.acquire(blocking=False):
            raise AlreadyReindexing
        listener = partial(self._listen, on_progress)
        call = partial(self._index.add_sources, sources, on_progress=listener)
        return await self._write(call, ended=self._reindexing.release)

    async def add_page(self, address: str, collection: str, on_progress: Listener) -> AddReport:
        """As `NewsIndex.add_page`, when its turn has come. Raises `Writing` besides."""
        listener = partial(self._listen, on_progress)
        return await self._write(partial(self._index.add_page, address, collection=collection, on_progress=listener))

    async def add_upload(self, name: str, data: bytes, collection: str, on_progress: Listener) -> AddReport:
        """As `NewsIndex.add_upload`, when its turn has come. Raises `Writing` besides."""
        listener = partial(self._listen, on_progress)
        return await self._write(
            partial(self._index.add_upload, name, data, collection=collection, on_progress=listener)
        )

    async def remove(self, article_id: str, collection: str) -> bool:
        """Delete the article if it is in this collection, when its turn has come. Raises `Writing` besides."""
        return await self._write(partial(self._index.remove, [article_id], collection=collection)) > 0

    async def keep(self, kind: str, key: str, value: str, *, days: float | None = None) -> None:
        """As `Records.write`: keep a small thing of the bot's own, for so many days where it is to expire."""
        until = datetime.now(UTC) + timedelta(days=days) if days is not None else None
        await self._note(partial(self._records.write, kind, key, value, expires_at=until))

    async def recall(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """As `Records.items`."""
        return await self._note(partial(self._records.items, kind, prefix))

    async def forget(self, kind: str, key: str) -> bool:
        """As `Records.remove`."""
        return await self._note(partial(self._records.remove, kind, key))

    async def forget_all(self, kind: str, prefix: str) -> int:
        """As `Records.remove_all`."""
        return await self._note(partial(self._records.remove_all, kind, prefix))

    def close(self) -> None:
        """Take no more work and end a reindexing at its next step. Waits for what runs on a thread now."""
        self._closing.set()
        self._clerk.shutdown()
        self._readers.shutdown(cancel_futures=True)
        self._writer.shutdown(cancel_futures=True)

    async def _note(self, call: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._clerk.submit(call))

    async def _read(self, call: Callable[[], Result], deadline_s: float) -> Result:
        work = self._submit(self._readers, self._slots, call)
        if work is None:
            raise Busy
        try:
            async with asyncio.timeout(deadline_s) as clock:
                return await asyncio.wrap_future(work)
        except TimeoutError:
            if clock.expired():
                raise TooLate from None
            raise

    async def _write(self, call: Callable[[], Result], *, ended: Callable[[], None] = lambda: None) -> Result:
        """Who stops waiting for it takes it back if it has not begun; what has begun goes on."""
        work = self._submit(self._writer, self._turns, call)
        if work is None:
            ended()
            raise Writing
        work.add_done_callback(lambda _: ended())
        try:
            return await asyncio.shield(asyncio.wrap_future(work))
        except asyncio.CancelledError:
            work.cancel()
            raise

    def _submit(
        self, threads: ThreadPoolExecutor, slots: BoundedSemaphore, call: Callable[[], Result]
    ) -> "Future[Result] | None":
        """The call on one of the threads; None where no slot is free."""
        if not slots.acquire(blocking=False):
            return None
        try:
            work = threads.submit(call)
        except BaseException:
            slots.release()
            raise
        work.add_done_callback(lambda _: slots.release())  # runs when the thread ends, or the wait is given up
        return work

    def _listen(self, on_progress: Listener, now: Progress) -> None:
        if self._closing.is_set():
            raise Stopped
        on_progress(now)
