"""Sketches of articles, by which likely copies are found among any number of them; the wall to datasketch.

MinHash (Broder 1997) with locality-sensitive hashing (Indyk and Motwani 1998): two sketches are equal in a place with
the probability that the heads of the articles resemble each other. Articles with an equal band of two places are
compared. Datasketch's own LSH keeps its bands in memory, Redis or Cassandra; ours are rows of the archive.
"""

import zlib
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.stories.wording import Wording

BANDS = 40  # 99 % of the heads that resemble each other by a third have an equal band, of those by a fifth 80 %
PLACES = 2  # of a band
LIKELY = 0.16  # of all places equal; copies have half of each head in common, which gives a third (docs/quality-log.md)

Sketch = NDArray[np.uint32]  # shape (BANDS * PLACES,)


def sketch_of(wording: Wording) -> Sketch:
    """The sketch of an article's head: the same on every machine."""
    from datasketch import MinHash  # noqa: PLC0415 - brings scipy: half a second that questions need not wait for

    first: Any = _permutations()
    minhash = MinHash(BANDS * PLACES, hashfunc=zlib.crc32, permutations=first, scheme="affine32")
    minhash.update_batch(" ".join(shingle).encode() for shingle in wording.head)
    return np.asarray(minhash.hashvalues, np.uint32)


def band_keys(sketch: Sketch, collection: str) -> list[int]:
    """A signed 64-bit number for each band; those of two collections have nothing in common."""
    return [
        int.from_bytes(
            blake2b(band.astype("<u4").tobytes(), digest_size=8, key=_key(collection), salt=bytes([number])).digest(),
            signed=True,
        )
        for number, band in enumerate(sketch.reshape(BANDS, PLACES))
    ]


def resemblance(one: Sketch, other: Sketch) -> float:
    """An estimate of the share of all shingles of both heads that both hold, 0 to 1."""
    return float(np.mean(one == other))


def meet(one: Sketch, other: Sketch) -> bool:
    """Whether the sketches give reason to compare the articles: an equal band, and not by chance alone."""
    equal = one == other
    return float(np.mean(equal)) >= LIKELY and bool(equal.reshape(BANDS, PLACES).all(axis=1).any())


@cache
def _permutations() -> Any:
    from datasketch import MinHash  # noqa: PLC0415 - as above

    return MinHash(BANDS * PLACES, scheme="affine32").permutations


def _key(collection: str) -> bytes:
    """A key for blake2b, which takes at most 64 bytes."""
    return blake2b(collection.encode(), digest_size=16).digest()
