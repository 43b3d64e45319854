"""A copy holds the same as what it was made of, whichever engines the two are of, and encodes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from index import ArchiveUnusable, NewsIndex, Retention
from index.archives import Store
from index.copying import Copied, copy_archive
from index.store import Source
from index.store import Store as EmbeddedStore
from index.types import Filters, Progress
from tests.engines import Embedded, Engine, Postgres, archive_of, news_index
from tests.fakes import START, WordEncoder
from tests.index.store.archives import EVERYWHERE, MANIFEST, OTHER_MODEL, article, day, row, vector_of, write

WAYS = ("embedded to postgres", "postgres to embedded", "postgres to postgres")


@pytest.fixture(params=WAYS)
def ways(request: pytest.FixtureRequest, postgres: Postgres) -> tuple[Engine, Engine]:
    engines: dict[str, Engine] = {"embedded": Embedded(), "postgres": postgres}
    source, _, target = request.param.split()
    return engines[source], engines[target]


def silent(_: Progress) -> None:
    """Nobody watches."""


def lived_in(engine: Engine, folder: Path) -> Store:
    """An archive to which everything has happened that can happen."""
    store = archive_of(engine, folder, *(article(f"a{n}", published_at=day(n + 1), publisher="Wire") for n in range(6)))
    write(
        store, article("a0", text="It was changed. Twice."), article("g", collection="g1", text="A \x00 in it. \x10.")
    )
    with store.writer(MANIFEST) as writer:
        writer.withdraw([article("a1").id], "libel", lasting=True)
        writer.withdraw([article("a2").id], "gone", lasting=False)
        writer.put([row(article("a2"))])
        writer.delete([article("a3").id])
        writer.keep_rule(Retention(older_than=timedelta(days=9), publisher="Wire"))
        writer.put([(*row(article("a4", author="Ann")),)], sources={article("a4").id: [b"1" * 32, b"2" * 32]})
    added = store.watched.add("https://a.example/feed", "feed", "public", every=timedelta(hours=1), now=START)
    assert isinstance(added, Source)
    store.watched.add("https://b.example/feed", "feed", "g1", every=timedelta(hours=1), now=START, guest=True)
    store.watched.pause(added.id)
    return store


def test_a_copy_reads_and_ranks_as_what_it_was_made_of(ways: tuple[Engine, Engine], tmp_path: Path) -> None:
    source, target = lived_in(ways[0], tmp_path / "one"), ways[1].open(tmp_path / "two")
    done = copy_archive(source, target, on_progress=silent)
    assert (done.copied, done.passed_over, done.sources) == (7, 0, 2)
    for name in ("a0", "a1", "a2", "a3", "a4", "a5"):
        one = article(name).id
        assert target.memory.gone(one) == source.memory.gone(one)
        assert target.memory.article(one) == source.memory.article(one)
    mine, yours = source.snapshot(), target.snapshot()
    for snapshot in (mine, yours):
        assert len(snapshot.dense(vector_of("q"), 99, EVERYWHERE)) == 2 * 5
    assert [score for _, score in yours.dense(vector_of("q"), 99, EVERYWHERE)] == [
        score for _, score in mine.dense(vector_of("q"), 99, EVERYWHERE)
    ]
    assert set(target.known_vectors([b"1" * 32, b"2" * 32])) == {b"1" * 32, b"2" * 32}
    assert list(target.memory.rules().values()) == list(source.memory.rules().values())
    assert [(one.paused, one.guest) for one in target.watched.sources()] == [(True, False), (False, True)]
    assert (target.check(), source.check()) == ((), ())
    write(target, article("a3"))  # a number that was dealt out before is not dealt out again
    assert [one.version for one in target.newest(1, Filters())] == [2]
    source.close()
    target.close()


def test_a_copy_that_was_stopped_goes_on_and_a_second_one_finds_nothing_to_do(
    ways: tuple[Engine, Engine], tmp_path: Path
) -> None:
    source, target = lived_in(ways[0], tmp_path / "one"), ways[1].open(tmp_path / "two")

    def stop(now: Progress) -> None:
        if now.stage == "copying" and now.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_archive(source, target, on_progress=stop)
    assert copy_archive(source, target, on_progress=silent) == Copied(4, 3, 2)
    assert copy_archive(source, target, on_progress=silent) == Copied(0, 7, 0)
    source.close()
    target.close()


def test_an_article_that_a_restore_brought_back_is_copied_with_the_numbers_dealt_out_since(
    postgres: Postgres, tmp_path: Path
) -> None:
    first = archive_of(Embedded(), tmp_path / "one", article("a"))
    first.backup(tmp_path / "backup")
    write(first, article("a", text="It was changed after the backup."))
    first.close()
    EmbeddedStore.restore(tmp_path / "one", tmp_path / "backup")
    first, second, third = (Embedded().open(tmp_path / "one"), postgres.open(tmp_path), Embedded().open(tmp_path / "2"))
    for source, target in ((first, second), (second, third)):
        copy_archive(source, target, on_progress=silent)
        assert copy_archive(source, target, on_progress=silent).passed_over == 1
        assert target.memory.article(article("a").id) == source.memory.article(article("a").id) != None  # noqa: E711
        assert target.memory.history(article("a").id) == source.memory.history(article("a").id)
    write(third, article("a", text="It was changed after the copy."))
    assert [one.version for one in third.newest(1, Filters())] == [3]
    for store in (first, second, third):
        store.close()


def test_an_archive_of_its_own_is_not_copied_over(ways: tuple[Engine, Engine], tmp_path: Path) -> None:
    source, target = lived_in(ways[0], tmp_path / "one"), archive_of(ways[1], tmp_path / "two", article("another"))
    with pytest.raises(ArchiveUnusable, match="holds articles that the other lacks"):
        copy_archive(source, target, on_progress=silent)
    assert target.memory.article(article("another").id) is not None
    source.close()
    target.close()


def test_nothing_and_what_another_model_has_made_is_not_copied(ways: tuple[Engine, Engine], tmp_path: Path) -> None:
    empty, target = ways[0].open(tmp_path / "one"), ways[1].open(tmp_path / "two")
    with pytest.raises(ArchiveUnusable, match="empty"):
        copy_archive(empty, target, on_progress=silent)
    with target.writer(OTHER_MODEL) as writer:
        writer.put([row(article("b"), dimension=4)])
    with empty.writer(MANIFEST) as writer:
        writer.put([row(article("a"))])
    with pytest.raises(ArchiveUnusable, match="pullquote rebuild"):
        copy_archive(empty, target, on_progress=silent)
    empty.close()
    target.close()


def test_a_copy_answers_as_what_it_was_made_of_and_encodes_nothing(postgres: Postgres, tmp_path: Path) -> None:
    first = news_index(Embedded(), tmp_path / "one")
    first.add_sources([str(Path(__file__).parents[2] / "samples" / "articles")])
    encoder = WordEncoder()
    second = news_index(postgres, tmp_path / "two", encoder)
    copy_archive(first._store, second._store, on_progress=silent)
    assert encoder.encoded == 0
    for question in ("Where did the forest burn?", "What did the central bank do?"):
        assert shown(first, question) == shown(second, question)
    first.close()
    second.close()


def shown(index: NewsIndex, question: str) -> list[tuple[str, int]]:
    return [
        (hit.stored.article.url, hit.passage.start) for hit in index.search(question, 3)
    ]  # further down tantivy's rounded lengths may swap two
