"""What came in last is listed first, and only of the collections that were named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archives import Store
from index.store import Store as Embedded
from index.store.schema import LATEST
from index.types import Filters, StoredArticle
from tests.engines import Engine, archive_of
from tests.index.store.archives import article, day, make_older, new_archive, write

QUICK = settings(max_examples=40, deadline=None)
COLLECTIONS = ("public", "g1", "g2")
PUBLISHERS = (None, "Ünder Post", "ÜNDER post", "Wire")
DATES = (None, day(1), day(2), day(3))


@pytest.fixture(scope="module")
def store(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Three batches, so that some articles came in at one moment and others later; one article changed."""
    store = archive_of(engine, tmp_path_factory.mktemp("archive"))
    for batch in range(3):
        write(
            store,
            *(
                article(
                    f"b{batch}n{n}",
                    collection=COLLECTIONS[n % 3],
                    publisher=PUBLISHERS[(n + batch) % 4],
                    published_at=DATES[n % 4],
                )
                for n in range(8)
            ),
        )
    write(store, article("b0n0", text="It has changed."))
    yield store
    store.close()


def everything(store: Store) -> list[StoredArticle]:
    """Of all collections, in the order that is promised."""
    found = [store.newest(1000, Filters(collections=(one,))) for one in COLLECTIONS]
    return sorted((one for part in found for one in part), key=lambda one: (-one.added_at.timestamp(), one.article.id))


def may(stored: StoredArticle, filters: Filters) -> bool:
    """The filters in plain words: the oracle."""
    one = stored.article
    named = filters.publisher is None or (one.publisher or "").casefold() == filters.publisher.casefold()
    late = filters.after is None or (one.published_at is not None and one.published_at >= filters.after)
    early = filters.before is None or (one.published_at is not None and one.published_at < filters.before)
    alone = filters.article in (None, one.id)
    return one.collection in filters.collections and named and late and early and alone


@QUICK
@given(
    filters=st.builds(
        Filters,
        collections=st.lists(st.sampled_from([*COLLECTIONS, "nobody's"]), max_size=3).map(tuple),
        after=st.sampled_from(DATES),
        before=st.sampled_from(DATES),
        publisher=st.sampled_from([*PUBLISHERS, "under post"]),
        article=st.none() | st.sampled_from([article("b1n1").id, article("b1n1", collection="g1").id]),
    ),
    limit=st.integers(0, 30),
    offset=st.integers(0, 30),
)
def test_exactly_what_the_filters_leave_is_listed_newest_first_and_by_id_where_it_came_together(
    store: Store, filters: Filters, limit: int, offset: int
) -> None:
    expected = [one for one in everything(store) if may(one, filters)]
    assert store.newest(limit, filters, offset) == expected[offset : offset + limit]


def test_all_that_was_added_is_listed_and_what_changed_last_comes_first(store: Store) -> None:
    listed = everything(store)
    assert len(listed) == 24
    assert (listed[0].article.url, listed[0].version) == (article("b0n0").url, 2)
    assert [one.added_at for one in listed] == sorted((one.added_at for one in listed), reverse=True)


def test_figures_of_some_collections_count_nothing_of_the_others(store: Store) -> None:
    parts = [store.info([one]) for one in COLLECTIONS]
    whole = store.info()
    assert [part.articles for part in parts] == [9, 9, 6]
    assert sum(part.passages for part in parts) == whole.passages
    assert [part.collections for part in parts] == [(one,) for one in COLLECTIONS]
    assert (store.info(["nobody's"]).articles, store.info([]).newest) == (0, None)
    assert store.info(COLLECTIONS) == whole


def test_the_list_is_read_without_sorting_through_the_texts(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("one"))
    plan = "EXPLAIN QUERY PLAN SELECT id FROM articles WHERE collection IN (SELECT value FROM json_each('[]'))"
    with store._database.reading() as connection:
        steps = [row[3] for row in connection.execute(plan + " ORDER BY added_at DESC, id LIMIT 5")]
    assert any("COVERING INDEX articles_by_arrival" in step for step in steps)
    store.close()


def test_an_archive_of_the_first_release_is_brought_up_and_answers_as_it_did(tmp_path: Path) -> None:
    store = new_archive(tmp_path, article("one"), article("two"))
    before = store.newest(5, Filters())
    store.close()
    make_older(tmp_path, 1)
    again = Embedded.open(tmp_path)
    assert again.newest(5, Filters()) == before
    assert again.check() == ()
    with again._database.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == LATEST
    again.close()


def test_what_came_in_last_is_listed_first_whatever_the_clock_says(engine: Engine, tmp_path: Path) -> None:
    moments = [day(3), day(1), day(1), day(2)]  # it is set back, stands still, and has not caught up
    store = engine.open(tmp_path, clock=lambda: moments.pop(0))
    for name in ("first", "second", "third", "fourth"):
        write(store, article(name))
    assert [one.article.title for one in store.newest(9, Filters())] == [
        "On fourth",
        "On third",
        "On second",
        "On first",
    ]
    store.close()


def test_a_limit_below_nothing_lists_nothing(store: Store) -> None:
    assert store.newest(-1, Filters()) == []
    assert store.newest(1, Filters(), -5) == store.newest(1, Filters())
