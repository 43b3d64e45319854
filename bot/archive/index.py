"""What the bot needs of the index, as a protocol, so that a fake can stand in its place."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from index import (
    AddReport,
    Answer,
    Context,
    Filters,
    Gone,
    Hit,
    Ills,
    NewSource,
    NoEvidence,
    Progress,
    Rejection,
    Source,
    Status,
    StoredArticle,
    Turn,
)

Listener = Callable[[Progress], None]


class GuestSources(Protocol):
    """What the bot needs of `index.GuestSources`: the sources that one server has added."""

    def add(self, address: str, *, most: int) -> NewSource | Rejection:
        """Look at the web address, and watch it from now on, unless there are so many already."""

    def all(self) -> list[Source]:
        """Them all, in the order in which they were added."""

    def with_ills(self, limit: int) -> list[tuple[Source, Ills]]:
        """Them all, and what is wrong with each: of what was not taken the last `limit`."""

    def pause(self, name: str) -> Source | None:
        """Look at the one of that number or address no more; None where there is none."""

    def resume(self, name: str) -> Source | None:
        """Look at it again."""

    def remove(self, name: str) -> Source | None:
        """Forget it; its articles stay."""

    def watched_at(self) -> datetime | None:
        """When somebody looked at sources last, of whomever."""


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

    def gone(self, article_id: str, version: int | None = None) -> Gone | None:
        """What became of an article or a version that is given out no more."""

    def around(self, article_id: str, version: int, start: int, end: int) -> Context | None:
        """A quote among the sentences around it; None where that version is given out no more."""

    def search(self, query: str, k: int, filters: Filters) -> list[Hit]:
        """The best `k` passages, best first."""

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Names of the publishers that the filters leave."""

    def recent(self, limit: int, filters: Filters, offset: int) -> list[StoredArticle]:
        """The articles that came in last, newest first."""

    def status(self, collections: Sequence[str] | None) -> Status:
        """What these collections hold, or all of them."""

    def add_sources(self, sources: Sequence[str], *, on_progress: Listener) -> AddReport:
        """Read the operator's files, folders and pages into the public collection."""

    def add_page(self, address: str, *, collection: str, most: int, on_progress: Listener) -> AddReport:
        """Fetch one web page, from the hosts that the operator allows, unless the collection would hold too many."""

    def add_upload(self, name: str, data: bytes, *, collection: str, most: int, on_progress: Listener) -> AddReport:
        """Read a file that somebody sent, until the collection holds `most` articles."""

    def remove(self, ids: Sequence[str], *, collection: str) -> int:
        """Delete articles of this collection and of no other; how many there were."""

    def remove_all(self, collection: str) -> int:
        """Forget the collection's sources and delete all its articles, withdrawn ones too; how many those were."""

    def guest_sources(self, collection: str) -> GuestSources:
        """The sources that a server has added for this collection, and no others."""
