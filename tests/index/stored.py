"""What an archive on disk holds, to compare two of them: all but the times at which they were written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from index.types import Vectors

CLOCK = {"added_at", "ended_at"}
TABLES = ("articles", "versions", "passages", "stories")


def texts_in(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Articles, versions, passages with their numbers, which copies are one story, and what was encoded of each."""
    with closing(sqlite3.connect(folder / "archive.sqlite")) as connection:
        told = {table: _rows(connection, table) for table in TABLES}
        encoded = connection.execute("SELECT passage_id, source FROM vectors ORDER BY passage_id")
        return told | {"encoded": encoded.fetchall()}


def vectors_in(folder: Path) -> Vectors:
    """One row a passage, in the order of their numbers."""
    with closing(sqlite3.connect(folder / "archive.sqlite")) as connection:
        rows = connection.execute("SELECT vector FROM vectors ORDER BY passage_id").fetchall()
    return np.array([np.frombuffer(row[0], "<f2") for row in rows], np.float32)


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in CLOCK]
    rows: list[tuple[object, ...]] = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608 - names of ours
    return sorted(rows, key=repr)
