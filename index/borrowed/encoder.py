"""An encoder of sentence-transformers that the operator names."""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from index.borrowed.inference import fast_inference
from index.errors import ModelUnusable
from index.types import ModelId, Vectors

BATCH = 32  # texts a step; sentence-transformers sorts by length first, so padding stays small


class SentenceEncoder:
    """An `Encoder` over a folder or a name on the hub, on the processor; safe to share between threads.

    Raises:
        ModelUnusable: there is no such model, or its weights cannot be read.
    """

    def __init__(self, name: str) -> None:
        self._transformer = _load(name)
        dimension, limit = self._transformer.get_embedding_dimension(), self._transformer.max_seq_length
        if dimension is None or limit is None:
            raise ModelUnusable(f"The model {name} does not state its dimension and token limit.")
        self.model = ModelId(name, _revision(name, self._transformer), dimension, limit)
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of unit length."""
        with self._lock, fast_inference():
            vectors = self._transformer.encode(
                list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
            )
        return _unit(np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted."""
        if not texts:
            return []
        encoded = self._transformer.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]


def _unit(vectors: Vectors) -> Vectors:
    """Rows of exactly unit length: bfloat16 leaves them off by up to 0.4 %."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def _load(name: str) -> SentenceTransformer:
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar for "loading weights" is noise on the command line
    try:
        return SentenceTransformer(name, device="cpu", local_files_only=Path(name).is_dir())
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"The model {name} cannot be loaded: {error}") from error


def _revision(name: str, transformer: SentenceTransformer) -> str:
    """The hub's commit, or for a folder the digest of its weights."""
    folder = Path(name)
    if folder.is_dir():
        digest = hashlib.sha256()
        for file in sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin")):
            digest.update(file.read_bytes())
        return digest.hexdigest()
    config = getattr(transformer[0], "model").config  # noqa: B009  the module's type says nothing of its model
    return str(getattr(config, "_commit_hash", None) or "unknown")
