"""Stories in the archive: what copies connect, whatever order the articles came in, within one collection."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archives import Store
from index.articles import read_sources
from index.postgres import stories as in_postgres
from index.postgres.database import transaction
from index.store import Store as Embedded
from index.store.stories import clear, place
from index.types import Article, Filters
from tests.engines import Engine
from tests.index.store.archives import MANIFEST, article, row, write

SAMPLES = Path(__file__).parents[3] / "samples" / "articles"

TOWNS = ("highfell-forest-fire", "central-bank-rate", "museum-returns-mask")  # samples, a town each for short


def _distinct(town: str) -> str:
    (report,) = read_sources([str(SAMPLES / f"{town}.md")])
    assert isinstance(report, Article)
    return report.text


def papers(town: str, collection: str = "public") -> list[Article]:
    """A report, the same cut short with a line of the paper's own, and the same with words changed."""
    whole = _distinct(town)
    cut = "\n\n".join([*whole.split("\n\n")[:5], "This paper will tell more as soon as it knows more."])
    texts = (whole, cut, whole.replace(" on ", " upon ").replace(" will ", " would "))
    return [article(f"{town}-{n}", text, collection=collection) for n, text in enumerate(texts)]


EVERY = [one for town in TOWNS for collection in ("public", "g1") for one in papers(town, collection)]


def stories_of(store: Store) -> dict[str, str]:
    """The story of each article by id."""
    found = store.newest(100, Filters(collections=("public", "g1")))
    return {stored.article.id: stored.story for stored in found}


def expected(there: Sequence[Article]) -> dict[str, str]:
    """One story for each town and collection, under the smallest id; all three papers are copies of one another."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in there:
        groups.setdefault((one.url.rpartition("-")[0], one.collection), []).append(one.id)
    return {article_id: min(group) for group in groups.values() for article_id in group}


@settings(max_examples=8, deadline=None)
@given(
    order=st.permutations(EVERY),
    cuts=st.lists(st.integers(0, len(EVERY)), max_size=3),
    gone=st.sets(st.integers(0, 17)),
)
def test_the_same_articles_give_the_same_stories_in_any_order_and_whatever_was_there_before(
    engine: Engine, order: list[Article], cuts: list[int], gone: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        store = engine.open(Path(folder))
        edges = sorted({0, *cuts, len(order)})
        with store.writer(MANIFEST) as writer:
            for start, end in pairwise(edges):
                writer.put([row(one) for one in order[start:end]])
            writer.delete(order[number].id for number in gone)
        left = [one for number, one in enumerate(order) if number not in gone]
        assert stories_of(store) == expected(left)
        assert store.check() == ()
        store.close()


def test_articles_that_only_another_connects_fall_apart_when_it_goes_or_changes(engine: Engine, tmp_path: Path) -> None:
    parts = [_distinct(town).replace("\n\n", " ") for town in TOWNS]
    one, both, other = article("a", parts[0]), article("b", f"{parts[0]}\n\n{parts[1]}"), article("c", parts[1])
    store = engine.open(tmp_path)
    write(store, one, both, other)
    joined = stories_of(store)
    assert joined[one.id] == joined[both.id]
    write(store, replace(both, text=parts[2]))
    assert stories_of(store) == {x.id: x.id for x in (one, both, other)}
    store.close()


def forget_stories(engine: Engine, writer: Any) -> None:
    """As in an archive of a release that knew of none."""
    if engine.name == "postgres":
        with transaction(writer._connection):
            in_postgres.clear(writer._connection)
    else:
        clear(writer._connection)


def test_an_archive_of_an_older_release_is_compared_bit_by_bit_and_then_says_that_it_is(
    engine: Engine, tmp_path: Path
) -> None:
    store = engine.open(tmp_path)
    write(store, *EVERY)
    with store.writer(MANIFEST) as writer:
        forget_stories(engine, writer)
        assert store.info().not_compared == len(EVERY)
        assert store.info().stories == len(EVERY)
        assert [writer.compare(10) for _ in range(3)] == [10, 8, 0]
    assert store.info().not_compared == 0
    assert store.info().stories == len(TOWNS) * 2
    assert store.info(["g1"]).stories == len(TOWNS)
    assert stories_of(store) == expected(EVERY)
    store.close()


def test_carriers_of_a_story_are_those_of_its_own_collection(engine: Engine, tmp_path: Path) -> None:
    store = engine.open(tmp_path)
    write(store, *EVERY)
    for collection in ("public", "g1"):
        mine = papers(TOWNS[0], collection)
        snapshot = store.snapshot()
        snapshot.lexical("town", 1, Filters(collections=(collection,)))  # only of what was asked about is told
        carriers = snapshot.carriers({min(one.id for one in mine)})
        assert {carrier.article_id for carrier in carriers} == {one.id for one in mine}
    store.close()


def test_check_finds_a_story_without_its_first_article_and_bands_that_are_lost(tmp_path: Path) -> None:
    store = Embedded.open(tmp_path)
    write(store, *papers(TOWNS[0]))
    with store.writer(MANIFEST) as writer:
        writer._connection.execute("UPDATE stories SET story = 'x'")
        writer._connection.execute("DELETE FROM story_bands WHERE number = 1")
    first, second = store.check()
    assert "pullquote rebuild" in first
    assert "pullquote rebuild" in second
    with store.writer(MANIFEST) as writer:
        writer.compare_anew(1, print)
    assert store.check() == ()
    store.close()


def test_an_article_is_in_one_story_only(tmp_path: Path) -> None:
    store = Embedded.open(tmp_path)
    write(store, *papers(TOWNS[0]))
    with store.writer(MANIFEST) as writer, pytest.raises(Exception, match="UNIQUE"):
        place(writer._connection, papers(TOWNS[0]))
    store.close()
