"""What is ordered is done once, whoever takes it, and taken again where the one who has it is killed."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import AddReport, ArchiveLocked, ArchiveUnusable, Article, Errand, Outcome, Progress, Rejection, SystemClock
from index.indexer import MOST_TRIES, Indexer
from index.postgres import PostgresErrands
from tests.bot.fake_index import FakeIndex
from tests.engines import Postgres

PAGE = Errand(id="7/a", deed="page", what="https://a.example/1", collection="guild-7", most=9)
STORY = Article("https://a.example/1", "One", "The ferry struck the pier.")


@pytest.fixture
def queue(postgres: Postgres, tmp_path: Path) -> Iterator[PostgresErrands]:
    opened = PostgresErrands.open(postgres.url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def lapse(postgres: Postgres, tmp_path: Path) -> "Lapse":
    return Lapse(postgres, postgres.url(tmp_path).rpartition("/")[2])


class Lapse:
    """Time passes for those who hold errands, and say nothing."""

    def __init__(self, postgres: Postgres, database: str) -> None:
        self._postgres, self._database = postgres, database

    def __call__(self) -> None:
        self._postgres.server.run(self._database, "UPDATE errands SET held_until = now() - interval '1 s'")


@given(st.builds(Errand, id=st.just("1/a"), deed=st.just("reindex"), what=st.text(), collection=st.text(),
                 most=st.none() | st.integers(0), sources=st.lists(st.text(), max_size=3).map(tuple)))  # fmt: skip
def test_an_errand_comes_back_as_it_was_ordered(errand: Errand) -> None:
    assert Errand.read(errand.id, json.dumps(json.loads(errand.facts)), None, 0) == errand


@given(st.builds(Outcome, st.sampled_from(["done", "failed"]), st.builds(
    AddReport, *[st.integers(0)] * 4, st.lists(st.builds(Rejection, st.text(), st.text()), max_size=3).map(tuple)),
    st.text()))  # fmt: skip
def test_an_outcome_comes_back_as_it_was_written(outcome: Outcome) -> None:
    assert Outcome.read(outcome.written) == outcome


def test_of_many_who_take_each_errand_goes_to_one_and_the_oldest_first(queue: PostgresErrands) -> None:
    for number in range(12):
        queue.order(Errand(id=f"7/{number}", deed="upload", what="\x00é", collection="guild-7", data=b"\x00"))
    first = queue.take("me")
    assert first
    assert (first.id, first.what, first.data, first.tries) == ("7/0", "\x00é", b"\x00", 1)
    with ThreadPoolExecutor(4) as pool:
        taken = [one.id for one in pool.map(lambda number: queue.take(f"w{number}"), range(12)) if one]
    assert sorted(taken) == sorted(f"7/{number}" for number in range(1, 12))
    assert queue.take("me") is None


def test_the_same_order_twice_is_one(queue: PostgresErrands) -> None:
    for _ in range(2):
        queue.order(PAGE)
    assert queue.take("me")
    assert queue.take("me") is None
    assert queue.end("me", PAGE.id, Outcome("done"))
    queue.order(PAGE)
    assert queue.take("me") is None


def test_what_a_killed_indexer_held_is_taken_by_another_and_its_own_word_counts_no_more(
    queue: PostgresErrands, lapse: Lapse
) -> None:
    queue.order(PAGE)
    assert queue.take("killed")
    assert queue.hold("killed", PAGE.id, Progress("reading", 1, None)) is False
    assert queue.take("other") is None
    lapse()
    again = queue.take("other")
    assert again
    assert (again.id, again.tries) == (PAGE.id, 2)
    assert queue.hold("killed", PAGE.id, None) is None
    assert not queue.end("killed", PAGE.id, Outcome("failed"))
    queue.put_back("killed", PAGE.id, pause_s=0, counted=True)
    assert queue.take("third") is None
    assert queue.end("other", PAGE.id, Outcome("done", AddReport(added=1)))
    standing = queue.standing(PAGE.id)
    assert standing
    assert standing.outcome == Outcome("done", AddReport(added=1))


def test_an_indexer_does_what_is_ordered_and_twice_changes_nothing(
    queue: PostgresErrands, lapse: Lapse, tmp_path: Path
) -> None:
    index, clock = FakeIndex(), SystemClock()
    index.pages["https://a.example/1"] = STORY
    (tmp_path / "a.txt").write_text("Two\nBody.", encoding="utf-8")
    upload = Errand(id="7/b", deed="upload", what="b.txt", collection="guild-7", most=9, data=b"Three\nBody.")
    reindex = Errand(id="7/c", deed="reindex", collection="public", sources=(str(tmp_path / "a.txt"),))
    for one in (PAGE, upload, reindex):
        queue.order(one)
    assert queue.take("killed")
    lapse()
    indexer = Indexer(index, queue, clock)
    while indexer.do_one():
        pass
    for one in (PAGE, upload, reindex):
        standing = queue.standing(one.id)
        assert standing
        assert standing.outcome
        assert (standing.outcome.how, standing.outcome.report.added) == ("done", 1)
    assert sorted(one.article.title for one in index.articles.values()) == ["One", "Three", "Two"]
    assert {one.article.collection for one in index.articles.values()} == {"public", "guild-7"}


def test_an_indexer_that_stops_puts_back_and_one_that_hears_that_it_is_called_off_ends_it(
    queue: PostgresErrands,
) -> None:
    index, clock = FakeIndex(), SystemClock()
    index.pages["https://a.example/1"] = STORY
    queue.order(PAGE)
    clock.stop()
    assert Indexer(index, queue, clock).do_one()
    standing = queue.standing(PAGE.id)
    assert standing
    assert standing.outcome is None
    went_on: list[bool] = []

    def work() -> None:
        """Long work: it hears at one of its next steps."""
        queue.call_off(PAGE.id)
        for _ in range(1000):
            index_hears(Progress("reading", 0, None))
        went_on.append(True)

    index_hears = Hears(index)
    index.before_write = work
    assert Indexer(index, queue, SystemClock()).do_one()
    standing = queue.standing(PAGE.id)
    assert standing
    assert standing.outcome == Outcome("called off")
    assert not went_on
    assert index.articles == {}


class Hears:
    """The listener of whatever page the index is asked for next, called a hundred times a second."""

    def __init__(self, index: FakeIndex) -> None:
        self._add_page = index.add_page
        self._listener: Callable[[Progress], None] = lambda _: None
        index.add_page = self._add  # type: ignore[method-assign]  # to get hold of the listener

    def _add(
        self, address: str, *, collection: str, most: int | None, on_progress: Callable[[Progress], None]
    ) -> AddReport:
        self._listener = on_progress
        return self._add_page(address, collection=collection, most=most, on_progress=on_progress)

    def __call__(self, now: Progress) -> None:
        time.sleep(0.01)
        self._listener(now)


@pytest.mark.parametrize(("error", "counted"), [(ArchiveLocked("busy"), False), (ArchiveUnusable("gone"), True)])
def test_an_archive_that_cannot_be_written_is_tried_again_and_not_for_ever_where_it_is_not_just_busy(
    queue: PostgresErrands, lapse: Lapse, error: Exception, *, counted: bool
) -> None:
    index = FakeIndex()

    def fail() -> None:
        raise error

    index.before_write = fail
    queue.order(PAGE)
    indexer = Indexer(index, queue, SystemClock())
    for _ in range(MOST_TRIES + 2):
        indexer.do_one()
        lapse()
    standing = queue.standing(PAGE.id)
    assert standing
    assert standing.outcome == (Outcome("failed", said="gone") if counted else None)


def test_what_is_called_off_before_it_was_begun_never_is(queue: PostgresErrands) -> None:
    queue.order(PAGE)
    queue.call_off(PAGE.id)
    assert queue.take("me") is None
    standing = queue.standing(PAGE.id)
    assert standing
    assert standing.outcome == Outcome("called off")


def test_a_fault_of_ours_ends_the_errand_and_says_no_words_of_it(queue: PostgresErrands) -> None:
    index = FakeIndex()

    def fail() -> None:
        raise ValueError("private words")

    index.before_write = fail
    queue.order(PAGE)
    assert Indexer(index, queue, SystemClock()).do_one()
    standing = queue.standing(PAGE.id)
    assert standing
    assert standing.outcome == Outcome("failed", said="ValueError on an indexer")
