"""What is watched."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from index.store import Listings, Named, Source, SourceKind, WatchedPage
from index.types import Article


class Watched(Protocol):
    """Sources and their pages. Calls may come from any thread; what returns has been stored for good."""

    def add(
        self,
        address: str,
        kind: SourceKind,
        collection: str,
        *,
        every: timedelta,
        now: datetime,
        guest: bool = False,
    ) -> Source | None:
        """Watch the address from now on; None where the collection has it already."""

    def sources(self) -> list[Source]:
        """All of them, in the order in which they were added."""

    def of_guests(self, collection: str) -> list[Source]:
        """Those that guests have added to the collection, in the order in which they came."""

    def ids(self) -> frozenset[int]:
        """The numbers of all that there are now."""

    def named(self, name: str) -> list[Source]:
        """Those with this address, one for each collection that has it, or the one with this number."""

    def pause(self, source_id: int) -> None:
        """Look at it no more, until it is resumed."""

    def resume(self, source_id: int, now: datetime) -> None:
        """Look at it again, as soon as may be; what has failed before is forgotten."""

    def remove(self, source_id: int) -> None:
        """Forget the source. Its articles stay, and what is known of its pages, should it come back."""

    def forget_all(self, collection: str) -> None:
        """Forget the sources of a collection, whoever added them, with all that is known of their pages."""

    def hurry(self, now: datetime) -> None:
        """Let everything be due that is not paused, and every page that is still asked for."""

    def due(self, now: datetime) -> list[Source]:
        """The sources to be looked at, themselves or some of their pages; those that waited longest first."""

    def next_due(self) -> datetime | None:
        """When something is to be looked at next; None where nothing is watched."""

    def listings(self, source_id: int) -> Listings:
        """What is known of the source's feed or sitemaps."""

    def looked(
        self, source: Source, *, now: datetime, due_at: datetime, entries: Iterable[Named] = (), listings: Listings
    ) -> None:
        """A look went well. New pages are due now, and those that the listing says have changed."""

    def failed(self, source: Source, error: str, *, now: datetime, due_at: datetime) -> None:
        """A look went wrong."""

    def due_pages(self, source_id: int, now: datetime, limit: int) -> list[WatchedPage]:
        """The pages to be asked for: what was due first, and of that what was never read, the newest first."""

    def pages(self, source_id: int) -> dict[str, WatchedPage]:
        """All pages of a source, by address."""

    def forget_pages(self, source_id: int, urls: Iterable[str]) -> None:
        """Know nothing of these pages or files any more: should they come back, they are read as new."""

    def keep(self, pages: Sequence[WatchedPage]) -> None:
        """Write down what has become of pages. What listings say of them meanwhile is not lost over it."""

    def count(self, collection: str) -> int:
        """How many articles the collection holds."""

    def holds(self, article_id: str) -> bool:
        """Whether the article is in the archive."""

    def holds_just(self, article: Article) -> bool:
        """Whether the article is in the archive, and nothing that was read of it has changed."""

    def may_return(self, article_id: str) -> bool:
        """Whether the article was withdrawn because its pages were gone, and by nobody."""

    def gone_since(self, before: datetime) -> dict[str, datetime]:
        """By id, articles whose pages were all gone (404, 410) by then and when looked at since: since when.

        Those of a source or host that has lost most of its pages at once are not among them: it may be at fault.
        """
