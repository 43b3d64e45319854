"""Both legs against oracles that look at every passage: what is ranked, in which order, and what never is."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archives import Store
from index.store import FoundPassage
from index.types import Article, Filters
from tests.engines import Engine, archive_of
from tests.index.store.archives import DIMENSION, EVERYWHERE, PLENTY, article, day, vector_of, write

QUICK = settings(max_examples=25, deadline=None)
WORDS = ("summit", "harbour", "election", "budget", "Straße", "storm", "running", "the")
COLLECTIONS = ("public", "g1", "g2")
PUBLISHERS = ("Delta Post", "ÉTOILE du Nord", "delta post", None)


def _made_up(number: int) -> Article:
    dice = np.random.default_rng(number)
    sentences = [" ".join(dice.choice(WORDS, 4)) for _ in range(3)]
    return article(
        f"n{number}",
        text=". ".join(sentences) + ".",
        title=str(dice.choice(WORDS)),
        collection=COLLECTIONS[number % 3],
        publisher=PUBLISHERS[number % 4],
        published_at=None if number % 5 == 0 else day(1 + number % 20),
    )


@pytest.fixture(scope="module")
def store(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    # Written in two generations, with some articles replaced and some deleted: what is ranked must not show it.
    store = archive_of(engine, tmp_path_factory.mktemp("archive") / "data", *map(_made_up, range(70)))
    with store.writer(store.manifest()) as writer:  # type: ignore[arg-type]  # it was just written
        writer.delete([_made_up(number).id for number in range(60, 70)])
    write(store, *map(_made_up, range(50, 60)))
    yield store
    store.close()


class Passages(list[FoundPassage]):
    """Everything stored; short to print, for the tool that shows failing examples."""

    def __repr__(self) -> str:
        return f"{len(self)} passages"


@pytest.fixture(scope="module")
def passages(store: Store) -> Passages:
    snapshot = store.snapshot()
    found = snapshot.get([passage_id for passage_id, _ in snapshot.dense(vector_of("any"), PLENTY, EVERYWHERE)])
    assert len(found) == 60 * 3
    return Passages(found)


def some_filters() -> st.SearchStrategy[Filters]:
    days = st.none() | st.integers(1, 21).map(day)
    return st.builds(
        Filters,
        collections=st.lists(st.sampled_from([*COLLECTIONS, "unknown"]), max_size=3).map(tuple),
        after=days,
        before=days,
        publisher=st.none() | st.sampled_from(["Delta Post", "DELTA POST", "étoile du nord", "nobody"]),
        article=st.none() | st.integers(0, 70).map(lambda number: _made_up(number).id),
    )


def lets_through(filters: Filters, one: Article) -> bool:
    """The filters in plain words."""
    if one.collection not in filters.collections or (filters.article is not None and filters.article != one.id):
        return False
    if filters.publisher is not None and (one.publisher or "").casefold() != filters.publisher.casefold():
        return False
    if (filters.after or filters.before) and one.published_at is None:
        return False
    late_enough = filters.after is None or (one.published_at is not None and one.published_at >= filters.after)
    early_enough = filters.before is None or (one.published_at is not None and one.published_at < filters.before)
    return late_enough and early_enough


def text_of(found: FoundPassage) -> str:
    return found.stored.article.text[found.passage.start : found.passage.end]


def words_of(found: FoundPassage) -> set[str]:
    return set(re.findall(r"\w+", f"{text_of(found)} {found.stored.article.title}"))


@QUICK
@given(question=st.text("abc", min_size=1), k=st.integers(0, 200), filters=some_filters())
def test_the_dense_leg_finds_what_looking_at_every_vector_finds(
    store: Store, passages: Passages, question: str, k: int, filters: Filters
) -> None:
    vector = vector_of(question)
    allowed = [one for one in passages if lets_through(filters, one.stored.article)]
    scored = [(one.passage_id, float(vector_of(text_of(one)) @ vector)) for one in allowed]
    expected = sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:k]
    assert store.snapshot().dense(vector, k, filters) == expected


@QUICK
@given(seed=st.integers(0, 10_000))
def test_dense_scores_are_cosines_to_the_sixth_digit(store: Store, passages: Passages, seed: int) -> None:
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    vector /= np.linalg.norm(vector)
    exact = {one.passage_id: float(vector_of(text_of(one)).astype(float) @ vector) for one in passages}
    found = store.snapshot().dense(vector, PLENTY, EVERYWHERE)
    assert dict(found) == pytest.approx(exact, abs=1e-6)


@QUICK
@given(query=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), filters=some_filters())
def test_the_lexical_leg_finds_every_passage_with_one_of_the_words_and_no_other(
    store: Store, passages: Passages, query: list[str], filters: Filters
) -> None:
    wanted = set(query) - {"the"}
    expected = {
        one.passage_id for one in passages if lets_through(filters, one.stored.article) and words_of(one) & wanted
    }
    found = store.snapshot().lexical(" ".join(query), PLENTY, filters)
    assert {passage_id for passage_id, _ in found} == expected
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))


@QUICK
@given(query=st.sampled_from(WORDS), k=st.integers(0, 40), filters=some_filters())
def test_the_first_k_by_words_are_the_head_of_the_whole_list(
    store: Store, query: str, k: int, filters: Filters
) -> None:
    snapshot = store.snapshot()
    assert snapshot.lexical(query, k, filters) == snapshot.lexical(query, PLENTY, filters)[:k]


@QUICK
@given(query=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), filters=some_filters())
def test_filters_do_not_change_lexical_scores(store: Store, query: str, filters: Filters) -> None:
    everywhere = dict(store.snapshot().lexical(query, PLENTY, EVERYWHERE))
    narrowed = dict(store.snapshot().lexical(query, PLENTY, filters))
    assert narrowed == pytest.approx({passage_id: everywhere[passage_id] for passage_id in narrowed}, rel=1e-5)


@QUICK
@given(
    query=st.text() | st.lists(st.sampled_from(['"', "AND", "body:", "(", "title:summit^9", "*", "-"])).map(" ".join)
)
def test_no_query_is_an_expression_or_an_error(store: Store, query: str) -> None:
    found = store.snapshot().lexical(query, 5, EVERYWHERE)
    assert len(found) <= 5


def test_a_field_name_in_a_query_is_only_a_word(store: Store) -> None:
    snapshot = store.snapshot()
    assert snapshot.lexical("collection:g1", PLENTY, EVERYWHERE) == []
    assert snapshot.lexical("-summit", 9, EVERYWHERE) == snapshot.lexical("summit", 9, EVERYWHERE)


@pytest.mark.parametrize("query", ["", "   ", "the of and", "?!…", "😀"])
def test_a_query_without_a_word_that_counts_finds_nothing_by_words(store: Store, query: str) -> None:
    assert store.snapshot().lexical(query, 5, EVERYWHERE) == []


@QUICK
@given(filters=some_filters(), query=st.sampled_from(WORDS))
def test_what_one_collection_holds_is_never_ranked_for_another(store: Store, filters: Filters, query: str) -> None:
    snapshot = store.snapshot()
    ranked = snapshot.dense(vector_of(query), PLENTY, filters) + snapshot.lexical(query, PLENTY, filters)
    seen = {one.stored.article.collection for one in snapshot.get([passage_id for passage_id, _ in ranked])}
    assert seen <= set(filters.collections)


def test_no_collection_and_an_unknown_one_give_nothing(store: Store) -> None:
    for collections in ((), ("unknown",), ("PUBLIC",)):
        filters = Filters(collections=collections)
        assert store.snapshot().dense(vector_of("a"), 5, filters) == []
        assert store.snapshot().lexical("summit", 5, filters) == []
        assert store.publishers(filters) == ()


def test_after_is_inclusive_and_before_is_exclusive(engine: Engine, tmp_path: Path) -> None:
    store = archive_of(
        engine, tmp_path, *(article(f"day{n}", published_at=day(n)) for n in (1, 2, 3)), article("undated")
    )
    snapshot = store.snapshot()
    for found in (
        snapshot.dense(vector_of("a"), 99, Filters(after=day(2), before=day(3))),
        snapshot.lexical("day1 day2 day3 undated", 99, Filters(after=day(2), before=day(3))),
    ):
        assert {one.stored.article.title for one in snapshot.get([i for i, _ in found])} == {"On day2"}
    store.close()


def test_a_vector_of_another_dimension_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="8 dimensions"):
        store.snapshot().dense(np.ones(5, np.float32), 3, EVERYWHERE)


def test_equal_scores_come_in_the_order_of_ids_also_at_the_cut(engine: Engine, tmp_path: Path) -> None:
    same = "The same wire story word for word."
    store = archive_of(engine, tmp_path, *(article(f"outlet{n}", text=same, title="Wire") for n in range(40)))
    snapshot = store.snapshot()
    assert [i for i, _ in snapshot.dense(vector_of(same), 7, EVERYWHERE)] == list(range(1, 8))
    assert [i for i, _ in snapshot.lexical("wire story", 7, EVERYWHERE)] == list(range(1, 8))
    store.close()
