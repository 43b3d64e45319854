"""A question asked again costs no model call, and is never answered from an archive that is no more."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Answer, Article, Filters, IndexConfig, NewsIndex
from index.cache import Cache
from index.reader import Candidate, Reading
from tests.fakes import WordEncoder, WordReader

QUESTION = "Who suggested postponing the summit?"
SUMMIT = Article(url="https://a.example/1", title="Summit", text="Anna Berg suggested postponing the summit.")


class CountingReader(WordReader):
    """How often it was asked to read."""

    calls = 0

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        self.calls += 1
        return super().read(question, candidates)


@pytest.fixture
def reader() -> CountingReader:
    return CountingReader()


@pytest.fixture
def index(tmp_path: Path, reader: CountingReader) -> NewsIndex:
    index = NewsIndex.open(IndexConfig(data=tmp_path, min_confidence=0.0), encoder=WordEncoder(), reader=reader)
    index.add([SUMMIT])
    return index


def test_what_is_asked_again_is_not_read_again(index: NewsIndex, reader: CountingReader) -> None:
    first, calls = index.ask(QUESTION), reader.calls
    assert index.ask(f"  {QUESTION} ") == first
    assert reader.calls == calls > 0


def test_other_filters_and_other_numbers_of_quotes_are_other_questions(
    index: NewsIndex, reader: CountingReader
) -> None:
    index.ask(QUESTION)
    calls = reader.calls
    assert not isinstance(index.ask(QUESTION, filters=Filters(collections=("other",))), Answer)
    index.ask(QUESTION, quotes=5)
    assert reader.calls > calls


CHANGES: dict[str, Callable[[NewsIndex], object]] = {
    "removed": lambda index: index.remove([SUMMIT.id]),
    "withdrawn": lambda index: index.keeping.withdraw([SUMMIT.id], reason="wrong"),
    "changed": lambda index: index.add([Article(SUMMIT.url, SUMMIT.title, "The summit takes place after all.")]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_nothing_is_quoted_that_has_gone_since(index: NewsIndex, change: Callable[[NewsIndex], object]) -> None:
    first = index.ask(QUESTION)
    assert isinstance(first, Answer)
    assert first.quotes[0].text == SUMMIT.text
    change(index)
    again = index.ask(QUESTION)
    assert not isinstance(again, Answer) or SUMMIT.text not in {quote.text for quote in again.quotes}


def test_what_another_process_adds_is_found(index: NewsIndex, tmp_path: Path) -> None:
    index.ask(QUESTION)
    other = NewsIndex.open(IndexConfig(data=tmp_path), encoder=WordEncoder(), reader=WordReader())
    other.add([Article("https://b.example/1", "Summit", "Bo Falk suggested postponing the summit.")])
    answer = index.ask(QUESTION)
    assert isinstance(answer, Answer)
    assert {quote.stored.article.url for quote in answer.quotes} == {SUMMIT.url, "https://b.example/1"}


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 5), st.integers(0, 9)), max_size=40),
)
def test_a_cache_gives_what_was_put_last_at_this_moment_or_nothing(
    size: int, steps: list[tuple[bool, int, int, int]]
) -> None:
    cache: Cache[int] = Cache(size)
    put: dict[tuple[int, int], int] = {}
    for is_put, moment, key, value in steps:
        if is_put:
            cache.put(moment, key, value)
            put[moment, key] = value
        else:
            assert cache.get(moment, key) in {None, put.get((moment, key))}


def test_a_cache_keeps_what_was_used_last() -> None:
    cache: Cache[str] = Cache(2)
    cache.get(1, "any")
    for key in "ab":
        cache.put(1, key, key)
    cache.get(1, "a")
    cache.put(1, "c", "c")
    assert [cache.get(1, key) for key in "abc"] == ["a", None, "c"]
