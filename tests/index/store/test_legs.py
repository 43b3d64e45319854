"""Legs that are missing, broken or behind are made again out of SQLite, and readers are never in the way of writers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.store import Store
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


def newest(folder: Path) -> Path:
    return max((folder / "legs").iterdir())


def biggest(folder: Path) -> Path:
    return max((folder / "lexical").iterdir(), key=lambda file: file.stat().st_size)


def spoil(file: Path) -> None:
    """Change one byte in the middle: the size stays as it was."""
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(raw)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "all legs lost": lambda legs: shutil.rmtree(legs.parent),
    "dense leg lost": lambda legs: (legs / "dense/base.faiss").unlink(),
    "dense leg cut off": lambda legs: (legs / "dense/base.faiss").write_bytes(
        (legs / "dense/base.faiss").read_bytes()[:-50]
    ),
    "dense leg empty": lambda legs: (legs / "dense/base.faiss").write_bytes(b""),
    "dense leg altered": lambda legs: spoil(legs / "dense/base.faiss"),
    "lexical leg lost": lambda legs: shutil.rmtree(legs / "lexical"),
    "lexical leg without its list of segments": lambda legs: (legs / "lexical" / "meta.json").unlink(),
    "lexical leg cut off": lambda legs: biggest(legs).write_bytes(biggest(legs).read_bytes()[:-9]),
    "lexical leg altered": lambda legs: spoil(biggest(legs)),
    "seal lost": lambda legs: (legs / "generation.json").unlink(),
    "seal garbled": lambda legs: (legs / "generation.json").write_text("{"),
    "seal of another kind": lambda legs: (legs / "generation.json").write_text('{"format": 99}'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_leg_is_mended_when_the_archive_is_opened(
    folder: Path, reopened: Callable[[], Store], damage: str
) -> None:
    DAMAGES[damage](newest(folder))
    store = reopened()
    assert titles(ranked_by_vector(store)) == titles(ranked_by_words(store, NAMES)) == ALL
    assert store.check() == ()


@pytest.mark.parametrize("damage", ["all legs lost", "dense leg cut off", "lexical leg altered"])
def test_while_a_writer_is_at_work_a_reader_makes_the_legs_it_lacks_in_memory(
    folder: Path, reopened: Callable[[], Store], damage: str
) -> None:
    expected = reopened().snapshot()
    DAMAGES[damage](newest(folder))
    with writer_lock(folder):
        store = reopened()
        assert titles(ranked_by_vector(store)) == titles(ranked_by_words(store, NAMES)) == ALL
        assert store.snapshot().dense(vector_of("a"), 9, EVERYWHERE) == expected.dense(vector_of("a"), 9, EVERYWHERE)
        assert store.snapshot() is store.snapshot()  # made once
        assert any("pullquote rebuild" in problem for problem in store.check())
    write(store, article("news"))
    assert titles(ranked_by_vector(store)) == ALL | {"On news"}


def test_legs_that_lag_behind_are_brought_up_when_the_archive_is_opened(
    folder: Path, reopened: Callable[[], Store]
) -> None:
    before = folder.with_name("before")
    shutil.copytree(newest(folder), before)
    store = reopened()
    with store.writer(MANIFEST) as writer:
        writer.delete([article("city3").id])
        writer.put([row(article("late"))])
    shutil.rmtree(folder / "legs")
    (folder / "legs").mkdir()
    before.rename(folder / "legs" / "00000001")
    assert any("behind" in problem for problem in store.check())
    assert titles(ranked_by_vector(reopened())) == ALL - {"On city3"} | {"On late"}
    assert store.check() == ()


def test_legs_of_before_hold_nothing_back_and_show_nothing_deleted(reopened: Callable[[], Store]) -> None:
    store = reopened()
    with store.writer(MANIFEST) as writer:
        writer.delete([article("city3").id])
        other = reopened()  # sees the deletion, and legs from before it
        assert titles(ranked_by_vector(other)) == titles(ranked_by_words(other, NAMES)) == ALL - {"On city3"}
        before = store.snapshot()
        assert len(before.dense(vector_of("a"), 999, EVERYWHERE)) == 2 * len(NAMES) - 2
    assert store.snapshot() is not before


def test_a_published_deletion_is_not_even_ranked(reopened: Callable[[], Store]) -> None:
    store = reopened()
    gone = {one.passage_id for one in ranked_by_words(store, ["city3"])}
    with store.writer(MANIFEST) as writer:
        writer.delete([article("city3").id])
    snapshot = store.snapshot()
    ranked = snapshot.dense(vector_of("a"), 999, EVERYWHERE) + snapshot.lexical("city3 nobody", 999, EVERYWHERE)
    assert not gone & {passage_id for passage_id, _ in ranked}


def test_publishing_leaves_the_files_of_the_last_generation_as_they_were(
    folder: Path, reopened: Callable[[], Store]
) -> None:
    before = {file: file.read_bytes() for file in newest(folder).rglob("*") if file.is_file()}
    write(reopened(), article("one more"))
    assert {file: file.read_bytes() for file in before} == before
    shared = [file for file in newest(folder).rglob("*") if file.is_file() and file.stat().st_nlink > 1]
    assert shared  # and the new one did not copy what it could link


def test_no_more_than_two_generations_are_kept_and_nothing_half_built(
    folder: Path, reopened: Callable[[], Store]
) -> None:
    (folder / "legs" / ".building-2").mkdir()  # left by a writer that was killed
    for number in range(4):
        write(reopened(), article(f"more{number}"))
    assert sorted(entry.name for entry in (folder / "legs").iterdir()) == ["00000004", "00000005"]


def test_publishing_twice_does_the_work_once(folder: Path, reopened: Callable[[], Store]) -> None:
    before = newest(folder)
    with reopened().writer(MANIFEST) as writer:
        writer.publish()
        writer.delete(["no such id"])
        writer.put([])
    assert newest(folder) == before


def test_deleting_much_builds_the_words_from_scratch_so_that_scores_do_not_drift(
    folder: Path, reopened: Callable[[], Store]
) -> None:
    store = reopened()
    with store.writer(MANIFEST) as writer:
        writer.delete([article(name).id for name in NAMES[10:]])
    drifted = store.snapshot().lexical("nobody city1", 99, EVERYWHERE)
    assert json.loads((newest(folder) / "generation.json").read_text())["removed"] == 0
    with store.writer(MANIFEST) as writer:
        writer.rebuild_legs()
    assert store.snapshot().lexical("nobody city1", 99, EVERYWHERE) == drifted


def test_what_an_interrupted_writer_stored_is_published_on_the_way_out(reopened: Callable[[], Store]) -> None:
    store = reopened()

    def write_until_interrupted() -> None:
        with store.writer(MANIFEST) as writer:
            writer.put([row(article("late"))])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_until_interrupted()
    assert titles(ranked_by_vector(store)) == ALL | {"On late"}
