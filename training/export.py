"""Weights to the compact form that the package ships: matrices as whole numbers of 8 bits with a scale a row.

python -m training.export WEIGHTS.safetensors index/weights/reader.safetensors

Prints the sha256 that `index/network.py` checks.
"""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from index.tensors import SCALE

LEVELS = 127


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the packed weights."""
    parser = argparse.ArgumentParser(description="Pack the reader's weights for the package.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("packed", type=Path)
    options = parser.parse_args(arguments)
    options.packed.parent.mkdir(parents=True, exist_ok=True)
    save_file(pack(load_file(options.weights)), options.packed)
    print(hashlib.sha256(options.packed.read_bytes()).hexdigest())


def pack(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Symmetric quantisation by row for matrices, half precision for the rest; `index.tensors.unpack` undoes it."""
    packed: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if tensor.dim() < 2:  # noqa: PLR2004  a vector: biases, norms
            packed[name] = tensor.half()
            continue
        scale = tensor.abs().amax(dim=1).clamp(min=1e-8) / LEVELS
        packed[name] = (tensor / scale[:, None]).round().to(torch.int8)
        packed[name + SCALE] = scale.float()
    return packed


if __name__ == "__main__":
    main()
