"""The network as it is trained, in torch. `index/network.py` runs the same weights."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel


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


def collate(ids: Sequence[list[int]], kinds: Sequence[list[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, kinds and mask, each (B, L), padded at the end."""
    longest = max(map(len, ids))
    mask = [[1] * len(row) + [0] * (longest - len(row)) for row in ids]
    padded = ([row + [0] * (longest - len(row)) for row in rows] for rows in (ids, kinds))
    return torch.tensor(next(padded)), torch.tensor(next(padded)), torch.tensor(mask)
