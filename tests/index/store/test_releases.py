"""An archive of an older release opens and answers as it did. `releases/` holds one of each schema, as it was written.

Whoever adds a migration adds the dump of an archive of the schema before it.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.errors import ArchiveDamaged
from index.store import Store
from index.store.schema import LATEST
from index.types import Filters
from tests.index.store.archives import (
    EVERYWHERE,
    MANIFEST,
    article,
    day,
    new_archive,
    ranked_by_vector,
    ranked_by_words,
    titles,
    write,
)

DUMPS = sorted((Path(__file__).parent / "releases").glob("schema-*.sql"))
FERRY = article(
    "ferry",
    text="The ferry struck the pier. Two people were hurt.",
    publisher="The Harbour Post",
    published_at=day(3),
)


def load(dump: Path, file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump.read_text())


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: str(dump.stem))
def test_an_archive_of_an_older_release_opens_and_holds_what_it_held(dump: Path, tmp_path: Path) -> None:
    load(dump, tmp_path / "data" / "archive.sqlite")
    store = Store.open(tmp_path / "data")
    assert store.check() == ()
    stored = store.memory.article(FERRY.id)
    assert stored is not None
    assert (stored.article, stored.version) == (FERRY, 2)
    assert (
        titles(ranked_by_vector(store))
        == titles(ranked_by_words(store, ["nobody", "pier"]))
        == {
            "On ferry",
            "On own",
        }
    )
    assert [one.article.title for one in store.newest(9, EVERYWHERE)] == ["On ferry", "On own"]
    assert store.memory.article(article("gone").id) is None
    assert len(ranked_by_vector(store, Filters())) == 2  # the server's own article stays that server's
    store.close()


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: str(dump.stem))
def test_an_archive_of_an_older_release_is_written_as_any_other(dump: Path, tmp_path: Path) -> None:
    load(dump, tmp_path / "data" / "archive.sqlite")
    store = Store.open(tmp_path / "data")
    held = {one.passage_id for one in ranked_by_vector(store)}
    write(store, article("new"))
    with store.writer(MANIFEST) as writer:
        writer.delete([article("own", collection="g1").id])
    found = ranked_by_vector(store)
    assert titles(found) == {"On ferry", "On new"}
    assert {one.passage_id for one in found} - held > set()
    assert store.check() == ()
    store.close()


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: str(dump.stem))
def test_a_backup_of_an_older_release_is_restored(dump: Path, tmp_path: Path) -> None:
    load(dump, tmp_path / "backup")
    Store.restore(tmp_path / "data", tmp_path / "backup")
    store = Store.open(tmp_path / "data")
    assert titles(ranked_by_vector(store)) == {"On ferry", "On own"}
    assert store.check() == ()
    store.close()


def test_an_older_archive_that_is_damaged_is_not_taken_for_sound(tmp_path: Path) -> None:
    load(DUMPS[0], tmp_path / "data" / "archive.sqlite")
    with closing(sqlite3.connect(tmp_path / "data" / "archive.sqlite")) as connection, connection:
        connection.execute("UPDATE articles SET text = 'forged, but as long as a text may be, and a bit longer'")
    store = Store.open(tmp_path / "data")
    assert any("not what was stored" in problem for problem in store.check())
    store.backup(tmp_path / "backup")
    with pytest.raises(ArchiveDamaged):
        Store.restore(tmp_path / "other", tmp_path / "backup")
    store.close()


def test_every_schema_but_the_latest_has_its_dump(tmp_path: Path) -> None:
    new_archive(tmp_path, article("one")).close()
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == LATEST
    assert {dump.stem for dump in DUMPS} <= {f"schema-{n}" for n in range(1, LATEST)}
    assert {"schema-1", "schema-2"} <= {dump.stem for dump in DUMPS}
