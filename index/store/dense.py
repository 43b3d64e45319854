"""The dense leg: exact inner products over all vectors. The only importer of faiss.

The index keeps the very float16 numbers that SQLite keeps, so a score is the inner product with the stored vector,
exact but for the rounding of a float32 sum: a float32 index would cost twice the memory and not one digit more.
"""

import faiss
import numpy as np
from numpy.typing import NDArray

from index.store.ranking import Scored, complete


class Dense:
    """Vectors by passage id. Searching is safe from many threads; adding and removing is for the sole owner."""

    def __init__(self, index: faiss.IndexIDMap2) -> None:
        self._index = index

    @classmethod
    def empty(cls, dimension: int) -> "Dense":
        """No vectors yet."""
        kind = faiss.ScalarQuantizer.QT_fp16
        return cls(faiss.IndexIDMap2(faiss.IndexScalarQuantizer(dimension, kind, faiss.METRIC_INNER_PRODUCT)))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Dense":
        """The inverse of `to_bytes`.

        Raises:
            ValueError: these are not the bytes of an index.
        """
        try:
            index = faiss.deserialize_index(np.frombuffer(raw, dtype=np.uint8))
        except RuntimeError as error:
            raise ValueError(f"not a dense leg: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2):
            raise ValueError(f"not a dense leg but a {type(index).__name__}")  # noqa: TRY004 - a matter of content
        return cls(index)

    def to_bytes(self) -> bytes:
        """The leg as it is written to disk. Python writes it: faiss does not report a disk that is full."""
        raw: NDArray[np.uint8] = faiss.serialize_index(self._index)
        return raw.tobytes()

    @property
    def ids(self) -> NDArray[np.int64]:
        """Passage ids, ascending."""
        return np.sort(faiss.vector_to_array(self._index.id_map).astype(np.int64))

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors under these ids, of shape (len(ids), dimension)."""
        found: NDArray[np.float32] = self._index.reconstruct_batch(ids)
        return found

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors of shape (len(ids), dimension) under ids that are not there yet."""
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors), ids)

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take the vectors of these ids out."""
        if len(ids):
            self._index.remove_ids(faiss.IDSelectorBatch(ids))

    def search(self, vector: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None) -> list[Scored]:
        """The k best (passage id, inner product), best first, ties by id; `allowed` None: all may be ranked.

        Raises:
            ValueError: the vector has another dimension.
        """
        if vector.shape != (self._index.d,):
            raise ValueError(f"a vector of shape {vector.shape} cannot be compared with {self._index.d} dimensions")
        row = np.ascontiguousarray(vector[np.newaxis], dtype=np.float32)
        limit = self._index.ntotal if allowed is None else len(allowed)
        if allowed is None:
            return complete(lambda n: self._nearest(row, n, None), k, limit)
        bits = _bitmap(allowed)  # faiss keeps a bare pointer to it: it must outlive the search
        selector = _selector(bits)
        return complete(lambda n: self._nearest(row, n, selector), k, limit)

    def _nearest(self, row: NDArray[np.float32], n: int, selector: faiss.SearchParameters | None) -> list[Scored]:
        # One question, one thread; the setting is the calling thread's own. Two threads spin while they wait for each
        # other: on a busy machine with 2 cores that took 22 ms where one takes 7.
        faiss.omp_set_num_threads(1)
        scores, ids = self._index.search(row, n, params=selector)
        return [(int(i), float(score)) for i, score in zip(ids[0], scores[0], strict=True) if i >= 0]


def _selector(bits: NDArray[np.uint8]) -> faiss.SearchParameters:
    selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # the stubs tell of C++, not of Python
    return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # the same


def _bitmap(ids: NDArray[np.int64]) -> NDArray[np.uint8]:
    flags = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.bool_)
    flags[ids] = True
    return np.packbits(flags, bitorder="little")
