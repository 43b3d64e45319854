"""What is watched: sources, the listings of each, and the pages that they have named. Writing them needs no lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from index.postgres.database import Connection, Database
from index.postgres.gone import count_missing, read_gone
from index.postgres.pages import list_page, read_pages, write_pages
from index.postgres.rows import new_numbers, one
from index.store import Listings, Named, Source, SourceKind, WatchedPage, digest_of
from index.store.pages import optional_moment
from index.store.rows import to_microseconds, to_moment
from index.types import Article

_SOURCE = "id, address, kind, collection, every_s, paused, due_at, looked_at, succeeded_at, failures, error, guest"
_COUNTS = (
    "(SELECT count(*) FROM pages WHERE source_id = sources.id AND article_id IS NOT NULL),"
    " (SELECT count(*) FROM pages WHERE source_id = sources.id AND due_at IS NOT NULL AND checked_at IS NULL)"
)


class Watched:
    """Sources and their pages. Calls may come from any thread; what returns has been stored for good."""

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
        values = (address, kind, collection, int(every.total_seconds()), to_microseconds(now), guest)
        with self._database.changing() as connection:
            number = new_numbers(connection, 1)[0]
            added = connection.execute(
                "INSERT INTO sources (id, address, kind, collection, every_s, due_at, guest)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (address, collection) DO NOTHING",
                (number, *values),
            )
            return _sources(connection, "id = %s", (number,))[0] if added.rowcount else None

    def sources(self) -> list[Source]:
        """All of them, in the order in which they were added."""
        with self._database.reading() as connection:
            return _sources(connection, "TRUE", ())

    def of_guests(self, collection: str) -> list[Source]:
        """Those that guests have added to the collection, in the order in which they came."""
        with self._database.reading() as connection:
            return _sources(connection, "guest AND collection = %s", (collection,))

    def ids(self) -> frozenset[int]:
        """The numbers of all that there are now."""
        with self._database.reading() as connection:
            return frozenset(row[0] for row in connection.execute("SELECT id FROM sources"))

    def named(self, name: str) -> list[Source]:
        """Those with this address, one for each collection that has it, or the one with this number."""
        with self._database.reading() as connection:
            return _sources(connection, "address = %s OR id::text = %s", (name, name))

    def pause(self, source_id: int) -> None:
        """Look at it no more, until it is resumed."""
        self._change("UPDATE sources SET paused = TRUE WHERE id = %s", source_id)

    def resume(self, source_id: int, now: datetime) -> None:
        """Look at it again, as soon as may be; what has failed before is forgotten."""
        self._change(
            "UPDATE sources SET paused = FALSE, failures = 0, due_at = %s WHERE id = %s",
            *(to_microseconds(now), source_id),
        )

    def remove(self, source_id: int) -> None:
        """Forget the source. Its articles stay, and what is known of its pages, should it come back."""
        self._change("DELETE FROM sources WHERE id = %s", source_id)

    def forget_all(self, collection: str) -> None:
        """Forget the sources of a collection, whoever added them, with all that is known of their pages."""
        with self._database.changing() as connection:
            connection.execute("DELETE FROM pages WHERE collection = %s", (collection,))
            connection.execute("DELETE FROM sources WHERE collection = %s", (collection,))

    def hurry(self, now: datetime) -> None:
        """Let everything be due that is not paused, and every page that is still asked for."""
        with self._database.changing() as connection:
            connection.execute("UPDATE sources SET due_at = %s WHERE NOT paused", (to_microseconds(now),))
            connection.execute("UPDATE pages SET due_at = %s WHERE due_at IS NOT NULL", (to_microseconds(now),))

    def due(self, now: datetime) -> list[Source]:
        """The sources to be looked at, themselves or some of their pages; those that waited longest first."""
        moment = to_microseconds(now)
        pages = "EXISTS (SELECT 1 FROM pages WHERE source_id = sources.id AND pages.due_at <= %s)"
        with self._database.reading() as connection:
            found = _sources(connection, f"NOT paused AND (due_at <= %s OR {pages})", (moment, moment))
        return sorted(found, key=lambda source: source.due_at)

    def next_due(self) -> datetime | None:
        """When something is to be looked at next; None where nothing is watched."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT min(due_at) FROM (SELECT due_at FROM sources WHERE NOT paused UNION ALL SELECT pages.due_at"
                " FROM pages JOIN sources ON source_id = sources.id WHERE NOT paused AND pages.due_at IS NOT NULL) x"
            ).fetchone()
        return optional_moment(row[0]) if row else None

    def listings(self, source_id: int) -> Listings:
        """What is known of the source's feed or sitemaps."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT url, etag, last_modified FROM listings WHERE source_id = %s", (source_id,)
            )
            return {url: (etag, modified) for url, etag, modified in rows}

    def looked(
        self, source: Source, *, now: datetime, due_at: datetime, entries: Iterable[Named] = (), listings: Listings
    ) -> None:
        """A look went well. New pages are due now, and those that the listing says have changed.

        All of it in one transaction: a listing that counts as read has had its pages noted.
        """
        with self._database.changing() as connection:
            for entry in entries:
                list_page(connection, source.id, source.collection, entry, now)
            connection.execute("DELETE FROM listings WHERE source_id = %s", (source.id,))
            for url, known in listings.items():
                connection.execute("INSERT INTO listings VALUES (%s, %s, %s, %s)", (source.id, url, *known))
            connection.execute(
                "UPDATE sources SET looked_at = %(now)s, succeeded_at = %(now)s, due_at = %(due)s, failures = 0,"
                " error = NULL WHERE id = %(id)s",
                {"now": to_microseconds(now), "due": to_microseconds(due_at), "id": source.id},
            )

    def failed(self, source: Source, error: str, *, now: datetime, due_at: datetime) -> None:
        """A look went wrong."""
        self._change(
            "UPDATE sources SET looked_at = %s, due_at = %s, failures = %s, error = %s WHERE id = %s",
            *(to_microseconds(now), to_microseconds(due_at), source.failures + 1, error, source.id),
        )

    def due_pages(self, source_id: int, now: datetime, limit: int) -> list[WatchedPage]:
        """The pages to be asked for: what was due first, and of that what was never read, the newest first."""
        order = 'due_at, checked_at IS NOT NULL, coalesce(updated_at, listed_at) DESC, url COLLATE "C"'
        with self._database.reading() as connection:
            return read_pages(
                connection,
                f"source_id = %s AND due_at <= %s ORDER BY {order} LIMIT %s",
                (source_id, to_microseconds(now), limit),
            )

    def pages(self, source_id: int) -> dict[str, WatchedPage]:
        """All pages of a source, by address."""
        with self._database.reading() as connection:
            return {page.url: page for page in read_pages(connection, "source_id = %s", (source_id,))}

    def forget_pages(self, source_id: int, urls: Iterable[str]) -> None:
        """Know nothing of these pages or files any more: should they come back, they are read as new."""
        self._change("DELETE FROM pages WHERE source_id = %s AND url = ANY (%s)", source_id, list(urls))

    def keep(self, pages: Sequence[WatchedPage]) -> None:
        """Write down what has become of pages. What listings say of them meanwhile is not lost over it."""
        with self._database.changing() as connection:
            write_pages(connection, pages)

    def count(self, collection: str) -> int:
        """How many articles the collection holds."""
        with self._database.reading() as connection:
            return int(one(connection, "SELECT count(*) FROM articles WHERE collection = %s", (collection,))[0])

    def holds(self, article_id: str) -> bool:
        """Whether the article is in the archive."""
        return self._is_there("SELECT 1 FROM articles WHERE id = %s", article_id)

    def holds_just(self, article: Article) -> bool:
        """Whether the article is in the archive, and nothing that was read of it has changed."""
        known = "SELECT 1 FROM articles WHERE id = %s AND digest = %s"
        return self._is_there(known, article.id, digest_of(article))

    def may_return(self, article_id: str) -> bool:
        """Whether the article was withdrawn because its pages were gone, and by nobody."""
        withdrawn = "SELECT 1 FROM withdrawals WHERE article_id = %s AND ended_at IS NULL AND NOT lasting"
        return self._is_there(withdrawn, article_id)

    def gone_since(self, before: datetime) -> dict[str, datetime]:
        """By id, articles whose pages were all gone (404, 410) by then and when looked at since: since when.

        Those of a source or host that has lost most of its pages at once are not among them: it may be at fault.
        """
        with self._database.reading() as connection:
            return read_gone(connection, before)

    def _is_there(self, query: str, *values: object) -> bool:
        with self._database.reading() as connection:
            return connection.execute(query, values).fetchone() is not None

    def _change(self, statement: str, *values: object) -> None:
        with self._database.changing() as connection:
            connection.execute(statement, values)


def _sources(connection: Connection, where: str, values: Sequence[Any]) -> list[Source]:
    rows = connection.execute(f"SELECT {_SOURCE}, {_COUNTS} FROM sources WHERE {where} ORDER BY id", values).fetchall()  # noqa: S608 - this file's own
    gone = count_missing(connection, [row[0] for row in rows if row[2] == "folder"])
    return [
        Source(
            id=row[0],
            address=row[1],
            kind=row[2],
            collection=row[3],
            every=timedelta(seconds=row[4]),
            paused=row[5],
            due_at=to_moment(row[6]),
            looked_at=optional_moment(row[7]),
            succeeded_at=optional_moment(row[8]),
            failures=row[9],
            error=row[10],
            guest=row[11],
            articles=row[12],
            waiting=row[13],
            gone=gone[row[0]],
        )
        for row in rows
    ]
