"""Question and passages to readings: how relevant each passage is, and the spans of it that may be the answer.

The bundled weights are the project's own: `training/README.md` says from what.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.config import BUNDLED_READER, PRECISIONS
from index.types import Span

if TYPE_CHECKING:
    from index.borrowed.reader import Scorer

SPANS = 5  # kept of each passage
SPAN_TOKENS = 24  # an answer is no longer


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is read against a question: `text`, and the title of its article, which helps but is never the answer."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A possible answer: `candidate.text[span.start:span.end]`. Higher is better, comparable within one question."""

    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of one candidate. All scores are logits: any real number, higher is better."""

    relevance: float
    answers: float  # that the answer is in it at all
    spans: tuple[ScoredSpan, ...]  # best first, none overlapping another; empty when there is no word in it


class Reader(Protocol):
    """Reads candidates against a question."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading a candidate, in order."""


class LearnedReader:
    """Reads with a network, the bundled one unless others are named; it loads at the first reading.

    Safe to share between threads. `spans` names an extractive QA model of transformers, `relevance` a cross-encoder of
    sentence-transformers: a folder, or a name on the hub.

    Raises:
        ModelUnusable: from `read`, when a model is missing or cannot be loaded.
    """

    def __init__(
        self, spans: str = BUNDLED_READER, relevance: str = BUNDLED_READER, precision: str = PRECISIONS[0]
    ) -> None:
        self._named = spans, relevance, precision

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading a candidate, in order; the same for the same input."""
        if not candidates:
            return []
        pairs = _scorer(*self._named).score(question, [_titled(candidate) for candidate in candidates])
        return [
            Reading(pair.relevance, pair.answers, _spans(pair.start, pair.end, pair.offsets, len(_title(candidate))))
            for pair, candidate in zip(pairs, candidates, strict=True)
        ]


def score_sentences(question: str, sentences: Sequence[str]) -> list[float]:
    """One figure a sentence for how well it answers the question, higher is better. Uses the bundled weights."""
    readings = LearnedReader().read(question, [Candidate("", sentence) for sentence in sentences])
    return [reading.relevance for reading in readings]


def _title(candidate: Candidate) -> str:
    return f"{candidate.title}. " if candidate.title else ""


def _titled(candidate: Candidate) -> str:
    return _title(candidate) + candidate.text


def _spans(
    start: NDArray[np.float32], end: NDArray[np.float32], offsets: Sequence[tuple[int, int]], title: int
) -> tuple[ScoredSpan, ...]:
    """The best spans that do not overlap, among all of up to `SPAN_TOKENS` tokens; offsets are moved past the title."""
    tokens = [i for i, (a, b) in enumerate(offsets) if a >= title and b > a]
    if not tokens:
        return ()
    first, last = start[tokens], end[tokens]
    scores = first[:, None] + last[None, :]
    reach = np.arange(len(tokens))[None, :] - np.arange(len(tokens))[:, None]
    scores[(reach < 0) | (reach >= SPAN_TOKENS)] = -np.inf
    kept: list[ScoredSpan] = []
    while len(kept) < SPANS:
        best = int(scores.argmax())
        i, j = divmod(best, len(tokens))
        if not np.isfinite(scores[i, j]):
            break
        span = Span(offsets[tokens[i]][0] - title, offsets[tokens[j]][1] - title)
        kept.append(ScoredSpan(span, float(scores[i, j])))
        scores[: j + 1, i:] = -np.inf  # starts at or before its end and ends at or after its start: overlaps
    return tuple(kept)


@functools.cache
def _scorer(spans: str, relevance: str, precision: str) -> "Scorer":
    if relevance != BUNDLED_READER:
        from index.borrowed.reader import BorrowedRelevance  # noqa: PLC0415  torch takes seconds to import

        return BorrowedRelevance(relevance, _scorer(spans, BUNDLED_READER, precision))
    if spans != BUNDLED_READER:
        from index.borrowed.reader import BorrowedSpans  # noqa: PLC0415

        return BorrowedSpans(spans)
    from index.network import load_network  # noqa: PLC0415  openvino takes half a second to import

    return load_network(precision)
