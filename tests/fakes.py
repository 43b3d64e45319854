"""Stand-ins that behave: small enough to work out by hand, true to the protocol of the real ones."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from index.types import ModelId, Vectors

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
