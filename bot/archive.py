"""The one asynchronous door to the index, which blocks: bounded, with a deadline, never on the event loop's thread."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Event
from typing import Protocol, TypeVar

from bot.line import Line
from bot.references import Reference
from index import AddReport, Answer, Context, Filters, Hit, NoEvidence, Progress, Records, StoredArticle, Turn

Result = TypeVar("Result")
Listener = Callable[[Progress], None]
TellPlace = Callable[[int], Awaitable[object]]  # what to do with the place in line of one who waits; 1 is next

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
        """The article as it is stored."""

    def around(self, article_id: str, version: int, start: int, end: int) -> Context | None:
        """A quote among the sentences around it; None where that version is stored no more."""

    def search(self, query: str, k: int, filters: Filters) -> list[Hit]:
        """The best `k` passages, best first."""

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Names of the publishers that the filters leave."""

    def add_sources(self, sources: Sequence[str], *, on_progress: Listener) -> AddReport:
        """Read files and folders into the public collection."""


def collections_of(guild_id: int | None, *, public: bool = True) -> tuple[str, ...]:
    """What may be read from here. Nothing else in the bot decides it: a server's own articles stay in that server."""
    if guild_id is None:
        return ("public",)
    return ("public", own_collection(guild_id)) if public else (own_collection(guild_id),)


def own_collection(guild_id: int) -> str:
    """The articles that only this server sees."""
    return f"guild-{guild_id}"


class Archive:
    """Questions on a few threads, reindexing on a thread of its own, so that neither waits for the other.

    A question holds its slot until its thread is done with it, even when nobody waits for the answer any more: what is
    late still costs the machine its time, and a slot freed early would let work pile up behind it.
    """

    def __init__(
        self, index: Index, records: Records, *, readers: int = 2, waiting: int = 16, deadline_s: float = 20.0
    ) -> None:
        self.deadline_s = deadline_s
        self._index = index
        self._records = records
        self._line = Line(readers, waiting)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="question")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="reindex")
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="records")
        self._writing = False
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

    async def reindex(self, sources: Sequence[str], on_progress: Listener) -> AddReport:
        """As `NewsIndex.add_sources`, without a deadline. `on_progress` is called on the worker's thread.

        Raises:
            AlreadyReindexing: the one before has not ended.
        """
        if self._writing:
            raise AlreadyReindexing
        listener = partial(self._listen, on_progress)
        work = self._writer.submit(self._index.add_sources, sources, on_progress=listener)
        self._writing = True
        work.add_done_callback(self._written)
        return await asyncio.shield(asyncio.wrap_future(work))

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

    def _listen(self, on_progress: Listener, now: Progress) -> None:
        if self._closing.is_set():
            raise Stopped
        on_progress(now)

    def _written(self, _: "Future[AddReport]") -> None:
        self._writing = False
