"""Readers go on answering from what they hold while a writer works, and never see half a publication."""

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

from index.archives import Store
from index.lives import Retention
from index.store import Store as Embedded
from index.store import generations
from index.types import Filters
from tests.engines import Engine, archive_of
from tests.index.store.archives import (
    EVERYWHERE,
    MANIFEST,
    PLENTY,
    article,
    day,
    new_archive,
    ranked_by_vector,
    ranked_by_words,
    row,
    titles,
    vector_of,
    write,
)

ROOT = Path(__file__).parents[3]
PASSAGES_EACH = 2  # one of them holds the word "nobody"


def test_a_snapshot_ranks_the_same_after_any_number_of_publications(engine: Engine, tmp_path: Path) -> None:
    store = archive_of(engine, tmp_path, *(article(f"a{n}") for n in range(9)))
    held = store.snapshot()

    def answers() -> list[list[tuple[int, float]]]:
        return [held.dense(vector_of("q"), 99, EVERYWHERE), held.lexical("a1 nobody", 99, EVERYWHERE)]

    before = answers()
    stay = {one.passage_id for one in held.get([i for i, _ in before[0]]) if one.stored.article.title >= "On a5"}
    for number in range(5):  # more than there are generations kept on disk
        write(store, article(f"b{number}"))
        with store.writer(MANIFEST) as writer:
            writer.delete([article(f"a{number}").id])
        assert [[i for i, _ in leg if i in stay] for leg in answers()] == [
            [i for i, _ in leg if i in stay] for leg in before
        ]
        if engine.name == "embedded":  # what is deleted from a database is gone from it, and counts in no score
            assert answers() == before
    assert store.snapshot() is not held
    store.close()


def test_both_legs_of_a_snapshot_are_of_one_generation_while_a_writer_publishes(engine: Engine, tmp_path: Path) -> None:
    store = archive_of(engine, tmp_path, article("a0"))
    done = threading.Event()
    torn: list[object] = []

    def keep_asking() -> None:
        while not done.is_set():
            snapshot = store.snapshot()
            by_vector = snapshot.dense(vector_of("q"), PLENTY, EVERYWHERE)
            by_words = {i for i, _ in snapshot.lexical("nobody about", PLENTY, EVERYWHERE)}
            if {i for i, _ in by_vector} != by_words or len(by_words) % PASSAGES_EACH:
                torn.append((by_vector, by_words))
            snapshot.get(sorted(by_words))

    readers = [threading.Thread(target=keep_asking) for _ in range(3)]
    for reader in readers:
        reader.start()
    with store.writer(MANIFEST) as writer:
        for number in range(1, 6):
            writer.put([row(article(f"a{number}")), row(article("a0", author=str(number)))])
            writer.publish()
    done.set()
    for reader in readers:
        reader.join()
    assert torn == []
    assert len(store.snapshot().dense(vector_of("q"), PLENTY, EVERYWHERE)) == 6 * PASSAGES_EACH
    store.close()


def test_a_reader_in_another_process_keeps_its_snapshot_and_picks_new_ones_up(tmp_path: Path) -> None:
    store = new_archive(tmp_path, *(article(f"a{n}") for n in range(3)))
    command = [sys.executable, "-m", "tests.index.store.steady_reader", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        for number in range(3, 7):
            write(store, article(f"a{number}"))
            reader.stdin.write("\n")
            reader.stdin.flush()
            now = PASSAGES_EACH * (number + 1)
            assert reader.stdout.readline() == f"6 3 {now} {now // 2}\n"
        reader.stdin.close()
    store.close()


def versions_of(store: Store, name: str) -> list[tuple[int, int]]:
    """(version, passages found) of the article, by either leg: one entry when it is found whole in one version."""
    found = [*ranked_by_vector(store), *ranked_by_words(store, ["nobody", "about"])]
    of_it = Counter(one.stored.version for one in found if one.stored.article.id == article(name).id)
    return sorted(of_it.items())


BOTH_LEGS = 2 * PASSAGES_EACH


def test_a_changed_article_is_found_as_it_was_until_it_is_found_as_it_is(engine: Engine, tmp_path: Path) -> None:
    store = archive_of(engine, tmp_path, article("a"), article("b"))
    early = store.snapshot()
    ids = [passage_id for passage_id, _ in early.dense(vector_of("q"), PLENTY, EVERYWHERE)]
    with store.writer(MANIFEST) as writer:
        for edition in ("second", "third"):
            writer.put([row(article("a", author=edition))])
            late = engine.open(tmp_path)  # a process that opens the archive in between
            assert versions_of(store, "a") == versions_of(late, "a") == [(1, BOTH_LEGS)]
            assert versions_of(late, "b") == [(1, BOTH_LEGS)]
            late.close()
        writer.publish()
        assert versions_of(store, "a") == [(3, BOTH_LEGS)]
    assert [one.stored.article.author for one in early.get(ids) if one.stored.article.title == "On a"] == [None, None]
    store.close()


def test_what_filters_ask_of_a_changed_article_is_asked_of_the_version_that_is_found(
    engine: Engine, tmp_path: Path
) -> None:
    store = archive_of(engine, tmp_path, article("a", publisher="Old Post", published_at=day(1)), article("b"))
    with store.writer(MANIFEST) as writer:
        writer.put([row(article("a", publisher="New Post", published_at=day(9)))])
        late = engine.open(tmp_path)
        for publisher, after, found in (("Old Post", None, 1), ("New Post", None, 0), (None, day(5), 0)):
            filters = Filters(publisher=publisher, after=after)
            assert len(titles(ranked_by_vector(late, filters))) == found
            assert len(titles(ranked_by_words(late, ["nobody"], filters))) == found
        late.close()
    assert titles(ranked_by_vector(store, Filters(publisher="New Post"))) == {"On a"}
    store.close()


def test_what_is_deleted_is_gone_at_once_and_comes_back_with_nothing_of_before(engine: Engine, tmp_path: Path) -> None:
    store = archive_of(engine, tmp_path, article("a"), article("b"))
    early = store.snapshot()
    ids = [passage_id for passage_id, _ in early.dense(vector_of("q"), PLENTY, EVERYWHERE)]
    with store.writer(MANIFEST) as writer:
        writer.put([row(article("a", author="second"))])
        writer.delete([article("a").id])
        assert titles(early.get(ids)) == {"On b"}
        writer.put([row(article("a", author="again"))])
        assert titles(early.get(ids)) == titles(ranked_by_vector(store)) == {"On b"}
    assert {one.stored.article.author for one in ranked_by_vector(store)} == {"again", None}
    store.close()


def test_an_earlier_version_that_a_rule_deletes_is_gone_for_who_reads_an_older_publication_too(
    engine: Engine, tmp_path: Path
) -> None:
    store = archive_of(engine, tmp_path, article("a"), article("b"))
    early = store.snapshot()
    ids = [passage_id for passage_id, _ in early.dense(vector_of("q"), PLENTY, EVERYWHERE)]
    with store.writer(MANIFEST) as writer:
        writer.put([row(article("a", author="second"))])
        assert {one.stored.version for one in early.get(ids)} == {1}
        assert titles(early.get(ids)) == {"On a", "On b"}
        writer.retain(Retention(older_than=timedelta(0), earlier_versions=True))
        late = engine.open(tmp_path)
        for found in (early.get(ids), ranked_by_vector(late)):
            assert titles(found) == {"On b"}
        late.close()
    store.close()


def test_an_old_generation_goes_when_its_last_reader_has_left(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("a"))

    def change(*editions: int) -> None:
        for edition in editions:
            write(store, article("a", author=str(edition)))

    reader, other = Embedded.open(tmp_path), Embedded.open(tmp_path)
    held = [reader.snapshot(), other.snapshot()]
    ids = [passage_id for passage_id, _ in held[0].dense(vector_of("q"), PLENTY, EVERYWHERE)]
    change(1, 2, 3, 4)
    assert generations.numbers(tmp_path / "legs") == [1, 4, 5]
    del held[0]
    reader.close()
    change(5)
    assert generations.numbers(tmp_path / "legs") == [1, 5, 6]
    assert [one.stored.version for one in held[0].get(ids)] == [1, 1]  # what it ranked is read as it was
    held.clear()
    other.close()
    change(6, 7)
    assert generations.numbers(tmp_path / "legs") == [7, 8]
    with store._database.reading() as connection:  # and with it what only its readers needed
        kept = connection.execute("SELECT DISTINCT version FROM replaced_passages").fetchall()
    assert kept == [(7,)]
    assert store.check() == ()
    store.close()


def test_a_reader_that_was_overtaken_takes_the_newest_generation_that_is_left(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("a"))
    for edition in range(3):
        write(store, article("a", author=str(edition)))
    late = Embedded.open(tmp_path)
    snapshot, number = late._take(1)  # it had seen the first, which is gone by now
    assert number == 4
    assert {one.stored.version for one in snapshot.get([7, 8])} == {4}
    late.close()
    store.close()
