"""Question and passage through one small network together: how relevant, whether it answers, from where to where."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index import bert
from index.minilm import bundled_tokenizer
from index.tensors import read_weights

MAX_TOKENS = 320  # of a pair: a passage of 176 with its title, and a long question
BUNDLED_WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"  # training/README.md says from what
BUNDLED_SHA256 = "b6dcd24df072010f4b65e33c44cd4bf785c6b17704c93bda649ad9f35e4a5a1c"
BUNDLED_RANGES = BUNDLED_WEIGHTS.with_name("reader-ranges.safetensors")  # training/ranges.py wrote it
RANGES_SHA256 = "3874eca4960804bbfd3401366ed050a42742695c4da5617ebced06a4bf7b17e3"


@dataclass(frozen=True, slots=True)
class PairScores:
    """What the network makes of one pair: logits, and for each of its L tokens the characters it stands for."""

    relevance: float
    answers: float
    start: NDArray[np.float32]  # (L,)
    end: NDArray[np.float32]  # (L,)
    offsets: tuple[tuple[int, int], ...]  # (L,), into the second text; (0, 0) for tokens of the question


class LoadedNetwork:
    """Weights and tokenizer, ready to score; safe to share between threads."""

    def __init__(self, weights: bert.Weights, tokenizer: Tokenizer, precision: str) -> None:
        inner = {name.removeprefix("encoder."): tensor for name, tensor in weights.items()}
        self._bert = bert.Bert(
            inner,
            bert.MINILM,
            lambda states, _: [
                bert.linear(states, weights, "span"),
                bert.linear(bert.first(states), weights, "pair"),
            ],
            precision,
        )
        self._tokenizer = tokenizer

    def score(self, question: str, texts: Sequence[str]) -> list[PairScores]:
        """The question against each text, in order; a text is cut where the pair passes `MAX_TOKENS`."""
        encoded = self._tokenizer.encode_batch([(question, text) for text in texts])
        scored = {row: _scores(encoded[row], *outputs) for row, outputs in self._bert.run(encoded)}
        return [scored[row] for row in range(len(texts))]


def _scores(pair: Encoding, span: NDArray[np.float32], about: NDArray[np.float32]) -> PairScores:
    start, end = span[: len(pair)].T
    offsets = tuple(place if kind else (0, 0) for place, kind in zip(pair.offsets, pair.type_ids, strict=True))
    return PairScores(float(about[0]), float(about[1]), start, end, offsets)


def pair_tokenizer() -> Tokenizer:
    """The bundled encoder's tokenizer for pairs: only the second text is ever cut, nothing is padded."""
    tokenizer = bundled_tokenizer()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def load_network(precision: str, file: Path = BUNDLED_WEIGHTS, sha256: str | None = BUNDLED_SHA256) -> LoadedNetwork:
    """The network with the weights of a file that `training.export` or `training.train` wrote; 8 bits for the own only.

    Raises:
        ModelUnusable: the file is missing or is not the one with this digest.
    """
    precision = bert.chosen(precision, "int8", "bfloat16", "float32")
    weights = read_weights(file, sha256)
    if precision == "int8" and file == BUNDLED_WEIGHTS:
        weights |= read_weights(BUNDLED_RANGES, RANGES_SHA256)
    return LoadedNetwork(weights, pair_tokenizer(), precision)
