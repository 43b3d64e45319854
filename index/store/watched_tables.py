"""The tables of what is watched. Steps of the schema: once released, they are never edited."""

# Times are microseconds since 1970 in UTC.
WATCHED_TABLES = (
    """CREATE TABLE sources (
        id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL, kind TEXT NOT NULL, collection TEXT NOT NULL,
        every_s INTEGER NOT NULL CHECK (every_s > 0), paused INTEGER NOT NULL DEFAULT 0,
        due_at INTEGER NOT NULL, looked_at INTEGER, succeeded_at INTEGER,
        failures INTEGER NOT NULL DEFAULT 0, -- in a row
        error TEXT, -- of the last look, NULL where it went well
        UNIQUE (address, collection)
    ) STRICT""",
    """CREATE TABLE listings ( -- feeds and sitemaps of a source: by what its server tells whether they have changed
        source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
        url TEXT NOT NULL, etag TEXT, last_modified TEXT,
        PRIMARY KEY (source_id, url)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE pages (
        collection TEXT NOT NULL, url TEXT NOT NULL, -- as it is listed; the article may have another
        source_id INTEGER REFERENCES sources (id) ON DELETE SET NULL, -- who named it last
        updated_at INTEGER, published_at INTEGER, publisher TEXT, -- as the listing says
        etag TEXT, last_modified TEXT,
        digest TEXT, -- of the article as it was read last
        article_id TEXT,
        reason TEXT, -- why there is no article in it, or why it could not be had the last time
        listed_at INTEGER NOT NULL, checked_at INTEGER, changed_at INTEGER,
        due_at INTEGER, -- NULL: it is not asked for any more
        failures INTEGER NOT NULL DEFAULT 0,
        gone_since INTEGER, -- 404 or 410 ever since
        PRIMARY KEY (collection, url)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX pages_by_due ON pages (source_id, due_at)",
    "CREATE INDEX pages_by_article ON pages (article_id, gone_since, checked_at)",
)

GUEST_TABLES = (  # sources of those who do not run the archive, and when what is done now and then was done last
    "ALTER TABLE sources ADD COLUMN guest INTEGER NOT NULL DEFAULT 0 CHECK (guest IN (0, 1))",
    "CREATE INDEX pages_by_gone ON pages (gone_since) WHERE gone_since NOT NULL",
    "CREATE TABLE chores (name TEXT PRIMARY KEY, done_at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
)
