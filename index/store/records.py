"""Small things that the bot keeps, such as settings of servers: JSON under a kind and a key, in a file of their own.

A file of its own, so that a question or a click never writes to the archive, and a copied archive takes nobody's
settings along. The bot knows no SQL; what a record means is the bot's affair.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from index.clock import utc_now
from index.store.faults import explained

FILE = "records.sqlite"
_BUSY_S = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at REAL,  -- seconds since 1970; NULL: kept until it is removed
    PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


class Kept(NamedTuple):
    """A record as it is kept."""

    kind: str
    key: str
    value: str
    expires_at: datetime | None  # None: kept until it is removed


class Records:
    """Last write wins, what was written survives a power cut, what has expired is not read again.

    Calls block for milliseconds and may come from any thread. Raises `ArchiveUnusable`, from every method.
    """

    def __init__(self, connection: sqlite3.Connection, folder: Path, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._folder = folder
        self._clock = clock
        self._turn = threading.Lock()

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """The records beside the archive in `folder`, made when there are none."""
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(folder / FILE, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # what people delete is overwritten, not merely unlinked
            connection.execute(_SCHEMA)
        return cls(connection, folder, clock)

    def write(self, kind: str, key: str, value: str, *, expires_at: datetime | None = None, tell: bool = False) -> None:
        """Keep `value` under the key, in place of what stood there. Nobody is there to `tell`: one bot has one file."""
        del tell
        until = expires_at.timestamp() if expires_at else None
        self._change("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", kind, key, value, until)

    def write_first(self, kind: str, key: str, value: str) -> str:
        """Keep `value` under the key unless something stands there; what stands there now, whoever wrote it."""
        while (there := self.read(kind, key)) is None:
            gone = "DELETE FROM records WHERE kind = ? AND key = ? AND expires_at <= ?"
            self._change(gone, kind, key, self._clock().timestamp())
            self._change("INSERT OR IGNORE INTO records VALUES (?, ?, ?, NULL)", kind, key, value)
        return there

    def rewrite(self, kind: str, key: str, value: str) -> bool:
        """Write over what stands there; False where nothing does, and then it stays so."""
        now = self._clock().timestamp()
        there = "UPDATE records SET value = ? WHERE kind = ? AND key = ? AND coalesce(expires_at > ?, TRUE)"
        return self._change(there, value, kind, key, now) > 0

    def read(self, kind: str, key: str) -> str | None:
        """What stands under the key; None when nothing does, or no longer."""
        rows = self._rows("kind = ? AND key = ?", kind, key)
        return rows[0][1] if rows else None

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """Keys with the prefix and their values, by key."""
        return self._rows("kind = ? AND substr(key, 1, ?) = ?", kind, len(prefix), prefix)

    def remove(self, kind: str, key: str, *, tell: bool = False) -> bool:
        """Forget one record; whether it was there."""
        del tell
        return self._change("DELETE FROM records WHERE kind = ? AND key = ?", kind, key) > 0

    def remove_all(self, kind: str, prefix: str) -> int:
        """Forget the keys with the prefix; their number. End a prefix with the separator: "1" is one of "12" too."""
        return self._change("DELETE FROM records WHERE kind = ? AND substr(key, 1, ?) = ?", kind, len(prefix), prefix)

    def remove_everywhere(self, prefix: str) -> int:
        """Forget the keys with the prefix under every kind; their number."""
        return self._change("DELETE FROM records WHERE substr(key, 1, ?) = ?", len(prefix), prefix)

    def expire(self) -> int:
        """Delete what has expired from the file too; the number of records."""
        return self._change("DELETE FROM records WHERE expires_at <= ?", self._clock().timestamp())

    def every(self) -> Iterator[Kept]:
        """All of them, expired ones too, to be taken over by another archive."""
        with self._turn, explained(self._folder), closing(self._connection.execute("SELECT * FROM records")) as found:
            rows = found.fetchall()
        for kind, key, value, until in rows:
            yield Kept(kind, key, value, None if until is None else datetime.fromtimestamp(until, UTC))

    def take_over(self, kept: Iterable[Kept]) -> int:
        """Keep records of another archive, in place of what stood under their keys; how many."""
        count = 0
        for one in kept:
            self.write(one.kind, one.key, one.value, expires_at=one.expires_at)
            count += 1
        return count

    def listen(self, hear: Callable[[str, str], None]) -> None:
        """Nobody else tells of anything: one bot has one file."""

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    def _change(self, sql: str, *values: object) -> int:
        with self._turn, explained(self._folder), closing(self._connection.execute(sql, values)) as done:
            return done.rowcount

    def _rows(self, where: str, *values: object) -> list[tuple[str, str]]:
        alive = f"SELECT key, value FROM records WHERE {where} AND coalesce(expires_at > ?, TRUE) ORDER BY key"  # noqa: S608  ours
        values = (*values, self._clock().timestamp())
        with self._turn, explained(self._folder), closing(self._connection.execute(alive, values)) as found:
            return [(row[0], row[1]) for row in found]
