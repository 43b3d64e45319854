"""How well each sentence answers a question: by meaning, by shared words, by holding the kind of thing asked for."""

import functools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.config import BUNDLED_MODEL
from index.encoder import open_encoder
from index.kinds import holds_kind
from index.types import Encoder
from index.words import stems

# Weights of shared words and of the kind asked for, against 1 for the cosine. Swept (docs/quality-log.md).
WORDS, KIND = 0.5, 0.35


@dataclass(frozen=True, slots=True)
class Reader:
    """Scores sentences against a question. A learned reader takes this place later."""

    encoder: Encoder

    def score(self, question: str, sentences: Sequence[str], titles: Sequence[str] = ()) -> list[float]:
        """One figure a sentence, higher is better; about 0 to 2, comparable between questions only roughly.

        `titles`, one a sentence where given, are of its article: what they name, the sentence need not repeat.
        """
        if not sentences:
            return []
        vectors = self.encoder.encode([question, *sentences])
        meaning = vectors[1:] @ vectors[0]
        titled = [" ".join(pair) for pair in zip(titles, sentences, strict=True)] if titles else sentences
        return [
            float(near) + WORDS * shared + KIND * holds_kind(question, sentence)
            for near, shared, sentence in zip(meaning, cover_of(question, titled), sentences, strict=True)
        ]


def score_sentences(question: str, sentences: Sequence[str]) -> list[float]:
    """One figure a sentence for how well it answers the question, higher is better. Uses the bundled model."""
    return _bundled_reader().score(question, sentences)


def cover_of(question: str, sentences: Sequence[str]) -> list[float]:
    """For each sentence the share, 0 to 1, of the question's content words that it holds.

    Words weigh by their rarity among the sentences: log(1 + (N - n + 0.5) / (n + 0.5)), the idf of Okapi BM25.
    """
    asked = stems(question)
    held = [stems(sentence) for sentence in sentences]
    counts = Counter(word for words in held for word in words & asked)
    weight = {w: math.log(1 + (len(held) - counts[w] + 0.5) / (counts[w] + 0.5)) for w in sorted(asked)}
    total = sum(weight.values())
    return [sum(weight[word] for word in sorted(words & asked)) / total if total else 0.0 for words in held]


@functools.cache
def _bundled_reader() -> Reader:
    return Reader(open_encoder(BUNDLED_MODEL))
