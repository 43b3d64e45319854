"""One writer, one rebuild and one watch at a time, among all machines that share the database.

Advisory locks of the session: PostgreSQL frees them when the connection ends, however the process dies.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import ArchiveLocked
from index.postgres.database import Connection, Database

_KIND = 0x50514F54  # "PQOT": ours among the advisory locks of the database
_NUMBERS = {"writer": 1, "rebuild": 2, "watch": 3, "schema": 4}
_DOING = {"writer": "is writing to", "rebuild": "is rebuilding", "watch": "(`pullquote watch`) is at work on"}
_PATIENCE_S = {"writer": 1.0, "rebuild": 0.0, "watch": 0.0}
_PAUSE_S = 0.05


@contextmanager
def held(database: Database, connection: Connection, name: str, *, patience_s: float | None = None) -> Iterator[None]:
    """Hold the lock of that name by this connection.

    Raises:
        ArchiveLocked: another holds it; the message names process and host.
    """
    until = time.monotonic() + (_PATIENCE_S[name] if patience_s is None else patience_s)
    while not _taken(connection, name):
        if time.monotonic() >= until:
            who = _holder(connection, name)
            raise ArchiveLocked(f"{who} {_DOING[name]} the archive at {database.place}: try again when it is done.")
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("SELECT pg_advisory_unlock(%s, %s)", (_KIND, _NUMBERS[name]))


def is_held(connection: Connection, name: str) -> bool:
    """Whether somebody holds the lock of that name now, on whatever machine."""
    return _holding(connection, name) is not None


def lock_schema(connection: Connection) -> None:
    """Wait until nobody else changes tables, and be the only one until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_KIND, _NUMBERS["schema"]))


def _taken(connection: Connection, name: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_KIND, _NUMBERS[name])).fetchone()
    return bool(row and row[0])


def _holder(connection: Connection, name: str) -> str:
    name_of_it = _holding(connection, name)
    return name_of_it.replace("pullquote", "Process", 1) if name_of_it else "Another process"


def _holding(connection: Connection, name: str) -> str | None:
    """What the one that holds the lock calls itself."""
    row = connection.execute(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
        " AND granted AND classid = %s AND objid = %s"
        " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        (_KIND, _NUMBERS[name]),
    ).fetchone()
    return str(row[0]) if row else None
