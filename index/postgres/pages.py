"""Rows of the pages that sources have named: nouns and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from index.postgres.database import Connection
from index.store import Named, WatchedPage
from index.store.pages import optional_moment
from index.store.rows import to_microseconds

_TIMES = ("updated_at", "published_at", "listed_at", "checked_at", "changed_at", "due_at", "gone_since")
_FOUND_OUT = "etag last_modified digest article_id reason checked_at changed_at failures gone_since".split()
_PAGE = ("collection", "url", "source_id", "failures", "publisher", *_FOUND_OUT[:5], *_TIMES)


def list_page(connection: Connection, source_id: int, collection: str, entry: Named, now: datetime) -> None:
    """Note the page. What was said of it first stays said, but for the time of its last change."""
    moment = to_microseconds(now)
    times = (_micros(entry.updated_at), _micros(entry.published_at))
    connection.execute(
        "INSERT INTO pages (collection, url, source_id, updated_at, published_at, publisher, listed_at, due_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (collection, key) DO UPDATE SET"
        " source_id = EXCLUDED.source_id, published_at = coalesce(pages.published_at, EXCLUDED.published_at),"
        " publisher = coalesce(pages.publisher, EXCLUDED.publisher), due_at = CASE"
        " WHEN EXCLUDED.updated_at > coalesce(pages.updated_at, 0) THEN EXCLUDED.due_at ELSE pages.due_at END,"
        " updated_at = greatest(pages.updated_at, EXCLUDED.updated_at)",
        (collection, entry.url, source_id, *times, entry.publisher, moment, moment),
    )


def write_pages(connection: Connection, pages: Sequence[WatchedPage]) -> None:
    """Write what was found out about them, known or new. Where a listing tells of a later change, they stay due."""
    found = [f"{name} = EXCLUDED.{name}" for name in _FOUND_OUT]
    due = (
        "due_at = CASE WHEN coalesce(pages.updated_at, 0) > coalesce(EXCLUDED.updated_at, 0) THEN pages.due_at"
        " ELSE EXCLUDED.due_at END"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO pages ({', '.join(_PAGE)}) VALUES ({', '.join(['%s'] * len(_PAGE))})"  # noqa: S608 - columns
            f" ON CONFLICT (collection, key) DO UPDATE SET {', '.join([*found, due])}",
            map(_values, pages),
        )


def read_pages(connection: Connection, where: str, values: Sequence[Any]) -> list[WatchedPage]:
    """The pages that meet the condition. `where` is SQL of this package, never input."""
    rows = connection.execute(f"SELECT {', '.join(_PAGE)} FROM pages WHERE {where}", values)  # noqa: S608 - of this package
    pages = [dict(zip(_PAGE, row, strict=True)) for row in rows]
    return [WatchedPage(**page | {name: optional_moment(page[name]) for name in _TIMES}) for page in pages]


def _values(page: WatchedPage) -> tuple[Any, ...]:
    values = {name: getattr(page, name) for name in _PAGE}
    return tuple((values | {name: _micros(values[name]) for name in _TIMES}).values())


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)
