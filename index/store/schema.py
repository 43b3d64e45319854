"""The tables of the archive and the numbered steps that lead to them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from index.errors import ArchiveDamaged, ArchiveUnusable
from index.store.seals import seal_everything
from index.store.watched_tables import GUEST_TABLES, WATCHED_TABLES

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
    (  # what was current once, see versions.py
        """CREATE TABLE versions (
            article_id TEXT NOT NULL, version INTEGER NOT NULL CHECK (version >= 1),
            collection TEXT NOT NULL, added_at INTEGER NOT NULL,
            ended_at INTEGER NOT NULL, -- when it was no longer the current one: replaced, withdrawn or removed
            erased_at INTEGER, erased_why TEXT NOT NULL DEFAULT '',
            -- as in articles, and all NULL once deleted for good
            url TEXT, title TEXT, publisher TEXT, author TEXT, published_at INTEGER, headings TEXT, digest TEXT,
            text TEXT,
            PRIMARY KEY (article_id, version),
            CHECK ((text IS NULL) = (erased_at IS NOT NULL))
        ) STRICT""",
        "CREATE INDEX versions_by_collection ON versions (collection, ended_at)",
        """CREATE TABLE withdrawals (
            id INTEGER PRIMARY KEY, article_id TEXT NOT NULL, withdrawn_at INTEGER NOT NULL, reason TEXT NOT NULL,
            lasting INTEGER NOT NULL CHECK (lasting IN (0, 1)), -- 0: until its source has the article again
            ended_at INTEGER -- NULL: in force
        ) STRICT""",
        "CREATE INDEX withdrawals_by_article ON withdrawals (article_id)",
        "CREATE UNIQUE INDEX withdrawals_in_force ON withdrawals (article_id) WHERE ended_at IS NULL",
        """CREATE TABLE retention_rules (
            id INTEGER PRIMARY KEY AUTOINCREMENT, days INTEGER NOT NULL CHECK (days >= 0),
            publisher TEXT, collection TEXT,
            earlier_versions INTEGER NOT NULL CHECK (earlier_versions IN (0, 1))
        ) STRICT""",
        # Earlier releases kept no earlier versions: their numbers are taken all the same.
        """INSERT INTO versions (article_id, version, collection, added_at, ended_at, erased_at, erased_why)
            WITH RECURSIVE lost (id, version, collection, at) AS (
                SELECT id, version - 1, collection, added_at FROM articles WHERE version > 1
                UNION ALL SELECT id, version - 1, collection, at FROM lost WHERE version > 1
            )
            SELECT id, version, collection, at, at, at, 'replaced before earlier versions were kept' FROM lost""",
    ),
    (  # nothing lost: seals.py, replaced.py, and vectors that are found again by what was encoded
        """CREATE TABLE seals (
            kind TEXT NOT NULL, key ANY NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (kind, key)
        ) STRICT, WITHOUT ROWID""",
        "ALTER TABLE vectors ADD COLUMN source BLOB",  # sha256 of what was encoded; NULL: before this was kept
        "CREATE INDEX vectors_by_source ON vectors (source) WHERE source NOT NULL",
        """CREATE TABLE replaced_passages (
            id INTEGER PRIMARY KEY, article_id TEXT NOT NULL, version INTEGER NOT NULL,
            start_at INTEGER NOT NULL, end_at INTEGER NOT NULL, heading_start INTEGER, heading_end INTEGER,
            until INTEGER NOT NULL
        ) STRICT""",
        "CREATE INDEX replaced_passages_by_article ON replaced_passages (article_id)",
    ),
    (  # which articles carry one text, see stories.py
        """CREATE TABLE stories (
            number INTEGER PRIMARY KEY, -- for the bands
            article_id TEXT NOT NULL UNIQUE REFERENCES articles (id) ON DELETE CASCADE,
            story TEXT NOT NULL, -- the smallest id among its articles
            sketch BLOB NOT NULL -- uint32, little endian
        ) STRICT""",
        "CREATE INDEX stories_by_story ON stories (story)",
        """CREATE TABLE story_bands (
            band INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (band, number)
        ) STRICT, WITHOUT ROWID""",
    ),
    WATCHED_TABLES,
    GUEST_TABLES,
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
        steps = [step for steps in _MIGRATIONS[version_of(connection, place) :] for step in steps]
        for step in steps:
            connection.execute(step)
        if steps:
            seal_everything(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {LATEST}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def tables_that_differ(connection: sqlite3.Connection) -> list[str]:
    """Names of tables and indexes that are not what the steps make of an empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        migrate(made, Path(":memory:"))
        return sorted({str(name) for name, _ in _tables(made) ^ _tables(connection)})


def _tables(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    # `sqlite_stat1` and its like are SQLite's own
    kept = "SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'sqlite_stat%'"
    return {(row[0], row[1]) for row in connection.execute(kept)}
