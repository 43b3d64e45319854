"""A reader made of models that the operator names: an extractive QA model, and a cross-encoder for relevance.

Either may be left to the bundled network. Importing this takes seconds.
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import CrossEncoder
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.borrowed.inference import fast_inference
from index.errors import ModelUnusable
from index.network import MAX_TOKENS, PairScores

BATCH = 16  # pairs a step


class Scorer(Protocol):
    """Scores a question against texts."""

    def score(self, question: str, texts: Sequence[str]) -> list[PairScores]:
        """One for each text, in order."""


class BorrowedSpans:
    """An extractive QA model of transformers. How far its best span is above "no answer" stands for relevance too."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(name, local_files_only=Path(name).is_dir())
            self._model: Any = AutoModelForQuestionAnswering.from_pretrained(
                name, local_files_only=Path(name).is_dir()
            ).eval()
        except (OSError, ValueError) as error:
            raise ModelUnusable(f"The reader {name} cannot be loaded: {error}") from error
        if not self._tokenizer.is_fast:
            raise ModelUnusable(f"The reader {name} has no fast tokenizer, and so does not say where its words stand.")

    def score(self, question: str, texts: Sequence[str]) -> list[PairScores]:
        """One for each text, in order; a text is cut where the pair passes `MAX_TOKENS`."""
        return [one for at in range(0, len(texts), BATCH) for one in self._batch(question, texts[at : at + BATCH])]

    def _batch(self, question: str, texts: Sequence[str]) -> Iterator[PairScores]:
        encoded = self._tokenizer(
            [question] * len(texts),
            list(texts),
            truncation="only_second",
            max_length=MAX_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").tolist()
        with self._lock, fast_inference():
            logits = self._model(**encoded)
        starts, ends = logits.start_logits.float().numpy(), logits.end_logits.float().numpy()
        for row, spans in enumerate(offsets):
            places = tuple(
                (start, end) if kind == 1 else (0, 0)
                for (start, end), kind in zip(spans, encoded.sequence_ids(row), strict=True)
            )
            above = _above_none(starts[row], ends[row], places)
            yield PairScores(above, above, starts[row], ends[row], places)


class BorrowedRelevance:
    """The spans of one scorer with the relevance of a cross-encoder of sentence-transformers."""

    def __init__(self, name: str, spans: Scorer) -> None:
        self._spans = spans
        self._lock = threading.Lock()
        try:
            self._model = CrossEncoder(
                name, device="cpu", max_length=MAX_TOKENS, num_labels=1, local_files_only=Path(name).is_dir()
            )
        except (OSError, ValueError) as error:
            raise ModelUnusable(f"The reranker {name} cannot be loaded: {error}") from error

    def score(self, question: str, texts: Sequence[str]) -> list[PairScores]:
        """One for each text, in order."""
        scored = self._spans.score(question, texts)
        with self._lock, fast_inference():
            relevance = self._model.predict(
                [(question, text) for text in texts], show_progress_bar=False, activation_fn=torch.nn.Identity()
            )
        return [
            PairScores(float(figure), one.answers, one.start, one.end, one.offsets)
            for figure, one in zip(relevance, scored, strict=True)
        ]


def _above_none(start: NDArray[np.float32], end: NDArray[np.float32], places: Sequence[tuple[int, int]]) -> float:
    """Logit of the best start and end in the text over those of the first token, which stands for "no answer"."""
    inside = [i for i, (a, b) in enumerate(places) if b > a]
    return float(start[inside].max() + end[inside].max() - start[0] - end[0]) if inside else 0.0
