"""As many passages as wanted, made from the texts and vectors of real ones, and the same ones every time.

A passage has the sentences of a real passage, one of them exchanged for a sentence of another; its vector is that of
the first, moved towards that of the second and by some noise: about as near as what several outlets say of one event.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from benchmarks.command import Row, read_rows, write_rows
from index.build import cut
from index.passages import describe, split_sentences
from index.types import PUBLIC, Article, Encoder, Filters, Passage, Vectors

SEED = 2024
PASSAGES = 15  # of an article, about as many as a real one has
NEAR = 300  # an article is made of passages that stand so near one another among the real ones: about 20 articles
HUNDREDTH = 100  # every filter of `narrow` keeps one passage in so many
FIRST_DAY = datetime(2022, 1, 1, tzinfo=UTC)
DAYS = 1_000
RARE = "rare"  # the collection that holds a hundredth, of neighbours: the hardest kind for an index that is not exact
OWN, OTHER, NOISE = 0.9, 0.3, 0.3  # weights: the cosine with the real passage is about 0.9
EVERYTHING = Filters(collections=(PUBLIC, RARE))

Made = tuple[Article, list[Passage], Vectors]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Real passages in the order of their articles: sentences, and vectors of shape (passages, dimension)."""

    sentences: list[list[str]]
    vectors: NDArray[np.float16]

    @classmethod
    def of(cls, articles: Iterable[Article], encoder: Encoder) -> Self:
        """Cut and encoded as they would be for an archive."""
        sentences: list[list[str]] = []
        sources: list[str] = []
        for article, passages in (cut(article, encoder) for article in articles):
            sentences += _sentences(article, passages)
            sources += describe(article, passages, encoder.count_tokens)
        return cls(sentences, encoder.encode(sources).astype(np.float16))

    def save(self, folder: Path) -> None:
        """For other processes."""
        folder.mkdir(parents=True, exist_ok=True)
        write_rows(folder / "sentences.jsonl", ({"sentences": one} for one in self.sentences))
        np.save(folder / "vectors.npy", self.vectors)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What `save` wrote; the vectors stay on disk."""
        rows: list[Row] = read_rows(folder / "sentences.jsonl")
        vectors: NDArray[np.float16] = np.load(folder / "vectors.npy", mmap_mode="r")
        return cls([row["sentences"] for row in rows], vectors)


def article_of(seeds: Seeds, number: int) -> Made:
    """The article of that number, which depends on nothing else."""
    start, own, other, vectors = _drawn(seeds, number)
    texts = [_mixed(seeds.sentences[a], seeds.sentences[b]) for a, b in zip(own, other, strict=True)]
    rare = start < _places(seeds) / HUNDREDTH
    return _article(number, texts, RARE if rare else PUBLIC), _spans(texts), vectors


def narrow() -> dict[str, Filters]:
    """Filters that keep about a hundredth of the passages, by name."""
    after = FIRST_DAY + timedelta(days=DAYS // 2)
    return {
        "collection": Filters(collections=(RARE,)),
        "publisher": replace(EVERYTHING, publisher="Outlet 7"),
        "dates": replace(EVERYTHING, after=after, before=after + timedelta(days=DAYS // HUNDREDTH)),
    }


def keeps(filters: Filters, article: Article) -> bool:
    """Whether the filters let it through, worked out here and not by what is measured."""
    return (
        article.collection in filters.collections
        and filters.publisher in (None, article.publisher)
        and (filters.after is None or (article.published_at or FIRST_DAY) >= filters.after)
        and (filters.before is None or (article.published_at or FIRST_DAY) < filters.before)
    )


def _drawn(seeds: Seeds, number: int) -> tuple[int, NDArray[np.int64], NDArray[np.int64], Vectors]:
    """Where the article's neighbourhood starts, its real passages, those that are mixed in, the vectors."""
    chance = np.random.default_rng([SEED, number])
    near = min(NEAR, len(seeds.sentences))
    start = int(chance.integers(_places(seeds)))
    own = start + chance.permutation(near)[:PASSAGES]
    other = chance.integers(len(seeds.sentences), size=len(own))
    noise = chance.standard_normal((len(own), seeds.vectors.shape[1]), np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    vectors = OWN * seeds.vectors[own].astype(np.float32) + OTHER * seeds.vectors[other] + NOISE * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return start, own, other, vectors.astype(np.float32)


def _places(seeds: Seeds) -> int:
    """In how many places a neighbourhood can start."""
    return max(1, len(seeds.sentences) - NEAR + 1)


def _mixed(sentences: list[str], others: list[str]) -> str:
    """The sentences with the middle one exchanged; a passage of one sentence gets one more."""
    middle, new = len(sentences) // 2, others[len(others) // 2]
    return " ".join([*sentences[:middle], new, *sentences[middle + (len(sentences) > 1) :]])


def _article(number: int, texts: list[str], collection: str) -> Article:
    return Article(
        url=f"https://growth.example/{number}",
        title=texts[0][:80],
        text="\n\n".join(texts),
        publisher=f"Outlet {number % HUNDREDTH}",
        published_at=FIRST_DAY + timedelta(days=number * 7 % DAYS),
        collection=collection,
    )


def _spans(texts: list[str]) -> list[Passage]:
    """Where they stand in the article's text."""
    ends = list(accumulate(len(text) + 2 for text in texts))
    return [Passage(end - 2 - len(text), end - 2) for text, end in zip(texts, ends, strict=True)]


def _sentences(article: Article, passages: list[Passage]) -> list[list[str]]:
    """Those that begin in each passage; the whole passage where it is a piece of a long one."""
    whole = [(one.start, one.end) for one in split_sentences(article)]
    return [
        [article.text[start : min(end, one.end)] for start, end in whole if one.start <= start < one.end]
        or [article.text[one.start : one.end]]
        for one in passages
    ]
