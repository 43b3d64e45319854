"""Leases on Discord's shards: two small tables, local to the coordinator, that tell the time by the server's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from index.leases import HELD_S, Share
from index.postgres.database import Connection, Database
from index.postgres.rows import one
from index.postgres.schema import migrate

BEGIN_EVERY_S = 5.5  # Discord lets as many shards as it names begin in 5 s; each is begun when it is taken
_PRESENT = """
INSERT INTO bots VALUES (%(me)s, clock_timestamp() + make_interval(secs => %(held)s))
ON CONFLICT (holder) DO UPDATE SET there_until = EXCLUDED.there_until"""
_RENEW = """
UPDATE shards SET held_until = clock_timestamp() + make_interval(secs => %(held)s)
WHERE holder = %(me)s AND held_until > clock_timestamp() RETURNING number"""
_FAIR = """
SELECT ceil(every.count::float / (SELECT count(*) FROM bots WHERE there_until > clock_timestamp())), every.count
FROM (SELECT count(*) FROM shards) AS every"""
_TAKE = """
UPDATE shards SET holder = %(me)s, held_until = clock_timestamp() + make_interval(secs => %(held)s),
    taken_at = clock_timestamp()
WHERE number = (
    SELECT number FROM shards AS free
    WHERE (held_until IS NULL OR held_until < clock_timestamp()) AND NOT EXISTS (
        SELECT 1 FROM shards AS begun WHERE begun.number %% %(at_once)s = free.number %% %(at_once)s
        AND begun.taken_at > clock_timestamp() - make_interval(secs => %(pause)s))
    ORDER BY number LIMIT 1
) RETURNING number"""
_RELEASE = "UPDATE shards SET holder = NULL, held_until = NULL WHERE holder = %s"


class PostgresLeases:
    """See `index.archives.Leases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str) -> Self:
        """The leases in the database; the tables are made where there are none."""
        database = Database(url)
        migrate(database)
        return cls(database)

    def agree(self, holder: str, advised: int) -> int:
        """Be counted; how many shards there are: as many as advised where nobody else is there, else as they say."""
        with self._alone() as connection:
            connection.execute("DELETE FROM bots WHERE there_until < clock_timestamp()")
            others = one(connection, "SELECT count(*) FROM bots WHERE holder <> %s", (holder,))[0]
            held = one(connection, "SELECT count(*) FROM shards WHERE held_until > clock_timestamp()")[0]
            connection.execute(_PRESENT, {"me": holder, "held": HELD_S})
            if not others and not held:
                connection.execute("DELETE FROM shards WHERE number >= %s", (advised,))
                every = "INSERT INTO shards (number) SELECT generate_series(0, %s - 1) ON CONFLICT DO NOTHING"
                connection.execute(every, (advised,))
            return int(one(connection, "SELECT count(*) FROM shards")[0])

    def renew(self, holder: str) -> Share:
        """Hold what is held for another `HELD_S`, and be counted. What has run out meanwhile is lost."""
        values = {"me": holder, "held": HELD_S}
        with self._database.changing() as connection:
            connection.execute(_PRESENT, values)
            held = connection.execute(_RENEW, values).fetchall()
            fair, count = one(connection, _FAIR)
            return Share(frozenset(row[0] for row in held), int(fair), int(count))

    def take(self, holder: str, at_once: int) -> int | None:
        """A shard that nobody holds. None: there is none, or as many as Discord lets begin `at_once` just have."""
        values = {"me": holder, "held": HELD_S, "at_once": at_once, "pause": BEGIN_EVERY_S}
        with self._alone() as connection:
            row = connection.execute(_TAKE, values).fetchone()
        return None if row is None else int(row[0])

    def release(self, holder: str, shard: int) -> None:
        """Let another one take it at once."""
        with self._database.changing() as connection:
            connection.execute(f"{_RELEASE} AND number = %s".encode(), (holder, shard))

    def leave(self, holder: str) -> None:
        """Let others take all that is held, and be counted no more."""
        with self._database.changing() as connection:
            connection.execute(_RELEASE, (holder,))
            connection.execute("DELETE FROM bots WHERE holder = %s", (holder,))

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction in which nobody else takes, renews or gives anything up."""
        with self._database.changing() as connection:
            connection.execute("LOCK TABLE shards IN SHARE ROW EXCLUSIVE MODE")
            yield connection
