"""A seal for every row: SQLite finds a broken tree of pages, but not a number or a vector that has silently changed.

Whoever writes opens its connection with `watch` and commits with `database.transaction`: rows that change are noted by
triggers and sealed with the commit, whichever code has changed them. A table that is to be sealed is named here;
those that can be had again are not: stories from the articles, pages and listings from their sites.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# Table and the columns of its primary key.
SEALED = {
    "meta": ("key",),
    "articles": ("id",),
    "passages": ("id",),
    "vectors": ("passage_id",),
    "versions": ("article_id", "version"),
    "withdrawals": ("id",),
    "retention_rules": ("id",),
    "replaced_passages": ("id",),
    "sources": ("id",),
}
_COUNTERS = "sqlite_sequence"  # says which ids were dealt out; no trigger can watch it
_OF_SEALED = f"(SELECT * FROM {_COUNTERS} WHERE name IN ({', '.join(map(repr, SEALED))}))"  # noqa: S608 - names of this file
_SIZE = 16  # bytes of the sha256 that are kept: an accident goes unnoticed once in 2 ** 128
_PAGE = 1_000  # rows


def watch(connection: sqlite3.Connection) -> None:
    """Note which rows this connection changes, from now on."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched (kind TEXT, a, b)")
    for kind, columns in SEALED.items():
        for event, sides in (("INSERT", ["new"]), ("UPDATE", ["old", "new"]), ("DELETE", ["old"])):
            notes = " ".join(f"INSERT INTO touched VALUES ('{kind}', {_two(side, columns)});" for side in sides)  # noqa: S608 - names of this file
            connection.execute(
                f"CREATE TEMP TRIGGER IF NOT EXISTS {kind}_{event} AFTER {event} ON main.{kind} BEGIN {notes} END"
            )


def seal_touched(connection: sqlite3.Connection) -> None:
    """Seal what has changed since the last commit, and drop the seals of what is gone. Within a transaction."""
    if not _is_watched(connection):
        return
    kinds = [row[0] for row in connection.execute("SELECT DISTINCT kind FROM touched")]
    for kind in kinds:
        columns, sides = SEALED[kind], "ab"[: len(SEALED[kind])]
        gone = f"SELECT {_key('', sides)} FROM touched WHERE kind = ?1"  # noqa: S608 - names of this file
        connection.execute(f"DELETE FROM seals WHERE kind = ?1 AND key IN ({gone})", (kind,))  # noqa: S608 - the same
        same = " AND ".join(f"r.{column} = t.{side}" for column, side in zip(columns, sides, strict=True))
        touched = "SELECT DISTINCT a, b FROM touched WHERE kind = ?"
        there = f"SELECT {_key('r.', columns)}, r.* FROM ({touched}) t JOIN {kind} r ON {same}"  # noqa: S608 - the same
        _seal(connection, kind, connection.execute(there, (kind,)))
    if kinds:
        _seal_counters(connection)
        connection.execute("DELETE FROM touched")


def seal_everything(connection: sqlite3.Connection) -> None:
    """Seal every row as it stands: after the tables themselves have changed. Within a transaction."""
    connection.execute("DELETE FROM seals")
    for kind, columns in SEALED.items():
        _seal(connection, kind, connection.execute(f"SELECT {_key('', columns)}, * FROM {kind}"))  # noqa: S608 - names of this file
    _seal_counters(connection)


def broken_seals(connection: sqlite3.Connection) -> Iterator[tuple[str, list[Any]]]:
    """(table, primary keys) of the rows that are not as they were sealed, lost ones among them."""
    before, connection.text_factory = connection.text_factory, bytes  # what is damaged may be no text any more
    try:
        for kind, columns in {**SEALED, _COUNTERS: ("name",)}.items():
            if keys := [*_differing(connection, kind, columns), *_lost(connection, kind, columns)]:
                yield kind, keys
    finally:
        connection.text_factory = before


def seal_of(values: Iterable[Any]) -> bytes:
    """Of the values of a row. Text and bytes count alike: which of them a column holds is fixed."""
    digest = hashlib.sha256()
    for value in values:
        raw = value if isinstance(value, bytes) else b"" if value is None else str(value).encode()
        digest.update(f"{-1 if value is None else len(raw)} ".encode() + raw)
    return digest.digest()[:_SIZE]


def _key(table: str, columns: Sequence[str]) -> str:
    """One value for the primary key: the column itself where it is one.

    The sign takes the column's affinity away: without it SQLite would convert every key instead of looking one up.
    """
    return " || ' ' || ".join(f"+{table}{column}" for column in columns)


def _two(side: str, columns: Sequence[str]) -> str:
    return ", ".join([*(f"{side}.{column}" for column in columns), "NULL"][:2])


def _is_watched(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM temp.sqlite_schema WHERE name = 'touched'").fetchone() is not None


def _seal(connection: sqlite3.Connection, kind: str, rows: sqlite3.Cursor) -> None:
    while page := rows.fetchmany(_PAGE):
        sealed = [(kind, row[0], seal_of(row[1:])) for row in page]
        connection.executemany("INSERT INTO seals VALUES (?, ?, ?)", sealed)


def _seal_counters(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM seals WHERE kind = ?", (_COUNTERS,))
    _seal(connection, _COUNTERS, connection.execute(f"SELECT name, * FROM {_OF_SEALED}"))  # noqa: S608 - names of this file


def _differing(connection: sqlite3.Connection, kind: str, columns: Sequence[str]) -> Iterator[Any]:
    key, table = _key("r.", columns), _OF_SEALED if kind == _COUNTERS else kind
    rows = connection.execute(
        f"SELECT {key}, s.seal, r.* FROM {table} r LEFT JOIN seals s ON s.kind = ? AND s.key = {key}",  # noqa: S608 - names of this file
        (kind,),
    )
    while page := rows.fetchmany(_PAGE):
        yield from (_readable(row[0]) for row in page if row[1] != seal_of(row[2:]))


def _lost(connection: sqlite3.Connection, kind: str, columns: Sequence[str]) -> Sequence[Any]:
    gone = f"SELECT key FROM seals WHERE kind = ? AND key NOT IN (SELECT {_key('', columns)} FROM {kind})"  # noqa: S608 - names of this file
    return [_readable(row[0]) for row in connection.execute(gone, (kind,))]


def _readable(key: Any) -> Any:
    return key.decode(errors="replace") if isinstance(key, bytes) else key
