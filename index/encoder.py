"""Texts to vectors, by the bundled model or whichever the settings name."""

import threading
from collections.abc import Sequence

from index.config import BUNDLED_MODEL, PRECISIONS
from index.minilm import BundledEncoder
from index.types import Encoder, ModelId, Vectors


def open_encoder(model: str, precision: str = PRECISIONS[0], *, cores: int | None = None) -> Encoder:
    """The encoder named in the settings: the bundled one in that precision, a folder, or a name on the hub.

    The bundled one uses at most so many `cores`; torch, which runs the others, is bounded by OMP_NUM_THREADS.

    Raises:
        ModelUnusable: from its methods, when there is no such model or its weights cannot be read.
    """
    return BundledEncoder(precision, cores) if model == BUNDLED_MODEL else NamedEncoder(model)


def precision_of(model: str, precision: str) -> str:
    """What that encoder multiplies in on this machine, as people read it."""
    if model != BUNDLED_MODEL:
        return "as the model was made"
    short, long = BundledEncoder(precision).precisions()
    return long if short == long else f"{long}, short texts {short}"


class NamedEncoder:
    """A folder or a name on the hub, loaded at the first use; safe to share between threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    @property
    def model(self) -> ModelId:
        """The identity of the weights."""
        return self._loaded().model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of unit length."""
        return self._loaded().encode(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted."""
        return self._loaded().count_tokens(texts)

    def _loaded(self) -> Encoder:
        from index.borrowed.encoder import SentenceEncoder  # noqa: PLC0415  torch takes seconds to import

        with self._lock:
            if self._encoder is None:
                self._encoder = SentenceEncoder(self._name)
            return self._encoder
