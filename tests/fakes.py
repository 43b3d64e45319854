"""Stand-ins that behave: small enough to work out by hand, true to the protocol of the real ones."""

import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from index.reader import Candidate, Reading, ScoredSpan
from index.types import ModelId, Span, Vectors

DIMENSION = 64


class WordEncoder:
    """Each word adds one to a place of the vector that its checksum picks: texts with the same words are near."""

    def __init__(self, *, name: str = "words", max_tokens: int = 256) -> None:
        self.model = ModelId(name=name, revision="1", dimension=DIMENSION, max_tokens=max_tokens)
        self.encoded = 0  # texts so far: shows what was not encoded again

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 64), each of unit length."""
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()) or [""]:
                row[zlib.crc32(word.encode()) % DIMENSION] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A token a word or other visible character, as word pieces would be at the least."""
        return [len(re.findall(r"\w{1,8}|[^\w\s]", text)) for text in texts]


NOTHING_SHARED = -5.0  # about what the real one makes of a passage that has nothing to do with the question


class WordReader:
    """Reads as simply as can be: relevant is what shares words with the question, an answer is a word that it lacks."""

    def read(self, question: str, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading a candidate; spans are single words, of sentences that share more first, and numbers first."""
        asked = set(re.findall(r"\w+", question.lower()))
        return [self._read(asked, candidate) for candidate in candidates]

    def _read(self, asked: set[str], candidate: Candidate) -> Reading:
        words = list(re.finditer(r"\w+", candidate.text))
        shared = len(asked & {word.group().lower() for word in words})
        new = [word for word in words if word.group().lower() not in asked]
        near = [(len(asked & set(re.findall(r"\w+", _sentence(candidate.text, word).lower()))), word) for word in new]
        best = sorted(near, key=lambda pair: (-pair[0], not pair[1].group().isdigit(), pair[1].start()))[:5]
        spans = tuple(
            ScoredSpan(Span(word.start(), word.end()), score + 0.5 * word.group().isdigit()) for score, word in best
        )
        relevance = float(shared) or NOTHING_SHARED
        return Reading(relevance, relevance, spans)


def _sentence(text: str, word: re.Match[str]) -> str:
    """What stands around the word between full stops."""
    return text[text.rfind(".", 0, word.start()) + 1 :].split(".", maxsplit=1)[0]


START = datetime(2026, 3, 2, 6, tzinfo=UTC)


class FakeClock:
    """Time passes only by sleeping, or when it is told to."""

    def __init__(self, now: datetime = START) -> None:
        self.moment = now
        self.stopping = False
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def pass_to(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)
