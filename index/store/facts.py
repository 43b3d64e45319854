"""What an archive holds, in figures."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from index.store.past import count_versions
from index.store.rows import read_stamp, to_moment
from index.types import Status

# ?1: a JSON list of collections, or NULL for all
_NAMED = "?1 IS NULL OR collection IN (SELECT value FROM json_each(?1))"
_COUNTS = f"""SELECT count(*), count(DISTINCT publisher), min(published_at), max(published_at), max(added_at),
    (SELECT count(*) FROM passages WHERE ?1 IS NULL OR article_id IN (SELECT id FROM articles WHERE {_NAMED}))
    FROM articles WHERE {_NAMED}"""  # noqa: S608 - no input in it
_NAMES = f"SELECT DISTINCT collection FROM articles WHERE {_NAMED} ORDER BY collection"  # noqa: S608 - nor in this

_STORIES = f"""SELECT count(DISTINCT story), count(*) FROM stories
    WHERE ?1 IS NULL OR article_id IN (SELECT id FROM articles WHERE {_NAMED})"""  # noqa: S608 - nor in this
_SOURCES = f"SELECT count(*), count(error) FROM sources WHERE NOT paused AND ({_NAMED})"  # noqa: S608 - nor in this


def read_status(connection: sqlite3.Connection, folder: Path, collections: Sequence[str] | None) -> Status:
    """Of the named collections, or of all. The bytes are those of the whole folder in either case."""
    named = (None if collections is None else json.dumps(list(collections)),)
    articles, publishers, oldest, newest, added, passages = connection.execute(_COUNTS, named).fetchone()
    stories, compared = connection.execute(_STORIES, named).fetchone()
    sources, failing = connection.execute(_SOURCES, named).fetchone()
    rules = connection.execute("SELECT count(*) FROM retention_rules").fetchone()[0]
    manifest = read_stamp(connection).manifest
    earlier, withdrawn = count_versions(connection, named[0])
    return Status(
        articles=articles,
        passages=passages,
        collections=tuple(row[0] for row in connection.execute(_NAMES, named)),
        publishers=publishers,
        oldest=_moment(oldest),
        newest=_moment(newest),
        last_added_at=_moment(added),
        model="" if manifest is None else manifest.model.name,
        bytes_on_disk=_bytes_under(folder),
        stories=stories + articles - compared,
        not_compared=articles - compared,
        earlier_versions=earlier,
        withdrawn=withdrawn,
        sources=sources,
        failing_sources=failing,
        retention_rules=rules,
    )


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else to_moment(microseconds)


def _bytes_under(folder: Path) -> int:
    """Hard links are counted once."""
    sizes: dict[int, int] = {}
    for path in folder.rglob("*"):
        with suppress(OSError):  # a writer may be tidying up
            facts = path.lstat()
            sizes[facts.st_ino] = facts.st_size
    return sum(sizes.values())
