"""What an archive holds: in figures, by arrival, and by the names of its publishers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from index.postgres.database import Connection
from index.postgres.rows import folded, one, read_articles, read_state
from index.store.rows import to_microseconds, to_moment
from index.types import Filters, Status, StoredArticle

_NAMED = "(%(names)s::text[] IS NULL OR collection = ANY (%(names)s))"
_COUNTS = f"""SELECT count(*), count(DISTINCT publisher), min(published_at), max(published_at), max(added_at),
    coalesce(sum(passages), 0) FROM articles WHERE {_NAMED}"""  # noqa: S608 - no input in it
_NAMES = f"SELECT DISTINCT collection FROM articles WHERE {_NAMED}"  # noqa: S608 - nor in this
_STORIES = f"SELECT count(DISTINCT story), count(*) FROM stories WHERE {_NAMED}"  # noqa: S608 - nor in this
_SOURCES = f"SELECT count(*), count(error) FROM sources WHERE NOT paused AND {_NAMED}"  # noqa: S608 - nor in this
_VERSIONS = f"SELECT count(*) FROM versions WHERE erased_at IS NULL AND {_NAMED}"  # noqa: S608 - nor in this
_WITHDRAWN = f"""SELECT count(DISTINCT article_id) FROM versions JOIN withdrawals USING (article_id)
    WHERE erased_at IS NULL AND withdrawals.ended_at IS NULL AND {_NAMED}"""  # noqa: S608 - nor in this


def read_status(connection: Connection, collections: Sequence[str] | None) -> Status:
    """Of the named collections, or of all. The bytes are those of the whole database in either case."""
    named = {"names": None if collections is None else list(collections)}
    articles, publishers, oldest, newest, added, passages = one(connection, _COUNTS, named)
    stories, compared = one(connection, _STORIES, named)
    sources, failing = one(connection, _SOURCES, named)
    withdrawn = one(connection, _WITHDRAWN, named)[0]
    manifest = read_state(connection).manifest
    return Status(
        articles=articles,
        passages=int(passages),
        collections=tuple(sorted(row[0] for row in connection.execute(_NAMES, named))),
        publishers=publishers,
        oldest=_moment(oldest),
        newest=_moment(newest),
        last_added_at=_moment(added),
        model="" if manifest is None else manifest.model.name,
        bytes_on_disk=one(connection, "SELECT pg_database_size(current_database())")[0],
        stories=stories + articles - compared,
        not_compared=articles - compared,
        earlier_versions=one(connection, _VERSIONS, named)[0] - withdrawn,
        withdrawn=withdrawn,
        sources=sources,
        failing_sources=failing,
        retention_rules=one(connection, "SELECT count(*) FROM retention_rules")[0],
    )


def read_newest(connection: Connection, filters: Filters, limit: int, offset: int) -> list[StoredArticle]:
    """The articles that the filters leave, the last added first, those of one moment by id; `offset` are skipped."""
    conditions: list[tuple[str, Any]] = [("collection = ANY (%s)", list(filters.collections))]
    if filters.publisher is not None:
        conditions.append(("folded = %s", folded(filters.publisher)))
    if filters.after is not None:
        conditions.append(("published_at >= %s", to_microseconds(filters.after)))
    if filters.before is not None:
        conditions.append(("published_at < %s", to_microseconds(filters.before)))
    if filters.article is not None:
        conditions.append(("id = %s", filters.article))
    where = " AND ".join(condition for condition, _ in conditions)
    chosen = f"SELECT id FROM articles WHERE {where} ORDER BY added_at DESC, id LIMIT %s OFFSET %s"  # noqa: S608 - no input
    values = (*(value for _, value in conditions), max(limit, 0), max(offset, 0))
    ids = [row[0] for row in connection.execute(chosen, values)]
    by_id = {stored.article.id: stored for stored in read_articles(connection, "id = ANY (%s)", (ids,))}
    return [by_id[found] for found in ids]


def read_publishers(connection: Connection, collections: Sequence[str]) -> tuple[str, ...]:
    """Sorted names of the publishers in the collections."""
    names = "SELECT DISTINCT publisher FROM articles WHERE publisher IS NOT NULL AND collection = ANY (%s)"
    return tuple(sorted(row[0] for row in connection.execute(names, (list(collections),))))


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else to_moment(microseconds)
