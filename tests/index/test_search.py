"""Fusion is by rank alone, its order is total, and no article crowds out the others."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from index.search import PER_ARTICLE, RRF_K, find, fuse, prefer_timely, retrieve, spread
from index.timing import Timing
from index.types import Article, Filters, Hit, Passage, StoredArticle
from tests.index.store.archives import article, day, new_archive, vector_of

ADDED = datetime(2025, 1, 1, tzinfo=UTC)
IDS = st.lists(st.integers(1, 40), unique=True, max_size=40)


def hit_of(article: int, passage_id: int, score: float = 1.0) -> Hit:
    stored = StoredArticle(Article(url=f"https://a.example/{article}", title="T", text="text"), 1, ADDED)
    return Hit(passage_id, stored, Passage(0, 4), score)


@given(st.lists(IDS, max_size=3))
def test_fusion_is_the_sum_of_reciprocal_ranks(rankings: list[list[int]]) -> None:
    sums = {i: sum(Fraction(1, RRF_K + r.index(i) + 1) for r in rankings if i in r) for r in rankings for i in r}
    fused = fuse(rankings)
    assert {i for i, _ in fused} == set(sums)
    assert all(abs(score - float(sums[i])) < 1e-12 for i, score in fused)


@given(IDS, IDS)
def test_fusion_does_not_depend_on_the_order_of_the_legs(first: list[int], second: list[int]) -> None:
    assert fuse([first, second]) == fuse([second, first])


@given(st.lists(IDS, max_size=3))
def test_fused_scores_fall_and_ties_go_by_id(rankings: list[list[int]]) -> None:
    fused = fuse(rankings)
    assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))


def test_what_both_legs_find_comes_before_what_one_finds_better() -> None:
    assert fuse([[1, 2, 3], [4, 2, 5]])[0][0] == 2


@given(st.lists(st.integers(1, 5), max_size=30))
def test_spread_keeps_the_order_and_at_most_two_of_an_article(articles: list[int]) -> None:
    hits = [hit_of(article, i) for i, article in enumerate(articles)]
    kept = spread(hits, Filters())
    assert [h.passage_id for h in kept] == sorted(h.passage_id for h in kept)
    counts = Counter(h.stored.article.url for h in kept)
    asked = Counter(h.stored.article.url for h in hits)
    assert counts == {url: min(PER_ARTICLE, n) for url, n in asked.items()}


def test_spread_keeps_all_when_one_article_is_asked_about() -> None:
    hits = [hit_of(1, i) for i in range(7)]
    assert spread(hits, Filters(article=hits[0].stored.article.id)) == hits


def test_of_two_alike_the_one_published_around_the_question_comes_first() -> None:
    old, new, undated = (
        replace(
            hit_of(n, n),
            stored=StoredArticle(Article(f"https://a.example/{n}", "T", "text", published_at=day), 1, ADDED),
        )
        for n, day in enumerate((datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 10, 20, tzinfo=UTC), None))
    )
    asked_on = date(2025, 10, 26)
    assert [h.passage_id for h in prefer_timely([old, undated, new], Timing(asked_on, asked_on))] == [1, 0, 2]


def test_time_never_outweighs_a_far_better_match() -> None:
    recent = replace(hit_of(1, 1), score=0.1)
    day = date(2025, 1, 1)
    assert [h.passage_id for h in prefer_timely([recent, hit_of(2, 2)], Timing(day, day))] == [2, 1]


def test_reading_only_what_is_wanted_finds_what_reading_everything_finds(tmp_path: Path) -> None:
    dated = [article(f"city{n}", published_at=day(1 + n * 7 % 28)) for n in range(20)]
    store = new_archive(tmp_path, *dated, article("undated"))
    asked = (store.snapshot(), "nobody tells of city7", vector_of("q"), Filters())
    for timing in (Timing(date(2025, 1, 14), date(2025, 1, 14)), Timing(date(2020, 1, 1), date(2020, 1, 9))):
        everything = prefer_timely(retrieve(*asked), timing)
        for limit in (1, 5, 30):
            assert retrieve(*asked, limit=limit, timing=timing) == everything[:limit]
    store.close()


def test_what_is_found_is_what_is_retrieved_spread_over_articles_and_stories(tmp_path: Path) -> None:
    copies = [article(f"copy{n}", text="The summit was put off until May. Nobody said why.") for n in range(4)]
    store = new_archive(tmp_path, *(article(f"city{n}") for n in range(20)), *copies)
    for query in ("nobody tells of city7", "the summit"):
        asked = (store.snapshot(), query, vector_of("q"), Filters())
        for k in (1, 5, 30):
            assert find(*asked, k) == spread(retrieve(*asked), Filters())[:k]
    store.close()
