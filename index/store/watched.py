"""The tables of what is watched: sources, the listings of each, and the pages that they have named.

They lie in the archive's own database, so that a backup holds them, and belong to no publication of the legs: writing
them needs no writer lock.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from index.store.database import Database, transaction
from index.store.faults import explained
from index.store.gone import MISSING, read_gone
from index.store.pages import Named, WatchedPage, list_page, optional_moment, read_pages, write_pages
from index.store.rows import digest_of, to_microseconds, to_moment
from index.types import Article

SourceKind = Literal["feed", "sitemap", "page", "folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that is looked at again and again, and how that has gone."""

    id: int
    address: str
    kind: SourceKind
    collection: str
    every: timedelta
    paused: bool
    due_at: datetime
    looked_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0  # looks in a row that failed
    error: str | None = None  # of the last look
    articles: int = 0  # of the archive, that it named
    waiting: int = 0  # pages that it named and that were not read yet
    gone: int = 0  # files of a folder that are not there any more, whose articles stay
    guest: bool = False  # somebody added it who does not run the archive


Listings = Mapping[str, tuple[str | None, str | None]]  # (ETag, Last-Modified) by address

_SOURCE = "id, address, kind, collection, every_s, paused, due_at, looked_at, succeeded_at, failures, error, guest"
_COUNTS = (
    "(SELECT count(*) FROM pages WHERE source_id = sources.id AND article_id NOT NULL),"  # noqa: S608 - no input in it
    " (SELECT count(*) FROM pages WHERE source_id = sources.id AND due_at NOT NULL AND checked_at IS NULL),"
    f" (SELECT count(*) FROM pages WHERE source_id = sources.id AND {MISSING})"
)


class Watched:
    """Sources and their pages. Calls may come from any thread; what returns has been stored for good.

    Raises `ArchiveUnusable`, from every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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
        values = (address, kind, collection, int(every.total_seconds()), to_microseconds(now), int(guest))
        with self._writing() as connection:
            cursor = connection.execute(
                # Not ON CONFLICT DO NOTHING: that deals a number out which is not sealed.
                "INSERT INTO sources (address, kind, collection, every_s, due_at, guest) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
                " WHERE NOT EXISTS (SELECT 1 FROM sources WHERE address = ?1 AND collection = ?3)",
                values,
            )
            return _sources(connection, "id = ?", (cursor.lastrowid,))[0] if cursor.rowcount else None

    def sources(self) -> list[Source]:
        """All of them, in the order in which they were added."""
        with self._database.reading() as connection:
            return _sources(connection, "TRUE", ())

    def of_guests(self, collection: str) -> list[Source]:
        """Those that guests have added to the collection, in the order in which they came."""
        with self._database.reading() as connection:
            return _sources(connection, "guest AND collection = ?", (collection,))

    def ids(self) -> frozenset[int]:
        """The numbers of all that there are now."""
        with self._database.reading() as connection:
            return frozenset(row[0] for row in connection.execute("SELECT id FROM sources"))

    def named(self, name: str) -> list[Source]:
        """Those with this address, one for each collection that has it, or the one with this number."""
        with self._database.reading() as connection:
            return _sources(connection, "address = ? OR CAST(id AS TEXT) = ?", (name, name))

    def pause(self, source_id: int) -> None:
        """Look at it no more, until it is resumed."""
        self._change("UPDATE sources SET paused = TRUE WHERE id = ?", source_id)

    def resume(self, source_id: int, now: datetime) -> None:
        """Look at it again, as soon as may be; what has failed before is forgotten."""
        self._change(
            "UPDATE sources SET paused = FALSE, failures = 0, due_at = ? WHERE id = ?", to_microseconds(now), source_id
        )

    def remove(self, source_id: int) -> None:
        """Forget the source. Its articles stay, and what is known of its pages, should it come back."""
        self._change("DELETE FROM sources WHERE id = ?", source_id)

    def forget_all(self, collection: str) -> None:
        """Forget the sources of a collection, whoever added them, with all that is known of their pages."""
        with self._writing() as connection:
            connection.execute("DELETE FROM pages WHERE collection = ?", (collection,))
            connection.execute("DELETE FROM sources WHERE collection = ?", (collection,))

    def hurry(self, now: datetime) -> None:
        """Let everything be due that is not paused, and every page that is still asked for."""
        with self._writing() as connection:
            connection.execute("UPDATE sources SET due_at = ? WHERE NOT paused", (to_microseconds(now),))
            connection.execute("UPDATE pages SET due_at = ? WHERE due_at NOT NULL", (to_microseconds(now),))

    def due(self, now: datetime) -> list[Source]:
        """The sources to be looked at, themselves or some of their pages; those that waited longest first."""
        moment = to_microseconds(now)
        with self._database.reading() as connection:
            pages = "EXISTS (SELECT 1 FROM pages WHERE source_id = sources.id AND pages.due_at <= ?)"
            found = _sources(connection, f"NOT paused AND (due_at <= ? OR {pages})", (moment, moment))
        return sorted(found, key=lambda source: source.due_at)

    def next_due(self) -> datetime | None:
        """When something is to be looked at next; None where nothing is watched."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT min(due_at) FROM (SELECT due_at FROM sources WHERE NOT paused UNION ALL SELECT pages.due_at"
                " FROM pages JOIN sources ON source_id = sources.id WHERE NOT paused AND pages.due_at NOT NULL)"
            ).fetchone()
        return optional_moment(row[0])

    def listings(self, source_id: int) -> Listings:
        """What is known of the source's feed or sitemaps."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT url, etag, last_modified FROM listings WHERE source_id = ?", (source_id,))
            return {url: (etag, modified) for url, etag, modified in rows}

    def looked(
        self, source: Source, *, now: datetime, due_at: datetime, entries: Iterable[Named] = (), listings: Listings
    ) -> None:
        """A look went well. New pages are due now, and those that the listing says have changed.

        All of it in one transaction: a listing that counts as read has had its pages noted.
        """
        with self._writing() as connection:
            for entry in entries:
                list_page(connection, source.id, source.collection, entry, now)
            connection.execute("DELETE FROM listings WHERE source_id = ?", (source.id,))
            connection.executemany(
                "INSERT INTO listings VALUES (?, ?, ?, ?)",
                ((source.id, url, *known) for url, known in listings.items()),
            )
            connection.execute(
                "UPDATE sources SET looked_at = ?1, succeeded_at = ?1, due_at = ?2, failures = 0, error = NULL"
                " WHERE id = ?3",
                (to_microseconds(now), to_microseconds(due_at), source.id),
            )

    def failed(self, source: Source, error: str, *, now: datetime, due_at: datetime) -> None:
        """A look went wrong."""
        self._change(
            "UPDATE sources SET looked_at = ?, due_at = ?, failures = ?, error = ? WHERE id = ?",
            *(to_microseconds(now), to_microseconds(due_at), source.failures + 1, error, source.id),
        )

    def due_pages(self, source_id: int, now: datetime, limit: int) -> list[WatchedPage]:
        """The pages to be asked for: what was due first, and of that what was never read, the newest first."""
        order = "due_at, checked_at NOT NULL, coalesce(updated_at, listed_at) DESC, url"
        with self._database.reading() as connection:
            return read_pages(
                connection,
                f"source_id = ? AND due_at <= ? ORDER BY {order} LIMIT ?",
                (source_id, to_microseconds(now), limit),
            )

    def pages(self, source_id: int) -> dict[str, WatchedPage]:
        """All pages of a source, by address."""
        with self._database.reading() as connection:
            return {page.url: page for page in read_pages(connection, "source_id = ?", (source_id,))}

    def forget_pages(self, source_id: int, urls: Iterable[str]) -> None:
        """Know nothing of these pages or files any more: should they come back, they are read as new."""
        with self._writing() as connection:
            connection.executemany(
                "DELETE FROM pages WHERE source_id = ? AND url = ?", ((source_id, one) for one in urls)
            )

    def keep(self, pages: Sequence[WatchedPage]) -> None:
        """Write down what has become of pages. What listings say of them meanwhile is not lost over it."""
        with self._writing() as connection:
            write_pages(connection, pages)

    def count(self, collection: str) -> int:
        """How many articles the collection holds."""
        with self._database.reading() as connection:
            counted = connection.execute("SELECT count(*) FROM articles WHERE collection = ?", (collection,))
            return int(counted.fetchone()[0])

    def holds(self, article_id: str) -> bool:
        """Whether the article is in the archive."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone()
        return found is not None

    def holds_just(self, article: Article) -> bool:
        """Whether the article is in the archive, and nothing that was read of it has changed."""
        known = (article.id, digest_of(article))
        with self._database.reading() as connection:
            found = connection.execute("SELECT 1 FROM articles WHERE id = ? AND digest = ?", known).fetchone()
        return found is not None

    def may_return(self, article_id: str) -> bool:
        """Whether the article was withdrawn because its pages were gone, and by nobody."""
        withdrawn = "SELECT 1 FROM withdrawals WHERE article_id = ? AND ended_at IS NULL AND NOT lasting"
        with self._database.reading() as connection:
            return connection.execute(withdrawn, (article_id,)).fetchone() is not None

    def gone_since(self, before: datetime) -> dict[str, datetime]:
        """By id, articles whose pages were all gone (404, 410) by then and when looked at since: since when.

        Those of a source or host that has lost most of its pages at once are not among them: it may be at fault.
        """
        with self._database.reading() as connection:
            return read_gone(connection, before)

    def _change(self, statement: str, *values: object) -> None:
        with self._writing() as connection:
            connection.execute(statement, values)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with (
            explained(self._database.file.parent),
            closing(self._database.open_for_writing()) as connection,
            transaction(connection),
        ):
            yield connection


def _sources(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[Source]:
    rows = connection.execute(f"SELECT {_SOURCE}, {_COUNTS} FROM sources WHERE {where} ORDER BY id", values)  # noqa: S608 - this file's own
    return [
        Source(
            id=row[0],
            address=row[1],
            kind=row[2],
            collection=row[3],
            every=timedelta(seconds=row[4]),
            paused=bool(row[5]),
            due_at=to_moment(row[6]),
            looked_at=optional_moment(row[7]),
            succeeded_at=optional_moment(row[8]),
            failures=row[9],
            error=row[10],
            guest=bool(row[11]),
            articles=row[12],
            waiting=row[13],
            gone=row[14],
        )
        for row in rows
    ]
