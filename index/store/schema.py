"""The tables of the archive and the numbered steps that lead to them."""

import sqlite3
from pathlib import Path
from uuid import uuid4

from index.errors import ArchiveDamaged, ArchiveUnusable
from index.store.watched_tables import WATCHED_TABLES

APPLICATION_ID = 0x50514F54  # "PQOT": tells a pullquote archive from any other SQLite file

# Step n leads from schema version n to n + 1. A released step is never edited: add another.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # lineage: grows a new value when the ids may have been dealt out anew (restore), see legs.py
        # state: another value after every commit, so that legs know what they were built from
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
        """CREATE TABLE articles (
            id TEXT PRIMARY KEY, collection TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
            publisher TEXT, author TEXT,
            published_at INTEGER, -- microseconds since 1970 in UTC
            headings TEXT NOT NULL, -- JSON: [[start, end], ...] in characters of text
            version INTEGER NOT NULL CHECK (version >= 1),
            added_at INTEGER NOT NULL,
            digest TEXT NOT NULL -- sha256 over everything that was read, see rows.py
        ) STRICT""",
        "CREATE INDEX articles_by_url ON articles (url)",
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- never dealt out twice: rows are inserted and deleted, not changed
            article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
            start_at INTEGER NOT NULL, end_at INTEGER NOT NULL,
            heading_start INTEGER, heading_end INTEGER,
            CHECK (0 <= start_at AND start_at < end_at)
        ) STRICT""",
        "CREATE INDEX passages_by_article ON passages (article_id)",
        """CREATE TABLE vectors (
            passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
            vector BLOB NOT NULL -- float16, little endian
        ) STRICT""",
        "INSERT INTO meta VALUES ('lineage', lower(hex(randomblob(16)))), ('state', lower(hex(randomblob(16))))",
    ),
    (  # all that is asked of many articles at once, without turning over their texts
        """CREATE INDEX articles_by_arrival
            ON articles (collection, added_at DESC, id, publisher, published_at)""",
    ),
    WATCHED_TABLES,
)
LATEST = len(_MIGRATIONS)


def fresh_token() -> str:
    """A value that was never used before."""
    return uuid4().hex


def version_of(connection: sqlite3.Connection, place: Path) -> int:
    """The schema version; 0 for an empty file.

    Raises:
        ArchiveDamaged: the file is somebody else's database.
        ArchiveUnusable: a newer pullquote wrote it.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application != APPLICATION_ID and (tables or version or application):
        raise ArchiveDamaged(f"{place} is a database, but not one that pullquote wrote; name another file or folder.")
    if version > LATEST:
        raise ArchiveUnusable(
            f"{place} was written by a newer pullquote (schema {version}, this one knows {LATEST}): upgrade pullquote."
        )
    return version


def migrate(connection: sqlite3.Connection, place: Path) -> None:
    """Bring the database to the latest schema: wholly, or not at all."""
    connection.execute("BEGIN IMMEDIATE")  # another process may be doing the same: look again under the lock
    try:
        for steps in _MIGRATIONS[version_of(connection, place) :]:
            for step in steps:
                connection.execute(step)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {LATEST}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
