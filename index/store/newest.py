"""Articles in the order in which they came in."""

import json
import sqlite3
from typing import Any

from index.store.rows import read_articles, to_microseconds
from index.types import Filters, StoredArticle


def read_newest(connection: sqlite3.Connection, filters: Filters, limit: int, offset: int) -> list[StoredArticle]:
    """The articles that the filters leave, the last added first, those of one moment by id; `offset` are skipped."""
    conditions = _conditions(connection, filters)
    chosen = (
        f"SELECT id FROM articles WHERE {' AND '.join(condition for condition, _ in conditions)}"  # noqa: S608 - no input in it
        " ORDER BY added_at DESC, id LIMIT ? OFFSET ?"
    )
    values = [value for _, value in conditions]
    ids = [row[0] for row in connection.execute(chosen, (*values, max(limit, 0), max(offset, 0)))]
    found = read_articles(connection, "id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))
    by_id = {stored.article.id: stored for stored in found}
    return [by_id[one] for one in ids]


def _conditions(connection: sqlite3.Connection, filters: Filters) -> list[tuple[str, Any]]:
    """SQL with one question mark each, and the value for it."""
    conditions: list[tuple[str, Any]] = [
        ("collection IN (SELECT value FROM json_each(?))", json.dumps(filters.collections))
    ]
    if filters.publisher is not None:
        names = json.dumps(_spellings(connection, filters.publisher))
        conditions.append(("publisher IN (SELECT value FROM json_each(?))", names))
    if filters.after is not None:
        conditions.append(("published_at >= ?", to_microseconds(filters.after)))
    if filters.before is not None:
        conditions.append(("published_at < ?", to_microseconds(filters.before)))
    if filters.article is not None:
        conditions.append(("id = ?", filters.article))
    return conditions


def _spellings(connection: sqlite3.Connection, publisher: str) -> list[str]:
    """The name as it is stored, in every mixture of cases: SQLite itself folds ASCII only."""
    names = connection.execute("SELECT DISTINCT publisher FROM articles WHERE publisher NOT NULL")
    return [row[0] for row in names if row[0].casefold() == publisher.casefold()]
