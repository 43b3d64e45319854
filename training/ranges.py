"""What the bundled networks' layers are given, so that they can multiply whole numbers of 8 bits.

python -m training.ranges GROUPS.jsonl

Writes a file for each network beside the reader's weights and prints their sha256. For every matrix: its smoothing, by
which its inputs are divided and its columns multiplied (SmoothQuant: Xiao et al., ICML 2023), and the range of the
smoothed inputs.
"""

import argparse
import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Encoding
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from index.bert import RANGE, SMOOTHING
from index.minilm import BUNDLED_RANGES, MAX_TOKENS, bundled_folder, bundled_tokenizer
from index.network import BUNDLED_RANGES as READER_RANGES
from index.network import BUNDLED_WEIGHTS, pair_tokenizer
from index.tensors import read_weights
from training.groups import read_groups
from training.network import Network, collate

GROUPS = 200  # looked at, one text that answers and one question each
LONGEST = 900  # characters of a text
ALPHA = 0.8  # how much of an outlier goes from the inputs to the weights; swept (docs/quality-log.md)

Extremes = dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]  # of each matrix, lowest and highest by column


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write both."""
    parser = argparse.ArgumentParser(description="Measure what the bundled networks' layers are given.")
    parser.add_argument("groups", type=Path)
    groups = list(read_groups(parser.parse_args(arguments).groups))
    random.Random(0).shuffle(groups)  # noqa: S311  not for secrets
    pairs = [(group.question, group.candidates[0].text[:LONGEST]) for group in groups[:GROUPS]]
    texts = bundled_tokenizer()
    texts.enable_truncation(MAX_TOKENS)
    _write(READER_RANGES, _reader(), pair_tokenizer().encode_batch(pairs))
    _write(BUNDLED_RANGES, _encoder(), texts.encode_batch([text for pair in pairs for text in pair]))


def _write(file: Path, network: nn.Module, texts: Sequence[Encoding]) -> None:
    matrices = dict(_matrices(network))
    save_file(dict(_ranges(matrices, _extremes(network, matrices, texts))), file)
    print(hashlib.sha256(file.read_bytes()).hexdigest(), file.name)


def _ranges(matrices: dict[str, nn.Linear], extremes: Extremes) -> Iterator[tuple[str, NDArray[np.float16]]]:
    for name, (low, high) in extremes.items():
        inputs = np.maximum(np.maximum(-low, high), 1e-4)
        columns = np.maximum(matrices[name].weight.detach().abs().amax(dim=0).numpy(), 1e-4)
        smoothing = (inputs**ALPHA / columns ** (1 - ALPHA)).astype(np.float16)
        yield name + SMOOTHING, smoothing
        yield name + RANGE, np.array([(low / smoothing).min(), (high / smoothing).max()], np.float16)


def _extremes(network: nn.Module, matrices: dict[str, nn.Linear], texts: Sequence[Encoding]) -> Extremes:
    seen: Extremes = {}
    hooks = [matrix.register_forward_pre_hook(_note(seen, name)) for name, matrix in matrices.items()]
    with torch.inference_mode():
        for text in texts:
            network(*collate([text.ids], [text.type_ids]))
    for hook in hooks:
        hook.remove()
    return seen


def _note(seen: Extremes, name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
    def note(_: nn.Module, inputs: tuple[Tensor]) -> None:
        rows = inputs[0].flatten(0, -2).numpy()
        low, high = seen.get(name, (rows[0], rows[0]))
        seen[name] = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))

    return note


def _matrices(network: nn.Module) -> Iterator[tuple[str, nn.Linear]]:
    """Those of the layers: the heads are small and stay as they are."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Linear) and "layer." in name:
            yield name, module


def _reader() -> Network:
    network = Network(BertConfig.from_pretrained(bundled_folder()))
    weights = read_weights(BUNDLED_WEIGHTS, None)
    network.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in weights.items()})
    return network.eval()


class _Positional(nn.Module):
    """A BERT that is called as `Network` is; its parts keep their names."""

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.embeddings, self.encoder = bert.embeddings, bert.encoder
        self._whole = [bert]  # in a list: not a part under another name

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> Tensor:
        states: Tensor = self._whole[0](input_ids=ids, token_type_ids=kinds, attention_mask=mask).last_hidden_state
        return states


def _encoder() -> nn.Module:
    return _Positional(BertModel.from_pretrained(bundled_folder(), add_pooling_layer=False).eval())


if __name__ == "__main__":
    main()
