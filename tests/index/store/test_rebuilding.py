"""A change of model replaces everything or nothing, and the check sees what was done behind the store's back."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import ArchiveStale
from index.store import Store
from tests.index.store.archives import (
    ALL,
    EVERYWHERE,
    MANIFEST,
    NAMES,
    OTHER_MODEL,
    article,
    ranked_by_vector,
    row,
    titles,
    vector_of,
)


def test_another_model_is_refused_in_words_that_name_both(reopened: Callable[[], Store]) -> None:
    with pytest.raises(ArchiveStale, match=r"made up .*another .*pullquote rebuild.*PULLQUOTE_MODEL"):  # noqa: SIM117
        with reopened().writer(OTHER_MODEL):
            pass


def test_a_new_model_replaces_all_vectors_at_once_and_no_version(reopened: Callable[[], Store]) -> None:
    store = reopened()
    versions = {name: store.memory.article(article(name).id) for name in NAMES}
    with store.writer(MANIFEST) as writer:
        old = store.snapshot()
        rows = ((stored.article.id, *row(stored.article, dimension=4)[1:], None) for stored in writer.articles())
        writer.replace_all(OTHER_MODEL, rows)
        assert (old.manifest, store.snapshot().manifest) == (MANIFEST, OTHER_MODEL)
        new = store.snapshot()
        assert titles(new.get([i for i, _ in new.dense(vector_of("a", 4), 999, EVERYWHERE)])) == ALL
    assert {name: store.memory.article(article(name).id) for name in NAMES} == versions
    assert store.check() == ()


def test_replacing_all_with_rows_missing_changes_nothing(reopened: Callable[[], Store]) -> None:
    store = reopened()
    with store.writer(MANIFEST) as writer:
        with pytest.raises(ValueError, match="29 articles"):
            writer.replace_all(OTHER_MODEL, [(article("city1").id, *row(article("city1"), dimension=4)[1:], None)])
        with pytest.raises(ValueError, match="not in the archive"):
            writer.replace_all(OTHER_MODEL, [("nobody", [], vector_of("a", 4)[None][:0], None)])
        writer.put([row(article("late"))])  # and the writer still works with the old model
    assert store.manifest() == MANIFEST
    assert titles(ranked_by_vector(store)) == ALL | {"On late"}
    assert store.check() == ()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE articles SET text = 'forged' WHERE title = 'On city1'", "not what was stored"),
        ("UPDATE passages SET end_at = 999 WHERE id = 5", "beyond the end"),
        ("DELETE FROM vectors WHERE passage_id = 5", "no vector"),
        ("UPDATE vectors SET vector = x'0000' WHERE passage_id = 5", "8 dimensions"),
        ("UPDATE vectors SET vector = zeroblob(16) WHERE passage_id = 5", "unit length"),
        ("INSERT INTO vectors (passage_id, vector) VALUES (999, zeroblob(16))", "without a passage"),
        ("DELETE FROM meta WHERE key = 'manifest'", "which model"),
    ],
)
def test_the_check_finds_what_was_tampered_with(
    folder: Path, reopened: Callable[[], Store], sql: str, says: str
) -> None:
    store = reopened()
    connection = sqlite3.connect(folder / "archive.sqlite")
    with connection:
        connection.execute(sql)
    connection.close()
    problems = store.check()
    assert any(says in problem and "run `pullquote" in problem for problem in problems), problems
