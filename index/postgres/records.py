"""What the bot keeps, in PostgreSQL: one set of settings, follows and orders for any number of processes."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from index.clock import utc_now
from index.postgres.database import Connection, Database, belong
from index.postgres.listening import Listener, tell
from index.postgres.schema import migrate
from index.store import Kept
from index.store.rows import to_microseconds, to_moment

CHANNEL = "pullquote_records"
_PUT = (
    "INSERT INTO records VALUES (%s, %s, %s, %s) ON CONFLICT (kind, key)"
    " DO UPDATE SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at"
)
_ALIVE = "coalesce(expires_at > %s, TRUE)"
_PAGE = 500  # records read at a time


class PostgresRecords:
    """Last write wins, what was written survives a power cut, what has expired is not read again.

    Calls block for milliseconds and may come from any thread. Raises `ArchiveUnusable`, from every method.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._listeners: list[Listener] = []

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """The records in the database; its tables are made where there are none."""
        database = Database(url)
        migrate(database)
        return cls(database, clock)

    def write(self, kind: str, key: str, value: str, *, expires_at: datetime | None = None, tell: bool = False) -> None:
        """Keep `value` under the key, in place of what stood there; `tell` those who listen in other processes."""
        until = None if expires_at is None else to_microseconds(expires_at)
        with self._changing(key) as connection:
            connection.execute(_PUT, (kind, key, value, until))
            _tell(connection, kind, key, wanted=tell)

    def write_first(self, kind: str, key: str, value: str) -> str:
        """Keep `value` under the key unless something stands there; what stands there now, whoever wrote it."""
        put = f"{_PUT} WHERE NOT coalesce(records.expires_at > %s, TRUE)"
        with self._changing(key) as connection:
            connection.execute(put, (kind, key, value, None, self._now()))
        there = self.read(kind, key)
        return value if there is None else there  # somebody has removed it in the moment between

    def rewrite(self, kind: str, key: str, value: str) -> bool:
        """Write over what stands there; False where nothing does, and then it stays so."""
        there = f"UPDATE records SET value = %s WHERE kind = %s AND key = %s AND {_ALIVE}"  # noqa: S608 - ours
        with self._changing(key) as connection:
            return connection.execute(there.encode(), (value, kind, key, self._now())).rowcount > 0

    def read(self, kind: str, key: str) -> str | None:
        """What stands under the key; None when nothing does, or no longer."""
        rows = self._rows(key, "kind = %s AND key = %s", kind, key)
        return rows[0][1] if rows else None

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """Keys with the prefix and their values, by key."""
        return self._rows(_whole(prefix), "kind = %s AND starts_with(key, %s)", kind, prefix)

    def remove(self, kind: str, key: str, *, tell: bool = False) -> bool:
        """Forget one record; whether it was there. `tell` as in `write`."""
        with self._changing(key) as connection:
            gone = connection.execute("DELETE FROM records WHERE kind = %s AND key = %s", (kind, key)).rowcount
            _tell(connection, kind, key, wanted=tell)
        return gone > 0

    def remove_all(self, kind: str, prefix: str) -> int:
        """Forget the keys with the prefix; their number. End a prefix with the separator: "1" is one of "12" too."""
        with self._changing(_whole(prefix)) as connection:
            gone = "DELETE FROM records WHERE kind = %s AND starts_with(key, %s)"
            return connection.execute(gone, (kind, prefix)).rowcount

    def remove_everywhere(self, prefix: str) -> int:
        """Forget the keys with the prefix under every kind; their number."""
        with self._changing(_whole(prefix)) as connection:
            return connection.execute("DELETE FROM records WHERE starts_with(key, %s)", (prefix,)).rowcount

    def expire(self) -> int:
        """Delete what has expired for good; the number of records."""
        with self._changing(None) as connection:
            return connection.execute("DELETE FROM records WHERE expires_at <= %s", (self._now(),)).rowcount

    def every(self) -> Iterator[Kept]:
        """All of them, expired ones too, to be taken over by another archive."""
        last, page = ("", ""), 1
        while page:
            with self._database.reading() as connection:
                following = f"SELECT * FROM records WHERE (kind, key) > (%s, %s) ORDER BY kind, key LIMIT {_PAGE}"  # noqa: S608 - a number
                rows = connection.execute(following.encode(), last).fetchall()
            for kind, key, value, until in rows:
                yield Kept(kind, key, value, None if until is None else to_moment(until))
            last, page = (rows[-1][:2] if rows else last), len(rows)

    def take_over(self, kept: Iterable[Kept]) -> int:
        """Keep records of another archive, in place of what stood under their keys; how many. All or none."""
        count = 0
        with self._changing(None) as connection:
            for one in kept:
                until = None if one.expires_at is None else to_microseconds(one.expires_at)
                connection.execute(_PUT, (one.kind, one.key, one.value, until))
                count += 1
            tell(connection, CHANNEL, json.dumps(["", ""]))
        return count

    def listen(self, hear: Callable[[str, str], None]) -> None:
        """Let `hear` be called, on a thread of its own, for what other processes tell of, this one too.

        First, and whenever something may have been missed, it hears that anything may have changed.
        """
        self._listeners.append(Listener(self._database, CHANNEL, lambda told: hear(*json.loads(told or '["", ""]'))))
        self._listeners[-1].start()

    def close(self) -> None:
        """Let go of the connections; nobody hears anything any more."""
        for one in self._listeners:
            one.close()
        self._database.close()

    def _now(self) -> int:
        return to_microseconds(self._clock())

    @contextmanager
    def _changing(self, key: str | None) -> Iterator[Connection]:
        """A transaction that sees what belongs to the server that the key begins with; None: everything."""
        with self._database.changing() as connection:
            belong(connection, key)
            yield connection

    def _rows(self, key: str | None, where: str, *values: object) -> list[tuple[str, str]]:
        alive = f"SELECT key, value FROM records WHERE {where} AND {_ALIVE} ORDER BY key"  # noqa: S608 - ours
        with self._database.reading() as connection:
            belong(connection, key)
            return connection.execute(alive.encode(), (*values, self._now())).fetchall()


def _whole(prefix: str) -> str | None:
    """A key of the server that every key with the prefix belongs to; None where there may be several."""
    return prefix if "/" in prefix else None


def _tell(connection: Connection, kind: str, key: str, *, wanted: bool) -> None:
    if wanted:
        tell(connection, CHANNEL, json.dumps([kind, key]))
