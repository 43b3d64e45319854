"""Weights as they are shipped: a safetensors file whose digest is checked, its compact matrices made wide again."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from index.errors import ModelUnusable

SCALE = ".scale"  # the name of a matrix's row scales is the matrix's with this


def read_weights(file: Path, sha256: str | None) -> dict[str, NDArray[np.float32]]:
    """The tensors of the file in float32; of matrices stored as whole numbers, each row times its scale.

    Raises:
        ModelUnusable: the file cannot be read, or is not the one with this digest.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ModelUnusable(f"The weights in {file} cannot be read: {error}. Reinstall pullquote.") from error
    if sha256 not in (None, hashlib.sha256(data).hexdigest()):
        raise ModelUnusable(f"The weights in {file} are not those of this version: reinstall pullquote.")
    return unpack(load(data))


def unpack(stored: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.float32]]:
    """What `training.export` packed, in float32."""
    wide = {name: tensor.astype(np.float32) for name, tensor in stored.items()}
    scales = {name.removesuffix(SCALE): wide.pop(name) for name in stored if name.endswith(SCALE)}
    return {name: tensor * scales[name][:, None] if name in scales else tensor for name, tensor in wide.items()}
