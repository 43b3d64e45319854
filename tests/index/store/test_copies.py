"""A backup is a whole archive of one moment; what is not one is refused before anything is touched."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.errors import ArchiveDamaged, ArchiveLocked, ArchiveUnusable
from index.store import Store
from index.store.holds import hold
from index.store.lock import writer_lock
from tests.index.store.archives import (
    ALL,
    EVERYWHERE,
    MANIFEST,
    NAMES,
    article,
    ranked_by_vector,
    ranked_by_words,
    row,
    titles,
    vector_of,
    write,
)


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = Store.open(folder)
    yield store
    store.close()


@pytest.fixture
def backup(store: Store, tmp_path: Path) -> Path:
    file = tmp_path / "backup.pullquote"
    store.backup(file)
    return file


def found(store: Store, *names: str) -> set[str]:
    by_vector, by_words = titles(ranked_by_vector(store)), titles(ranked_by_words(store, [*NAMES, *names]))
    assert by_vector == by_words
    return by_vector


def test_a_restored_archive_holds_what_the_backup_held_and_nothing_else(
    store: Store, backup: Path, tmp_path: Path
) -> None:
    write(store, article("later"), article("city1", author="changed"))
    Store.restore(tmp_path / "data", backup)
    assert found(store, "later") == ALL
    assert store.memory.article(article("later").id) is None
    first = store.memory.article(article("city1").id)
    assert first is not None
    assert (first.article, first.version) == (article("city1"), 1)
    assert store.check() == ()


def test_a_backup_can_be_restored_where_there_is_nothing(backup: Path, tmp_path: Path) -> None:
    Store.restore(tmp_path / "new" / "data", backup)
    store = Store.open(tmp_path / "new" / "data")
    assert found(store) == ALL
    assert store.check() == ()
    store.close()


def test_ids_that_a_reader_still_holds_mean_nothing_after_a_restore(store: Store, backup: Path, tmp_path: Path) -> None:
    write(store, article("later"))
    held = store.snapshot()
    ranked = [passage_id for passage_id, _ in held.dense(vector_of("a"), 999, EVERYWHERE)]
    Store.restore(tmp_path / "data", backup)
    write(store, article("secret", collection="g1"))  # is dealt the ids that "later" had
    assert held.get(ranked) == []


def test_a_backup_that_is_copied_into_place_by_hand_is_not_mixed_with_the_legs_of_before(
    store: Store, backup: Path, tmp_path: Path
) -> None:
    write(store, article("later"))
    store.close()
    for file in (tmp_path / "data").glob("archive.sqlite*"):
        file.unlink()
    shutil.copyfile(backup, tmp_path / "data" / "archive.sqlite")
    again = Store.open(tmp_path / "data")
    write(again, article("secret", collection="g1"))  # is dealt the ids that "later" had
    assert found(again, "later", "secret") == ALL | {"On secret"}
    assert again.check() == ()
    again.close()


def test_a_backup_taken_while_a_writer_works_holds_whole_batches(store: Store, tmp_path: Path) -> None:
    done = threading.Event()

    def keep_writing() -> None:
        with store.writer(MANIFEST) as writer:
            number = 0
            while not done.is_set():
                writer.put([row(article(f"batch{number}x{n}")) for n in range(7)])
                number += 1

    thread = threading.Thread(target=keep_writing)
    thread.start()
    files = [tmp_path / f"copy{n}" for n in range(3)]
    for file in files:
        store.backup(file)
    done.set()
    thread.join()
    for number, file in enumerate(files):
        Store.restore(tmp_path / str(number), file)
        copy = Store.open(tmp_path / str(number))
        assert (copy.info().articles - len(NAMES)) % 7 == 0
        assert copy.check() == ()
        copy.close()


def test_a_backup_is_one_file_and_replaces_the_last_one_only_when_it_is_whole(
    store: Store, backup: Path, tmp_path: Path
) -> None:
    before = backup.read_bytes()
    write(store, article("later"))
    store.backup(backup)
    assert backup.read_bytes() != before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["backup.pullquote", "data"]
    with pytest.raises(ArchiveUnusable, match="does not exist"):
        store.backup(tmp_path / "nowhere" / "backup")


def test_what_a_killed_backup_left_is_swept_away_by_the_next_and_what_is_in_use_is_not(
    store: Store, tmp_path: Path
) -> None:
    left, used = tmp_path / ".backup.0123abcd.tmp", tmp_path / ".backup.4567cdef.tmp"
    left.write_text("half a backup")
    used.write_text("another process is at it")
    held = hold(used)
    store.backup(tmp_path / "backup")
    assert held is not None
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [used.name, "backup", "data"]


def _tampered(file: Path, sql: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.executescript(sql)
    connection.close()


def _other_database(file: Path) -> None:
    file.unlink()
    _tampered(file, "CREATE TABLE t (x)")


SPOILED: dict[str, Callable[[Path], object]] = {
    "cut in half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "without its last page": lambda file: file.write_bytes(file.read_bytes()[:-4096]),
    "without its last byte": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "only a header": lambda file: file.write_bytes(file.read_bytes()[:100]),
    "empty": lambda file: file.write_bytes(b""),
    "a text": lambda file: file.write_text("not a database " * 1000),
    "another database": _other_database,
    "zeroed in the middle": lambda file: file.write_bytes(
        (raw := file.read_bytes())[: len(raw) // 2] + bytes(8192) + raw[len(raw) // 2 + 8192 :]
    ),
    "forged": lambda file: _tampered(file, "UPDATE articles SET text = 'forged' WHERE title = 'On city7'"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_what_is_not_a_whole_backup_changes_nothing(store: Store, backup: Path, tmp_path: Path, how: str) -> None:
    SPOILED[how](backup)
    before = sorted(entry.name for entry in (tmp_path / "data").iterdir())
    with pytest.raises(ArchiveDamaged, match=r"nothing was changed|not one that pullquote wrote"):
        Store.restore(tmp_path / "data", backup)
    assert sorted(entry.name for entry in (tmp_path / "data").iterdir()) == before
    assert found(store) == ALL
    assert store.check() == ()


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_backup_that_cannot_be_read_is_a_sentence(store: Store, tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveUnusable, match="could not be read"):
        Store.restore(tmp_path / "data", tmp_path / name)
    assert found(store) == ALL


def test_nothing_is_restored_under_a_writer(backup: Path, tmp_path: Path) -> None:
    with writer_lock(tmp_path / "data"), pytest.raises(ArchiveLocked, match="is writing"):
        Store.restore(tmp_path / "data", backup)


@pytest.mark.parametrize("how", ["cut in half", "a text", "zeroed in the middle", "another database"])
def test_a_backup_heals_a_database_that_is_broken(store: Store, backup: Path, tmp_path: Path, how: str) -> None:
    store.close()
    SPOILED[how](tmp_path / "data" / "archive.sqlite")
    Store.restore(tmp_path / "data", backup)
    again = Store.open(tmp_path / "data")
    assert found(again) == ALL
    assert again.check() == ()
    again.close()
