"""Question and passage through one small transformer together: how relevant, whether it answers, from where to where.

The only file beside `encoder.py` that imports torch; importing it takes seconds, so others import it when they read.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Encoding, Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from index.encoder import bundled_folder, fast_inference
from index.errors import ModelUnusable

MAX_TOKENS = 320  # of a pair: a passage of 176 with its title, and a long question
BATCH = 16  # pairs a step, of like length
BUNDLED_WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"  # training/README.md says from what
BUNDLED_SHA256 = "b6dcd24df072010f4b65e33c44cd4bf785c6b17704c93bda649ad9f35e4a5a1c"
SCALE = ".scale"  # the name of a matrix's row scales is the matrix's with this


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits for a batch of B pairs of at most L tokens."""

    relevance: Tensor  # (B,)
    answers: Tensor  # (B,): that the answer is in the passage
    start: Tensor  # (B, L)
    end: Tensor  # (B, L)


class Network(nn.Module):
    """A BERT encoder with a head for spans on every token and one for the pair on [CLS]."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.span = nn.Linear(config.hidden_size, 2)
        self.pair = nn.Linear(config.hidden_size, 2)

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> Scores:
        """Logits of pairs: `ids`, `kinds` (0 question, 1 passage) and `mask` are (B, L), whole numbers."""
        states = self.encoder(input_ids=ids, token_type_ids=kinds, attention_mask=mask).last_hidden_state
        spans, pairs = self.span(states).float(), self.pair(states[:, 0]).float()
        return Scores(pairs[:, 0], pairs[:, 1], spans[..., 0], spans[..., 1])


@dataclass(frozen=True, slots=True)
class PairScores:
    """What the network makes of one pair: logits, and for each of its L tokens the characters it stands for."""

    relevance: float
    answers: float
    start: NDArray[np.float32]  # (L,)
    end: NDArray[np.float32]  # (L,)
    offsets: tuple[tuple[int, int], ...]  # (L,), into the second text; (0, 0) for tokens of the question


class LoadedNetwork:
    """Weights and tokenizer, ready to score; one caller at a time, others wait."""

    def __init__(self, network: Network, tokenizer: Tokenizer) -> None:
        self._network = network.eval()
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def score(self, question: str, texts: Sequence[str]) -> list[PairScores]:
        """The question against each text, in order; a text is cut where the pair passes `MAX_TOKENS`."""
        encoded = self._tokenizer.encode_batch([(question, text) for text in texts])
        by_length = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
        scored: dict[int, PairScores] = {}
        for at in range(0, len(texts), BATCH):
            rows = by_length[at : at + BATCH]
            scored |= dict(zip(rows, self._run([encoded[i] for i in rows]), strict=True))
        return [scored[i] for i in range(len(texts))]

    def _run(self, batch: Sequence[Encoding]) -> Iterator[PairScores]:
        with self._lock, fast_inference():
            scores = self._network(*collate([e.ids for e in batch], [e.type_ids for e in batch]))
        for row, pair in enumerate(batch):
            length = len(pair.ids)
            start, end = scores.start[row, :length].numpy(), scores.end[row, :length].numpy()
            offsets = tuple(span if kind else (0, 0) for span, kind in zip(pair.offsets, pair.type_ids, strict=True))
            yield PairScores(float(scores.relevance[row]), float(scores.answers[row]), start, end, offsets)


def collate(ids: Sequence[list[int]], kinds: Sequence[list[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, kinds and mask, each (B, L), padded at the end."""
    longest = max(map(len, ids))
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in ids]
    padded = ([row + [0] * (longest - len(row)) for row in rows] for rows in (ids, kinds))
    return torch.tensor(next(padded)), torch.tensor(next(padded)), torch.tensor(mask)


def pair_tokenizer() -> Tokenizer:
    """The bundled encoder's tokenizer for pairs: only the second text is ever cut, nothing is padded."""
    tokenizer = Tokenizer.from_file(str(bundled_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
    return tokenizer


def load_network(file: Path = BUNDLED_WEIGHTS, sha256: str | None = BUNDLED_SHA256) -> LoadedNetwork:
    """The network with the weights of a file that `training.export` or `training.train` wrote.

    Raises:
        ModelUnusable: the file is missing or is not the one with this digest.
    """
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelUnusable(f"The reader's weights cannot be read: {error}. Reinstall pullquote.") from error
    if sha256 not in (None, digest):
        raise ModelUnusable(f"The reader's weights in {file} are not those of this version: reinstall pullquote.")
    network = Network(BertConfig.from_pretrained(bundled_folder()))
    network.load_state_dict(unpack(load_file(file)))
    return LoadedNetwork(network, pair_tokenizer())


def unpack(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights in float32: of those stored as whole numbers, each row is multiplied by its scale."""
    scales = {name.removesuffix(SCALE): tensor for name, tensor in stored.items() if name.endswith(SCALE)}
    return {
        name: tensor.float() * scales[name].float()[:, None] if name in scales else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(SCALE)
    }
