"""What the store keeps of earlier versions: through migrations, backups and damage."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.lives import Gone, History
from index.store import Store
from index.types import StoredArticle
from tests.engines import Engine, archive_of
from tests.index.store.archives import MANIFEST, article, make_older, new_archive, row, write

ONE = article("one").id


def history(store: Store) -> History:
    return store.memory.history(ONE) or pytest.fail("nothing is known of it")


def test_an_archive_of_a_release_that_kept_no_versions_never_gives_a_number_again(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("one"), article("two"))
    for edition in "bc":
        write(store, article("one", author=edition))
    store.close()
    make_older(tmp_path, 2)
    again = Store.open(tmp_path)
    assert (again.memory.article(ONE) or pytest.fail("lost")).version == 3
    for number in (1, 2):
        gone = again.memory.gone(ONE, number)
        assert gone is not None
        assert gone.reason == "replaced before earlier versions were kept"
    write(again, article("one", author="d"))
    assert [(type(one), one.version) for one in history(again).versions] == [
        *[(Gone, 1), (Gone, 2)],
        *[(StoredArticle, 3), (StoredArticle, 4)],
    ]
    assert again.memory.gone(article("two").id, 1) is None
    assert again.check() == ()
    again.close()


def test_a_restored_archive_does_not_give_numbers_again_that_it_gave_after_the_backup(tmp_path: Path) -> None:
    store = new_archive(tmp_path / "data", article("one"))
    store.backup(tmp_path / "backup")
    write(store, article("one", author="b"), article("two"))
    Store.restore(tmp_path / "data", tmp_path / "backup")
    assert (store.memory.article(ONE) or pytest.fail("lost")).version == 1
    write(store, article("one", author="c"), article("two", author="other"))
    assert (store.memory.article(ONE) or pytest.fail("lost")).version == 3
    assert (store.memory.gone(ONE, 2) or pytest.fail("known")).reason == "it was not in the backup that was restored"
    assert (store.memory.article(article("two").id) or pytest.fail("lost")).version == 2
    assert store.check() == ()
    store.close()


def test_a_backup_brings_earlier_versions_and_withdrawals_along(tmp_path: Path) -> None:
    store = new_archive(tmp_path / "data", article("one"), article("two"))
    write(store, article("one", author="b"))
    with store.writer(MANIFEST) as writer:
        writer.withdraw([article("two").id], "libel", lasting=True)
    before = history(store)
    store.backup(tmp_path / "backup")
    store.close()
    Store.restore(tmp_path / "elsewhere", tmp_path / "backup")
    copy = Store.open(tmp_path / "elsewhere")
    assert history(copy) == before
    assert (copy.memory.gone(article("two").id) or pytest.fail("not gone")).reason == "libel"
    assert copy.check() == ()
    copy.close()


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("UPDATE versions SET text = 'Something else.' WHERE version = 1", "Version 1 of article"),
        ("UPDATE versions SET version = 9 WHERE version = 1", "a number as high as its own"),
        ("INSERT INTO withdrawals SELECT 1, id, 1, '', 1, NULL FROM articles", "can be found all the same"),
    ],
)
def test_the_check_finds_what_is_wrong_with_earlier_versions(tmp_path: Path, damage: str, complaint: str) -> None:
    store = new_archive(tmp_path, article("one"))
    write(store, article("one", author="b"))
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as connection, connection:
        connection.execute(damage)
    assert any(complaint in problem and "pullquote restore" in problem for problem in store.check())
    store.close()


def test_the_store_refuses_to_replace_what_is_withdrawn_for_good(engine: Engine, tmp_path: Path) -> None:
    store = archive_of(engine, tmp_path, article("one"))
    with store.writer(MANIFEST) as writer:
        writer.withdraw([ONE], "", lasting=True)
        with pytest.raises(ValueError, match="reinstated"):
            writer.put([row(article("two")), row(article("one"))])
    assert store.info().articles == 0
    store.close()
