"""The tables and the numbered steps that lead to them; the same on plain PostgreSQL and on Citus.

What belongs to an article is distributed by its id, so that an article is written on one shard in one transaction;
every key holds that column. There are no triggers and no identity columns. Everything else is local to the coordinator.
"""

from psycopg import errors

from index.errors import ArchiveUnusable
from index.postgres.database import Connection, Database
from index.postgres.locks import lock_schema

# Of an article, the parent first. On Citus these are distributed by the column named.
DISTRIBUTED = {
    "articles": "id",
    "versions": "article_id",
    "withdrawals": "article_id",
    "passages": "article_id",
    "stories": "article_id",
}
OLDEST_PGVECTOR = (0, 8)  # with scans that go on until enough has passed the filters
_SHARDS = 8  # see engines.md: each one adds to the time of a question
# What a transaction may see, see `database.see`. Citus takes no subqueries in a policy.
_POLICY = """(current_setting('pullquote.everything', TRUE) = 'on'
    OR collection = ANY (nullif(current_setting('pullquote.collections', TRUE), '')::text[]))"""


def _guarded(table: str) -> tuple[str, ...]:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",  # else not for the owner, who is who connects
        f"CREATE POLICY readable ON {table} USING {_POLICY} WITH CHECK {_POLICY}",
    )


def _kept_apart(table: str, server: str) -> tuple[str, ...]:
    """As `_guarded`, for what the bot keeps: `server` is an expression that tells whose a row is."""
    policy = f"""((SELECT current_setting('pullquote.everything', TRUE)) = 'on'
        OR {server} = (SELECT current_setting('pullquote.server', TRUE)))"""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY readable ON {table} USING {policy} WITH CHECK {policy}",
    )


# Step n leads from version n to n + 1. A released step is never edited: add another. Times are microseconds since 1970.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL)",
        "CREATE TABLE publications (number bigint PRIMARY KEY, published_at timestamptz NOT NULL)",
        "CREATE SEQUENCE numbers",  # ids of passages and of all else that is counted: never dealt out twice
        """CREATE TABLE articles (
            id text PRIMARY KEY, collection text NOT NULL, url text NOT NULL, title text NOT NULL, text text NOT NULL,
            publisher text, author text, published_at bigint, headings text NOT NULL,
            version int NOT NULL CHECK (version >= 1), added_at bigint NOT NULL, digest text NOT NULL,
            folded text, -- the publisher, without regard to case
            passages int NOT NULL -- of the current version
        )""",
        "CREATE INDEX articles_by_url ON articles USING hash (url)",  # of any length
        "CREATE INDEX articles_by_arrival ON articles (collection, added_at DESC, id)",
        "CREATE INDEX articles_by_moment ON articles (added_at)",
        """CREATE TABLE versions (
            article_id text NOT NULL, version int NOT NULL CHECK (version >= 1), collection text NOT NULL,
            added_at bigint NOT NULL, ended_at bigint NOT NULL, erased_at bigint, erased_why text NOT NULL DEFAULT '',
            url text, title text, publisher text, author text, published_at bigint, headings text, digest text,
            text text, folded text,
            PRIMARY KEY (article_id, version), CHECK ((text IS NULL) = (erased_at IS NOT NULL))
        )""",
        "CREATE INDEX versions_by_collection ON versions (collection, ended_at)",
        """CREATE TABLE withdrawals (
            article_id text NOT NULL, number bigint NOT NULL, withdrawn_at bigint NOT NULL, reason text NOT NULL,
            lasting boolean NOT NULL, ended_at bigint, PRIMARY KEY (article_id, number)
        )""",
        "CREATE UNIQUE INDEX withdrawals_in_force ON withdrawals (article_id) WHERE ended_at IS NULL",
        # A row is of one version of its article and does not change but for `gone`: a publication shows those that were
        # born with it or before and were not gone by then. So whoever asks sees a whole article, old or new.
        """CREATE TABLE passages (
            article_id text NOT NULL REFERENCES articles (id) ON DELETE CASCADE, id bigint NOT NULL,
            version int NOT NULL, start_at int NOT NULL, end_at int NOT NULL, heading_start int, heading_end int,
            born bigint NOT NULL, gone bigint, -- numbers of publications
            collection text NOT NULL, folded text, published_at bigint, -- of that version: what filters ask about
            model int NOT NULL, -- whose vectors these are, see `meta`
            vector halfvec NOT NULL, source bytea, -- sha256 of what was encoded
            words tsvector NOT NULL, -- stems: D of the passage, A of the title
            body_words int NOT NULL, title_words int NOT NULL,
            seal bytea NOT NULL,
            PRIMARY KEY (article_id, id), CHECK (0 <= start_at AND start_at < end_at)
        ) WITH (toast_tuple_target = 8160)""",  # vectors and words stay in the row: scans read all of them
        "ALTER TABLE passages ALTER COLUMN vector SET STORAGE MAIN",
        "CREATE INDEX passages_by_id ON passages (id)",
        "CREATE INDEX passages_by_filters ON passages (collection, published_at)",
        "CREATE INDEX passages_by_source ON passages (source)",
        "CREATE INDEX passages_gone ON passages (gone) WHERE gone IS NOT NULL",
        "CREATE INDEX passages_by_words ON passages USING gin (words)",
        # How many current passages hold a word, in themselves and in their titles; and how long all of them are.
        "CREATE TABLE words (word text PRIMARY KEY, body bigint NOT NULL, title bigint NOT NULL)",
        "CREATE INDEX words_unused ON words (word) WHERE body <= 0 AND title <= 0",
        "CREATE TABLE lengths (passages bigint NOT NULL, body bigint NOT NULL, title bigint NOT NULL)",
        "INSERT INTO lengths VALUES (0, 0, 0)",
        """CREATE TABLE stories (
            article_id text PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, collection text NOT NULL,
            story text NOT NULL, sketch bytea NOT NULL, bands bigint[] NOT NULL
        )""",
        "CREATE INDEX stories_by_story ON stories (story)",
        "CREATE INDEX stories_by_bands ON stories USING gin (bands)",
        """CREATE TABLE retention_rules (
            id bigint PRIMARY KEY, days int NOT NULL CHECK (days >= 0), publisher text, collection text,
            earlier_versions boolean NOT NULL
        )""",
        """CREATE TABLE sources (
            id bigint PRIMARY KEY, address text NOT NULL, kind text NOT NULL, collection text NOT NULL,
            every_s bigint NOT NULL CHECK (every_s > 0), paused boolean NOT NULL DEFAULT FALSE,
            due_at bigint NOT NULL, looked_at bigint, succeeded_at bigint, failures int NOT NULL DEFAULT 0, error text,
            guest boolean NOT NULL DEFAULT FALSE, -- added by somebody who does not run the archive
            UNIQUE (address, collection)
        )""",
        """CREATE TABLE listings (
            source_id bigint NOT NULL REFERENCES sources (id) ON DELETE CASCADE, url text NOT NULL, etag text,
            last_modified text, PRIMARY KEY (source_id, url)
        )""",
        """CREATE TABLE pages (
            collection text NOT NULL, url text NOT NULL,
            key text GENERATED ALWAYS AS (md5(url)) STORED, -- an address may be longer than an index takes
            source_id bigint REFERENCES sources (id) ON DELETE SET NULL,
            updated_at bigint, published_at bigint, publisher text, etag text, last_modified text, digest text,
            article_id text, reason text, listed_at bigint NOT NULL, checked_at bigint, changed_at bigint,
            due_at bigint, failures int NOT NULL DEFAULT 0, gone_since bigint, PRIMARY KEY (collection, key)
        )""",
        "CREATE INDEX pages_by_due ON pages (source_id, due_at)",
        "CREATE INDEX pages_by_article ON pages (article_id, gone_since, checked_at)",
        "CREATE INDEX pages_by_gone ON pages (gone_since) WHERE gone_since IS NOT NULL",
        "CREATE TABLE chores (name text PRIMARY KEY, done_at bigint NOT NULL)",
        *_guarded("articles"),
        *_guarded("versions"),
    ),
    (  # what the bot keeps for itself; a key begins with the id of a server
        """CREATE TABLE records (
            kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, value text NOT NULL,
            expires_at bigint, -- NULL: kept until it is removed
            PRIMARY KEY (kind, key)
        )""",
        "CREATE INDEX records_by_end ON records (expires_at) WHERE expires_at IS NOT NULL",
        *_kept_apart("records", "split_part(key, '/', 1)"),
        """CREATE TABLE errands (
            id text PRIMARY KEY, number bigint NOT NULL, -- in the order of which they are taken
            facts text NOT NULL, data bytea, tries int NOT NULL DEFAULT 0,
            holder text, held_until timestamptz, -- by the clock of the server
            called_off boolean NOT NULL DEFAULT FALSE, progress text, outcome text, ended_at timestamptz
        )""",
        "CREATE INDEX errands_waiting ON errands (number) WHERE outcome IS NULL",
        *_kept_apart("errands", "split_part(id, '/', 1)"),
        """CREATE TABLE shards ( -- of Discord, and which process serves each
            number int PRIMARY KEY, holder text, held_until timestamptz, taken_at timestamptz
        )""",
        "CREATE TABLE bots (holder text PRIMARY KEY, there_until timestamptz NOT NULL)",
    ),
    (  # since when an errand waits; of one that waits already, since now
        "ALTER TABLE errands ADD COLUMN ordered_at timestamptz NOT NULL DEFAULT clock_timestamp()",
    ),
)
LATEST = len(_MIGRATIONS)


def has_tables(connection: Connection) -> bool:
    """Whether any release has made tables there."""
    # Not by to_regclass: that may answer from before this transaction waited for another one to make the tables.
    there = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'pullquote_schema'"
    return connection.execute(there).fetchone() is not None


def version_of(connection: Connection) -> int:
    """The version of the tables; 0 where there are none. Raises ArchiveUnusable: a newer pullquote made them."""
    if not has_tables(connection):
        return 0
    found = connection.execute("SELECT max(version) FROM pullquote_schema").fetchone()
    version = int(found[0]) if found and found[0] else 0
    if version > LATEST:
        raise ArchiveUnusable(
            f"The tables were made by a newer pullquote (schema {version}, this one knows {LATEST}): upgrade pullquote."
        )
    return version


def migrate(database: Database) -> None:
    """Bring the tables to the latest version: wholly, or not at all.

    Raises:
        ArchiveUnusable: pgvector is missing or too old, or the tables are not ours to change.
    """
    with database.plain() as connection:
        if version_of(connection) == LATEST:
            return
        _require_vector(connection, database.place)
        with connection.transaction():
            lock_schema(connection)  # another process may be doing the same: look again under the lock
            done = version_of(connection)
            if done == LATEST:
                return
            for step in _MIGRATIONS[done:]:
                for statement in step:
                    connection.execute(statement)
            connection.execute("CREATE TABLE IF NOT EXISTS pullquote_schema (version int NOT NULL)")
            connection.execute("INSERT INTO pullquote_schema VALUES (%s)", (LATEST,))
            _distribute(connection)


def _require_vector(connection: Connection, place: str) -> None:
    installed = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    row = connection.execute(installed).fetchone()
    if row is None:
        try:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except (errors.InsufficientPrivilege, errors.FeatureNotSupported, errors.UndefinedFile) as error:
            raise ArchiveUnusable(
                f"The database {place} lacks the extension pgvector: install it on the server, and let who administers "
                "the database run CREATE EXTENSION vector."
            ) from error
        row = connection.execute(installed).fetchone()
    found = tuple(int(part) for part in str(row[0] if row else "0").split(".")[:2])
    if found < OLDEST_PGVECTOR:
        raise ArchiveUnusable(f"pgvector {row and row[0]} of the database {place} is too old: 0.8 or newer is needed.")


def _distribute(connection: Connection) -> None:
    """Where Citus is there, and this is its coordinator: spread what belongs to articles over its shards."""
    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone() is None:
        return
    active = connection.execute("SELECT citus_is_coordinator() AND EXISTS (SELECT 1 FROM pg_dist_node WHERE isactive)")
    row = active.fetchone()
    if row is None or not row[0]:
        return
    done = {one[0] for one in connection.execute("SELECT logicalrelid::text FROM pg_dist_partition")}
    for table, column in DISTRIBUTED.items():
        if table in done:
            continue
        if table == "articles":
            connection.execute("SELECT create_distributed_table(%s, %s, shard_count => %s)", (table, column, _SHARDS))
        else:
            connection.execute(
                "SELECT create_distributed_table(%s, %s, colocate_with => 'articles')",
                (table, column),
            )
