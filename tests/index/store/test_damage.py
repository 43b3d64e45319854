"""Whatever is overwritten: either the check says so and says what to run, or nothing that is stored has changed."""

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from index.errors import ArchiveUnusable
from index.lives import Retention
from index.store import Store
from index.store.seals import SEALED
from tests.index.store.archives import MANIFEST, NAMES, article, day, new_archive, row, write

LENGTHS = (500, 61, 1)  # bytes that are overwritten in one place
TABLES = [*SEALED, "seals", "sqlite_sequence", "sqlite_schema"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with rows of every kind, free pages, and what a changed article leaves for its last readers."""
    folder = tmp_path_factory.mktemp("whole")
    store = new_archive(
        folder, *(article(name, text=f"On {name}. " * 20, publisher="The Harbour Post") for name in NAMES)
    )
    with store.writer(MANIFEST) as writer:
        writer.delete([article(name).id for name in NAMES[:9]])
        writer.withdraw([article(NAMES[10]).id], "The source asked for it.", lasting=True)
        writer.keep_rule(Retention(older_than=timedelta(days=900)))
    write(store, article(NAMES[9], text="It was all different."))
    store.watched.add("https://quay.example/feed.xml", "feed", "public", every=timedelta(hours=1), now=day(1))
    store.close()
    content = content_of(folder / "archive.sqlite")
    assert all(content[table] for table in TABLES)
    return folder / "archive.sqlite"


def content_of(file: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(file)) as connection:
        connection.text_factory = bytes
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608 - names


def problems_of(folder: Path) -> tuple[str, ...]:
    store = Store(folder)  # opening might mend, that is: rewrite
    try:
        store._database.prepare()
        return store.check()
    except ArchiveUnusable as error:
        return (str(error),)
    finally:
        store.close()


def places(size: int, seed: int, count: int) -> Iterator[tuple[int, int]]:
    dice = random.Random(seed)  # noqa: S311 - for places, not for secrets
    for number in range(count):
        length = LENGTHS[number % len(LENGTHS)]
        yield dice.randrange(100, size - length), length  # past the header, which SQLite itself looks at


def overwrite_and_look(file: Path, folder: Path, seed: int, count: int) -> int:
    """How many of the damages changed what is stored. None of them is overlooked."""
    whole, raw = content_of(file), file.read_bytes()
    changed = 0
    shutil.copytree(file.parent, folder)
    for start, length in places(len(raw), seed, count):
        damaged = bytearray(raw)
        damaged[start : start + length] = bytes(byte ^ 0x55 for byte in raw[start : start + length])
        (folder / "archive.sqlite").write_bytes(damaged)
        problems = problems_of(folder)
        assert all("pullquote" in problem for problem in problems)
        if problems:
            changed += 1
        else:
            assert content_of(folder / "archive.sqlite") == whole, f"{length} bytes from {start}"
        for left in folder.glob("archive.sqlite-*"):
            left.unlink()
    return changed


def test_bytes_that_are_overwritten_anywhere_are_found_where_they_matter(file: Path, tmp_path: Path) -> None:
    assert overwrite_and_look(file, tmp_path / "data", seed=1, count=120) > 20


@pytest.mark.slow
def test_bytes_that_are_overwritten_in_eight_hundred_places_are_found(file: Path, tmp_path: Path) -> None:
    assert overwrite_and_look(file, tmp_path / "data", seed=2, count=800) > 150


@pytest.mark.parametrize("table", [table for table in TABLES if table != "sqlite_schema"])
def test_a_single_bit_in_any_column_of_any_kind_of_row_is_found(file: Path, tmp_path: Path, table: str) -> None:
    shutil.copytree(file.parent, tmp_path / "data")
    copy = tmp_path / "data" / "archive.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        columns = [(column[1], column[2]) for column in connection.execute(f"PRAGMA table_info({table})")]
    first = "kind = 'meta' AND key = 'state'" if table == "seals" else f"rowid = (SELECT min(rowid) FROM {table})"  # noqa: S608 - names
    for column, kind in columns:
        shutil.copyfile(file, copy)
        with closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            value = connection.execute(f"SELECT {column} FROM {table} WHERE {first}").fetchone()[0]  # noqa: S608 - names
            new = another(value, kind)
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {first}", (new,))  # noqa: S608 - names
        assert problems_of(tmp_path / "data"), f"{table}.{column}: {value!r} became {new!r}"


def another(value: object, kind: str) -> object:
    """The value with one bit changed, or something in place of nothing."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, str) and value:
        return chr(ord(value[0]) ^ 1) + value[1:]
    return value ^ 1 << 20 if isinstance(value, int) else {"BLOB": b"x", "TEXT": "x"}.get(kind, 1)


def test_a_row_that_is_gone_is_missed(file: Path, tmp_path: Path) -> None:
    for table in SEALED:
        shutil.copytree(file.parent, tmp_path / table)
        with closing(sqlite3.connect(tmp_path / table / "archive.sqlite")) as connection, connection:
            connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")  # noqa: S608 - names
        assert problems_of(tmp_path / table), table


def test_what_is_damaged_of_one_article_is_mended_as_the_check_says(file: Path, tmp_path: Path) -> None:
    shutil.copytree(file.parent, tmp_path / "data")
    one = article(NAMES[20], text=f"On {NAMES[20]}. " * 20, publisher="The Harbour Post")
    with closing(sqlite3.connect(tmp_path / "data" / "archive.sqlite")) as connection, connection:
        connection.execute("UPDATE articles SET author = 'nobody' WHERE id = ?", (one.id,))
    store = Store.open(tmp_path / "data")
    assert any(f"`pullquote remove {one.id}`" in problem for problem in store.check())
    with store.writer(MANIFEST) as writer:
        writer.delete([one.id])
        writer.put([row(one)])
    assert store.check() == ()
    store.close()
