"""The one asynchronous door to the index, which blocks: bounded, with a deadline, never on the event loop's thread."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import BoundedSemaphore, Event
from typing import Protocol, TypeVar

from bot.line import Line
from bot.references import Reference
from index import AddReport, Answer, Context, Filters, Hit, NoEvidence, Progress, Records, Status, StoredArticle, Turn

Result = TypeVar("Result")
Listener = Callable[[Progress], None]
TellPlace = Callable[[int], Awaitable[object]]  # what to do with the place in line of one who waits; 1 is next

WRITES = 16  # changes of the archive that may wait for their turn, of all servers together
SUGGESTING_S = 2.0  # autocomplete has 3 s: https://discord.com/developers/docs/interactions/receiving-and-responding


# Who waits longer than the first is told their place, and once more, if need be, after the second. No more often: edits
# share the channel's rate limit.
PLACE_TOLD_AFTER_S = (1.0, 5.0)


class Busy(Exception):
    """As many questions as may wait are waiting. There should be room in `again_in_s` seconds."""

    def __init__(self, again_in_s: int) -> None:
        super().__init__(f"again in {again_in_s} s")
        self.again_in_s = again_in_s


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
        self,
        question: str,
        asked_on: date | None,
        filters: Filters,
        *,
        history: Sequence[Turn],
        quotes: int | None,
    ) -> Answer | NoEvidence:
        """Quotes that answer the question, or the nearest passages."""

    def show(self, article_id: str) -> StoredArticle | None:
        """The article as it is stored, of whatever collection."""

    def around(self, article_id: str, version: int, start: int, end: int) -> Context | None:
        """A quote among the sentences around it; None where that version is stored no more."""

    def search(self, query: str, k: int, filters: Filters) -> list[Hit]:
        """The best `k` passages, best first."""

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Names of the publishers that the filters leave."""

    def recent(self, limit: int, filters: Filters, offset: int) -> list[StoredArticle]:
        """The articles that came in last, newest first."""

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
        self._turns = BoundedSemaphore(1 + WRITES)
        self._line = Line(readers, waiting)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="question")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._reindexing = BoundedSemaphore(1)
        self._closing = Event()

    async def ask(
        self,
        question: str,
        asked_on: date,
        filters: Filters,
        history: Sequence[Turn] = (),
        *,
        quotes: int | None = None,
        tell_place: TellPlace | None = None,
    ) -> Answer | NoEvidence:
        """As `NewsIndex.ask`; one who waits in line is told their place. Raises `Busy` and `TooLate` besides."""
        call = partial(self._index.ask, question, asked_on, filters, history=history, quotes=quotes)
        return await self._read(call, self.deadline_s, tell_place)

    async def show(self, article_id: str, collections: Sequence[str]) -> StoredArticle | None:
        """The article as it is stored, if it is in one of the collections. Raises `Busy` and `TooLate`."""
        stored = await self._read(partial(self._index.show, article_id), self.deadline_s)
        return stored if stored and stored.article.collection in collections else None

    async def around(self, quote: Reference, collections: Sequence[str]) -> Context | None:
        """As `NewsIndex.around`, if the article is in one of the collections. Raises `Busy` and `TooLate`."""
        found = await self._read(partial(self._index.around, *quote), self.deadline_s)
        return found if found and found.quote.stored.article.collection in collections else None

    async def search(self, query: str, k: int, filters: Filters, *, tell_place: TellPlace | None = None) -> list[Hit]:
        """As `NewsIndex.search`; one who waits in line is told their place. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.search, query, k, filters), self.deadline_s, tell_place)

    async def publishers(self, filters: Filters) -> tuple[str, ...]:
        """As `NewsIndex.publishers`, in time for an autocompletion. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.publishers, filters), SUGGESTING_S)

    async def recent(self, limit: int, filters: Filters, offset: int = 0) -> list[StoredArticle]:
        """As `NewsIndex.recent`. Raises `Busy` and `TooLate` besides."""
        return await self._read(partial(self._index.recent, limit, filters, offset), self.deadline_s)

    async def suggest(self, limit: int, filters: Filters) -> list[StoredArticle]:
        """As `recent`, in time for an autocompletion."""
        return await self._read(partial(self._index.recent, limit, filters, 0), SUGGESTING_S)

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

    async def rewrite(self, kind: str, key: str, value: str) -> bool:
        """Write over what is kept; False where it is there no more, and then it stays so."""
        return await self._note(partial(self._rewrite, kind, key, value))

    async def recall(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """As `Records.items`."""
        return await self._note(partial(self._records.items, kind, prefix))

    async def forget(self, kind: str, key: str) -> bool:
        """As `Records.remove`."""
        return await self._note(partial(self._records.remove, kind, key))

    async def forget_all(self, kind: str, prefix: str) -> int:
        """As `Records.remove_all`."""
        return await self._note(partial(self._records.remove_all, kind, prefix))

    async def forget_everywhere(self, prefix: str) -> int:
        """As `Records.remove_everywhere`."""
        return await self._note(partial(self._records.remove_everywhere, prefix))

    async def expire(self) -> int:
        """As `Records.expire`."""
        return await self._note(self._records.expire)

    def close(self) -> None:
        """Take no more work and end a reindexing at its next step. Waits for what runs on a thread now."""
        self._closing.set()
        self._clerk.shutdown()
        self._readers.shutdown(cancel_futures=True)
        self._writer.shutdown(cancel_futures=True)

    def _rewrite(self, kind: str, key: str, value: str) -> bool:
        """On the one thread of the records: nothing is forgotten between the look and the writing."""
        there = self._records.read(kind, key) is not None
        if there:
            self._records.write(kind, key, value)
        return there

    async def _note(self, call: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._clerk.submit(call))

    async def _read(self, call: Callable[[], Result], deadline_s: float, tell_place: TellPlace | None = None) -> Result:
        ticket = self._line.join()
        if ticket is None:
            raise Busy(self._line.again_in_s())
        work = asyncio.wrap_future(self._submit(ticket, call))
        try:
            async with asyncio.timeout(deadline_s) as clock:
                if tell_place is not None:
                    await self._accompany(ticket, work, tell_place)
                return await work
        except TimeoutError:
            if clock.expired():
                raise TooLate from None
            raise
        finally:
            work.cancel()  # where nobody waits any more and no thread has begun, none will

    async def _accompany(self, ticket: int, work: "asyncio.Future[Result]", tell_place: TellPlace) -> None:
        """Tell the place of one who still waits. It is awaited: an edit under way must not come after the answer."""
        for pause_s in PLACE_TOLD_AFTER_S:
            await asyncio.wait([work], timeout=pause_s)
            place = self._line.place(ticket)
            if not place:
                return
            await tell_place(place)

    def _submit(self, ticket: int, call: Callable[[], Result]) -> "Future[Result]":
        def serve() -> Result:
            self._line.start(ticket)
            return call()

        try:
            work = self._readers.submit(serve)
        except BaseException:
            self._line.leave(ticket)
            raise
        work.add_done_callback(lambda _: self._line.leave(ticket))  # when the thread ends, or the wait is given up
        return work

    async def _write(self, call: Callable[[], Result], *, ended: Callable[[], None] = lambda: None) -> Result:
        """Who stops waiting for it takes it back if it has not begun; what has begun goes on."""

        def over() -> None:
            self._turns.release()
            ended()

        if not self._turns.acquire(blocking=False):
            ended()
            raise Writing
        try:
            work = self._writer.submit(call)
        except BaseException:
            over()
            raise
        work.add_done_callback(lambda _: over())
        try:
            return await asyncio.shield(asyncio.wrap_future(work))
        except asyncio.CancelledError:
            work.cancel()
            raise

    def _listen(self, on_progress: Listener, now: Progress) -> None:
        if self._closing.is_set():
            raise Stopped
        on_progress(now)
