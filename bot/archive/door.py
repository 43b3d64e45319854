"""The one asynchronous door to the index, which blocks: bounded, with a deadline, never on the event loop's thread."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from threading import BoundedSemaphore

from bot.archive.index import Index, Listener
from bot.archive.newest import Newest
from bot.archive.notes import Notes
from bot.archive.ordering import Ordering
from bot.archive.readers import Readers, TellPlace
from bot.archive.references import Reference
from bot.archive.refusals import AlreadyReindexing
from bot.archive.sources import Sources
from bot.archive.writer import Writer
from index import (
    PUBLIC,
    AddReport,
    Answer,
    Context,
    Deed,
    Errand,
    Errands,
    Filters,
    Gone,
    Hit,
    NoEvidence,
    Records,
    Status,
    StoredArticle,
    Turn,
)

SUGGESTING_S = 2.0  # autocomplete has 3 s: https://discord.com/developers/docs/interactions/receiving-and-responding


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many articles and sources of its own each server may have."""

    articles: int = 10_000
    sources: int = 10


USUAL = Allowance()


class Archive:
    """Questions go through `Readers`, changes through `Writer`, and what the bot keeps for itself through `notes`."""

    def __init__(
        self,
        index: Index,
        records: Records,
        *,
        readers: int = 2,
        waiting: int = 16,
        deadline_s: float = 20.0,
        each_server: Allowance = USUAL,
    ) -> None:
        self.deadline_s = deadline_s
        self.most_own = each_server.articles
        self.notes = Notes(records)
        self._index = index
        self._readers = Readers(readers, waiting)
        self.sources = Sources(index, self._readers, most=each_server.sources)
        self._writer = Writer()
        self._ordering: Ordering | None = None  # this process does what is ordered
        self._reindexing = BoundedSemaphore(1)
        self._newest = Newest(lambda collections: index.status(collections).newest, self._readers)

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
        return await self._readers.read(call, self.deadline_s, tell_place)

    async def show(self, article_id: str, collections: Sequence[str]) -> StoredArticle | None:
        """The article as it is stored, if it is in one of the collections. Raises `Busy` and `TooLate`."""
        stored = await self._readers.read(partial(self._index.show, article_id), self.deadline_s)
        return stored if stored and stored.article.collection in collections else None

    async def around(self, quote: Reference, collections: Sequence[str]) -> Context | Gone | None:
        """As `NewsIndex.around`, or what became of it, if it is in one of the collections. Raises as `show`."""

        def look() -> Context | Gone | None:
            return self._index.around(*quote) or self._index.gone(quote.article_id, quote.version)

        found = await self._readers.read(look, self.deadline_s)
        if isinstance(found, Context):
            return found if found.quote.stored.article.collection in collections else None
        return found if found and found.collection in collections else None

    async def search(self, query: str, k: int, filters: Filters, *, tell_place: TellPlace | None = None) -> list[Hit]:
        """As `NewsIndex.search`; one who waits in line is told their place. Raises `Busy` and `TooLate` besides."""
        return await self._readers.read(partial(self._index.search, query, k, filters), self.deadline_s, tell_place)

    async def publishers(self, filters: Filters) -> tuple[str, ...]:
        """As `NewsIndex.publishers`, in time for an autocompletion. Raises `Busy` and `TooLate` besides."""
        return await self._readers.read(partial(self._index.publishers, filters), SUGGESTING_S)

    async def recent(self, limit: int, filters: Filters, offset: int = 0) -> list[StoredArticle]:
        """As `NewsIndex.recent`. Raises `Busy` and `TooLate` besides."""
        return await self._readers.read(partial(self._index.recent, limit, filters, offset), self.deadline_s)

    async def suggest(self, limit: int, filters: Filters) -> list[StoredArticle]:
        """As `recent`, in time for an autocompletion."""
        return await self._readers.read(partial(self._index.recent, limit, filters, 0), SUGGESTING_S)

    async def status(self, *collections: str) -> Status:
        """As `NewsIndex.status`. Raises `Busy` and `TooLate` besides."""
        return await self._readers.read(partial(self._index.status, collections), self.deadline_s)

    async def holdings(self) -> Status:
        """The status of everything, whatever the collection: for who runs the bot. Raises `Busy` and `TooLate`."""
        return await self._readers.read(partial(self._index.status, None), self.deadline_s)

    @property
    def is_shared(self) -> bool:
        """Whether other processes serve the same servers, now or after this one."""
        return self._ordering is not None

    def order_from(self, errands: Errands) -> None:
        """Let indexers do what is ordered from now on, in place of this process."""
        self._ordering = Ordering(errands)

    def tell_waits_to(self, listener: Callable[[float], None]) -> None:
        """Let somebody hear how many seconds each question waited for its thread, on that thread."""
        self._readers.on_wait = listener

    @property
    def queue(self) -> tuple[int, int]:
        """How many wait for a thread, and how many are on one."""
        return self._readers.queue

    async def newest(self, collections: tuple[str, ...]) -> datetime | None:
        """When their newest article was published, as it was a minute ago; None where that is not known at once."""
        return await self._newest.of(collections)

    async def reindex(self, sources: Sequence[str], on_progress: Listener, *, ticket: str = "") -> AddReport:
        """As `NewsIndex.add_sources`, without a deadline. `on_progress` is called on the worker's thread.

        Where indexers do what is ordered, `ticket` is its id, the same whenever it is ordered again; none: a new one.

        Raises:
            AlreadyReindexing: the one before has not ended.
            Writing: too much waits for its turn.
        """
        if self._ordering:
            return await self._ordering.carry_out(self._errand("reindex", PUBLIC, ticket, sources=sources), on_progress)
        if not self._reindexing.acquire(blocking=False):
            raise AlreadyReindexing
        listener = self._writer.listening(on_progress)
        call = partial(self._index.add_sources, sources, on_progress=listener)
        return await self._writer.write(call, ended=self._reindexing.release)

    async def add_page(self, address: str, collection: str, on_progress: Listener, *, ticket: str = "") -> AddReport:
        """As `NewsIndex.add_page`, when its turn has come. `ticket` as in `reindex`. Raises `Writing` besides."""
        if self._ordering:
            return await self._ordering.carry_out(self._errand("page", collection, ticket, what=address), on_progress)
        listener = self._writer.listening(on_progress)
        call = partial(self._index.add_page, address, collection=collection, most=self.most_own, on_progress=listener)
        return await self._writer.write(call)

    async def add_upload(
        self, name: str, data: bytes, collection: str, on_progress: Listener, *, ticket: str = ""
    ) -> AddReport:
        """As `NewsIndex.add_upload`, when its turn has come. `ticket` as in `reindex`. Raises `Writing` besides."""
        if self._ordering:
            errand = self._errand("upload", collection, ticket, what=name, data=data)
            return await self._ordering.carry_out(errand, on_progress)
        listener = self._writer.listening(on_progress)
        of_server = partial(self._index.add_upload, collection=collection, most=self.most_own, on_progress=listener)
        return await self._writer.write(partial(of_server, name, data))

    async def hand_in(self, deed: Deed, collection: str, ticket: str, *, what: str, data: bytes | None) -> None:
        """Let indexers have it now: what is ordered under the same id later is that. Elsewhere nothing is done yet."""
        if self._ordering and deed != "reindex":
            await self._ordering.hand_in(self._errand(deed, collection, ticket, what=what, data=data))

    async def goes_on(self, ticket: str) -> bool:
        """Whether what was ordered under this id is with the indexers, and needs nothing more from here."""
        return self._ordering is not None and await self._ordering.is_known(ticket)

    async def call_off(self, ticket: str) -> None:
        """Let the indexers end what was ordered under this id."""
        if self._ordering:
            await self._ordering.call_off(ticket)

    async def remove(self, article_id: str, collection: str) -> bool:
        """Delete the article if it is in this collection, when its turn has come. Raises `Writing` besides."""
        return await self._writer.write(partial(self._index.remove, [article_id], collection=collection)) > 0

    async def remove_all(self, collection: str) -> int:
        """Forget its sources and delete its articles, when its turn has come; how many those were. Raises `Writing`."""
        return await self._writer.write(partial(self._index.remove_all, collection))

    def _errand(
        self,
        deed: Deed,
        collection: str,
        ticket: str,
        *,
        what: str = "",
        data: bytes | None = None,
        sources: Sequence[str] = (),
    ) -> Errand:
        """For indexers. Without a ticket it is a new one, which nobody asks about again."""
        number = ticket or f"{collection}/{secrets.token_hex(8)}"
        most = None if deed == "reindex" else self.most_own
        return Errand(
            id=number, deed=deed, what=what, collection=collection, most=most, sources=tuple(sources), data=data
        )

    @property
    def stopping(self) -> bool:
        """Whether nothing new is taken any more."""
        return self._readers.stopping

    def stop_taking(self) -> None:
        """From now on whoever comes gets `Restarting`; what runs goes on, a reindexing to its next step."""
        self._readers.stopping = True
        self._writer.stop()
        if self._ordering:
            self._ordering.stop()

    def give_up(self) -> None:
        """Let nobody wait for an answer any longer: they get `Restarting`."""
        self._readers.give_up()

    def close(self) -> None:
        """Take no more work and end a reindexing at its next step. Waits for what runs on a thread now."""
        self._writer.close()
        if self._ordering:
            self._ordering.close()
        self.sources.close()
        self._readers.close()
        self.notes.close()
