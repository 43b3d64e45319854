"""Rows of the pages that sources have named: nouns and back."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from index.store.rows import to_microseconds, to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPage:
    """A page that a source has named, and what is known of it. A file of a folder is one, too."""

    collection: str
    url: str
    source_id: int | None
    updated_at: datetime | None = None
    published_at: datetime | None = None
    publisher: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    article_id: str | None = None
    reason: str | None = None
    listed_at: datetime
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    gone_since: datetime | None = None


class Named(Protocol):
    """A page as a listing names it."""

    @property
    def url(self) -> str:
        """Where it is."""

    @property
    def updated_at(self) -> datetime | None:
        """When it changed last."""

    @property
    def published_at(self) -> datetime | None:
        """When it was published."""

    @property
    def publisher(self) -> str | None:
        """By whom."""


KEPT_OUT = "is kept out of the archive"  # the reason of a page whose article somebody removed or withdrew

_PAGE_TEXTS = ("publisher", "etag", "last_modified", "digest", "article_id", "reason")
_PAGE_TIMES = ("updated_at", "published_at", "listed_at", "checked_at", "changed_at", "due_at", "gone_since")
_FOUND_OUT = "etag last_modified digest article_id reason checked_at changed_at failures gone_since".split()
_PAGE = ("collection", "url", "source_id", "failures", *_PAGE_TEXTS, *_PAGE_TIMES)


def list_page(connection: sqlite3.Connection, source_id: int, collection: str, entry: Named, now: datetime) -> None:
    """Note the page. What was said of it first stays said, but for the time of its last change."""
    moment = to_microseconds(now)
    times = (_micros(entry.updated_at), _micros(entry.published_at))
    connection.execute(
        "INSERT INTO pages (collection, url, source_id, updated_at, published_at, publisher, listed_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET source_id = excluded.source_id,"
        " published_at = coalesce(published_at, excluded.published_at),"
        " publisher = coalesce(publisher, excluded.publisher),"
        " due_at = iif(excluded.updated_at > coalesce(updated_at, 0), excluded.due_at, due_at),"
        " updated_at = max(coalesce(updated_at, excluded.updated_at), coalesce(excluded.updated_at, updated_at))",
        (collection, entry.url, source_id, *times, entry.publisher, moment, moment),
    )


def write_pages(connection: sqlite3.Connection, pages: Iterable[WatchedPage]) -> None:
    """Write what was found out about them, known or new. Where a listing tells of a later change, they stay due."""
    found = [f"{name} = excluded.{name}" for name in _FOUND_OUT]
    due = "due_at = iif(coalesce(updated_at, 0) > coalesce(excluded.updated_at, 0), due_at, excluded.due_at)"
    connection.executemany(
        f"INSERT INTO pages ({', '.join(_PAGE)}) VALUES ({', '.join('?' * len(_PAGE))})"  # noqa: S608 - names of columns
        f" ON CONFLICT DO UPDATE SET {', '.join([*found, due])}",
        map(_values, pages),
    )


def read_pages(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[WatchedPage]:
    """The pages that meet the condition. `where` is SQL of this package, never input."""
    rows = connection.execute(f"SELECT {', '.join(_PAGE)} FROM pages WHERE {where}", values)  # noqa: S608 - this file's own
    pages = [dict(zip(_PAGE, row, strict=True)) for row in rows]
    return [WatchedPage(**page | {name: optional_moment(page[name]) for name in _PAGE_TIMES}) for page in pages]


def _values(page: WatchedPage) -> tuple[Any, ...]:
    values = {name: getattr(page, name) for name in _PAGE}
    return tuple((values | {name: _micros(values[name]) for name in _PAGE_TIMES}).values())


def optional_moment(microseconds: int | None) -> datetime | None:
    """`to_moment` of what may be NULL."""
    return None if microseconds is None else to_moment(microseconds)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)
