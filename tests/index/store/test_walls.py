"""Locks, permissions, full disks and foreign files each become one sentence, and nothing stored is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from index.errors import ArchiveDamaged, ArchiveLocked, ArchiveUnusable
from index.store import Store
from index.store.schema import LATEST
from index.types import Passage
from tests.index.store.archives import (
    MANIFEST,
    OTHER_MODEL,
    article,
    new_archive,
    ranked_by_vector,
    row,
    titles,
    vector_of,
    write,
)

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from index.store import Store
from tests.index.store.archives import MANIFEST
with Store.open(Path(sys.argv[1])).writer(MANIFEST):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("one"))
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ArchiveLocked, match=rf"^Process {holder.pid} on \S+ is writing"), store.writer(MANIFEST):
            pass
        assert titles(ranked_by_vector(store)) == {"On one"}  # readers go on
        holder.kill()
    write(store, article("two"))  # a dead process holds nothing
    store.close()


def test_one_process_cannot_write_twice_at_once_either(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("one"))
    with store.writer(MANIFEST), pytest.raises(ArchiveLocked, match=str(os.getpid())), store.writer(MANIFEST):
        pass
    store.close()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users can reach; pytest's own is closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="pullquote-test-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def close_to_writing(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def read_as_nobody(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.index.store.unprivileged", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_read_only_archive_is_searched_and_refuses_writers_in_a_sentence(shared: Path) -> None:
    new_archive(shared / "data", *(article(f"a{n}") for n in range(5))).close()
    close_to_writing(shared / "data")
    ranked, problems, writing = read_as_nobody(shared / "data")
    assert (ranked, problems.strip()) == ("5 5 5", "problems:")
    assert writing.startswith("ArchiveUnusable The archive at ")
    assert "cannot be written" in writing


def test_a_read_only_archive_that_a_killed_writer_left_shows_all_that_was_acknowledged(shared: Path) -> None:
    store = new_archive(shared / "live", *(article(f"a{n}") for n in range(5)))
    with store.writer(MANIFEST) as writer:
        writer.put([row(article("late"))])
        copy = shared / "data"  # what is on the disk in this moment: a log that was not taken up, and no legs of it
        copy.mkdir()
        shutil.copyfile(shared / "live" / "archive.sqlite", copy / "archive.sqlite")
        shutil.copyfile(shared / "live" / "archive.sqlite-wal", copy / "archive.sqlite-wal")
    store.close()
    close_to_writing(shared / "data")
    assert read_as_nobody(shared / "data")[0] == "6 6 6"


def test_a_reader_who_may_not_write_reads_while_another_writes(shared: Path) -> None:
    store = new_archive(shared / "data", *(article(f"a{n}") for n in range(5)))
    with store.writer(MANIFEST) as writer:
        writer.put([row(article("late"))])
        close_to_writing(shared / "data")
        assert read_as_nobody(shared / "data")[0] == "5 5 6"  # stored, and not published yet
        for path in (shared / "data", *(shared / "data").rglob("*")):
            path.chmod(0o755)
    store.close()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveUnusable, match="could not be read or written"):
        Store.open(tmp_path / "file" / "data")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk to fill cannot be mounted here (needs root)")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_is_a_sentence_and_loses_nothing(small_disk: Path) -> None:
    store = new_archive(small_disk / "data", article("first"))
    acknowledged = ["first"]

    def write_until_full() -> None:
        with store.writer(MANIFEST) as writer:
            for number in count():
                writer.put([row(article(f"n{number}", text=f"padding of n{number} " * 4000))])
                acknowledged.append(f"n{number}")

    with pytest.raises(ArchiveUnusable, match="is full; nothing stored was lost"):
        write_until_full()
    assert len(acknowledged) > 2
    assert titles(ranked_by_vector(store)) >= {"On first"}  # a full disk is searched
    store.close()
    again = Store.open(small_disk / "data")
    assert {again.memory.article(article(name).id) is not None for name in acknowledged} == {True}
    with pytest.raises(ArchiveUnusable, match="is full"):
        again.backup(small_disk / "backup")
    again.close()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    mended = Store.open(small_disk / "data")
    assert titles(ranked_by_vector(mended)) == {f"On {name}" for name in acknowledged}
    assert mended.check() == ()
    assert not list((small_disk / "data" / "legs").glob(".*"))
    mended.close()


def test_a_full_disk_stops_a_rebuild_in_a_sentence_and_the_archive_goes_on(small_disk: Path) -> None:
    store = new_archive(small_disk / "data", article("first"))
    source, vector = b"s" * 32, vector_of("any", OTHER_MODEL.model.dimension)

    def encode_until_full() -> None:
        with store.draft(OTHER_MODEL) as draft:
            for number in count():
                one = article(f"n{number}")
                draft.put([(one, [Passage(0, 9)] * 4000, [source] * 4000)], {source: vector})

    with pytest.raises(ArchiveUnusable, match="is full; nothing stored was lost"):
        encode_until_full()
    assert titles(ranked_by_vector(store)) == {"On first"}
    assert store.check() == ()
    with store.draft(OTHER_MODEL) as draft:
        assert draft.has(article("n0"))  # and goes on from there when there is room
    store.drop_draft()
    write(store, article("second"))
    assert titles(ranked_by_vector(store)) == {"On first", "On second"}
    store.close()


def test_an_archive_of_a_newer_pullquote_is_left_alone(tmp_path: Path) -> None:
    new_archive(tmp_path, article("one")).close()
    _execute(tmp_path / "archive.sqlite", f"PRAGMA user_version = {LATEST + 1}")
    before = (tmp_path / "archive.sqlite").read_bytes()
    with pytest.raises(ArchiveUnusable, match=r"newer pullquote .*upgrade pullquote"):
        Store.open(tmp_path)
    assert (tmp_path / "archive.sqlite").read_bytes() == before


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    _execute(tmp_path / "archive.sqlite", "CREATE TABLE notes (text)")
    before = (tmp_path / "archive.sqlite").read_bytes()
    with pytest.raises(ArchiveDamaged, match="not one that pullquote wrote"):
        Store.open(tmp_path)
    assert (tmp_path / "archive.sqlite").read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at " * 30, bytes(8192)])
def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive.sqlite").write_bytes(content)
    with pytest.raises(ArchiveDamaged, match="pullquote restore FILE"):
        Store.open(tmp_path)
    assert (tmp_path / "archive.sqlite").read_bytes() == content


def test_many_may_open_an_archive_that_is_not_there_yet_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store.open(tmp_path / "data"), range(8)))
    assert {store.manifest() for store in stores} == {None}
    write(stores[0], article("one"))
    assert all(titles(ranked_by_vector(store)) == {"On one"} for store in stores)
    for store in stores:
        store.close()


def test_an_archive_whose_creation_was_interrupted_is_created(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite").touch()
    store = Store.open(tmp_path)
    assert store.manifest() is None
    assert store.check() == ()
    store.close()


def test_pages_that_are_overwritten_are_found_by_the_check(tmp_path: Path) -> None:
    new_archive(tmp_path, *(article(f"a{n}") for n in range(200))).close()
    file = tmp_path / "archive.sqlite"
    raw = file.read_bytes()
    file.write_bytes(raw[:8192] + b"\xff" * 16384 + raw[24576:])
    try:
        problems = Store.open(tmp_path).check()
    except ArchiveDamaged as error:
        problems = (str(error),)
    assert "damaged" in problems[0]
    assert "pullquote restore FILE" in problems[0]


def _execute(file: Path, sql: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(sql)
    connection.close()
