"""What is stored comes back exactly, and what cannot be stored is refused before anything is written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archives import Store, Writer
from index.store import digest_of
from index.types import Article, Filters, Passage, Span, Vectors
from tests.engines import Engine, archive_of
from tests.index.store.archives import DIMENSION, MANIFEST, article, row, write

OpenWriter = tuple[Store, Writer]
QUICK = settings(max_examples=25, deadline=None)


@pytest.fixture(scope="module")
def store(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = archive_of(engine, tmp_path_factory.mktemp("archive"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def open_writer(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenWriter]:
    """Open for a whole property: publishing after each example would only take time."""
    store = engine.open(tmp_path_factory.mktemp("archive"))
    with store.writer(MANIFEST) as writer:
        yield store, writer
    assert store.check() == ()
    store.close()


def any_article() -> st.SearchStrategy[Article]:
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    return st.builds(
        Article,
        url=anything,
        title=anything,
        text=anything,
        publisher=st.none() | anything,
        author=st.none() | anything,
        published_at=st.none() | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))])),
        headings=st.lists(st.builds(Span, st.integers(0, 9), st.integers(10, 20)), max_size=2).map(tuple),
        collection=anything,
    ).filter(lambda one: one.published_at is None or 2 < one.published_at.year < 9998)


@QUICK
@given(one=any_article())
def test_an_article_comes_back_as_it_was_written_whatever_is_in_it(open_writer: OpenWriter, one: Article) -> None:
    store, writer = open_writer
    writer.put([(one, [], np.empty((0, DIMENSION), np.float32))])
    assert (writer.known(one.id) or (0, ""))[1] == digest_of(one)
    stored = store.memory.article(one.id)
    assert stored is not None
    assert stored.article == one
    assert stored.article.published_at is None or stored.article.published_at.tzinfo is UTC
    assert stored in store.find(one.url)


@QUICK
@given(one=any_article(), other=any_article())
def test_digests_are_equal_exactly_where_articles_are(one: Article, other: Article) -> None:
    assert (digest_of(one) == digest_of(other)) == (one == other)
    assert digest_of(one) == digest_of(replace(one))


def test_a_heading_of_a_passage_comes_back(store: Store) -> None:
    one = article("headed", text="Head. Body of it.")
    passage = Passage(6, 17, heading=Span(0, 5))
    with store.writer(MANIFEST) as writer:
        writer.put([(one, [passage], row(article("x", text="One."))[2])])
    snapshot = store.snapshot()
    found = snapshot.get([passage_id for passage_id, _ in snapshot.lexical("headed", 5, Filters())])
    assert [(each.passage, each.stored.article) for each in found] == [(passage, one)]


def test_a_known_article_gets_the_next_version_and_keeps_nothing_of_the_last(store: Store) -> None:
    write(store, article("twice", text="Pineapple harvest."))
    write(store, article("twice", text="Something else."))
    stored = store.memory.article(article("twice").id)
    assert stored is not None
    assert stored.version == 2
    assert store.snapshot().lexical("pineapple", 5, Filters()) == []


def unit(*rows: list[float]) -> Vectors:
    return np.array([[*numbers, *[0.0] * (DIMENSION - len(numbers))] for numbers in rows], np.float32)


@pytest.mark.parametrize(
    ("passages", "vectors"),
    [
        ([Passage(0, 4)], unit([1.0], [1.0])),  # one vector too many
        ([Passage(0, 4)], np.ones((1, 3), np.float32)),  # of another dimension
        ([Passage(0, 4)], unit([0.5])),  # not of unit length
        ([Passage(0, 4)], unit([float("nan")])),
        ([Passage(0, 999)], unit([1.0])),  # beyond the text
        ([Passage(3, 3)], unit([1.0])),  # empty
        ([Passage(0, 4, heading=Span(5, 999))], unit([1.0])),
    ],
)
def test_passages_or_vectors_that_do_not_fit_store_nothing_of_the_batch(
    store: Store, passages: list[Passage], vectors: Vectors
) -> None:
    good, bad = article("good"), article("bad", text="Some text.")
    with pytest.raises(ValueError, match="bad"), store.writer(MANIFEST) as writer:
        writer.put([row(good), (bad, passages, vectors)])
    assert store.memory.article(good.id) is None
    assert store.memory.article(bad.id) is None


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2025, 1, 1),  # noqa: DTZ001 - the point of it
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_a_time_that_could_not_be_read_back_is_refused(store: Store, moment: datetime) -> None:
    with pytest.raises(ValueError, match="a time"):
        write(store, article("odd", published_at=moment))
    assert store.memory.article(article("odd").id) is None


def test_a_text_that_is_no_unicode_is_refused(store: Store) -> None:
    with pytest.raises(UnicodeEncodeError):
        write(store, article("broken", text="half a pair: \ud83d"))
    assert store.memory.article(article("broken").id) is None


def test_facts_tell_what_is_there(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> None:
    moments = [datetime(2024, 5, 1, tzinfo=UTC), datetime(2025, 6, 2, tzinfo=UTC), None]
    store = archive_of(
        engine,
        tmp_path_factory.mktemp("archive"),
        *(article(f"a{n}", publisher=f"P{n % 2}", published_at=moment) for n, moment in enumerate(moments)),
        article("guild", collection="g1", publisher="Secret"),
    )
    facts = store.info()
    assert (facts.articles, facts.passages, facts.collections, facts.publishers) == (4, 8, ("g1", "public"), 3)
    assert (facts.oldest, facts.newest, facts.model) == (moments[0], moments[1], MANIFEST.model.name)
    assert facts.last_added_at is not None
    assert facts.bytes_on_disk > 10_000
    assert store.publishers(Filters()) == ("P0", "P1")
    store.close()
