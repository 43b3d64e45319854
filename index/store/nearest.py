"""Vectors by id, and the nearest of them: one by one while that is fast, then in cells. The only importer of faiss.

Kept are the very float16 numbers that SQLite keeps, in cells too: a score is the inner product with the stored vector,
exact but for the rounding of a float32 sum. All that cells can cost is a vector in a cell that was not looked through;
how many are, is measured for every index (`_probes`).
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.store.ranking import Scored, complete

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]
Source = Callable[[Ids], Floats]  # the vectors under ids, of shape (len(ids), dimension)

EXACT = 30_000  # vectors; up to here all are compared, in 1.3 ms
RECALL = 0.995  # of the ten nearest, over `_TRIALS` made-up questions: real ones find less (docs/quality-log.md)
_TRIALS = 200
_BATCH = 5_000  # vectors read at a time
_POINTS = 48  # a cell, that its centre is found from; more of them, or more rounds, gain nothing
_ROUNDS = 6
_OUTGROWN = 1.5  # times as many cells as there are would suit: centres are found anew
_FP16 = faiss.ScalarQuantizer.QT_fp16


class Among:
    """Ids that may be found, made once for any number of searches."""

    def __init__(self, ids: Ids) -> None:
        self.size = len(ids)
        flags = np.zeros(int(ids.max(initial=0)) + 1, dtype=np.bool_)
        flags[ids] = True
        self._bits = np.packbits(flags, bitorder="little")  # faiss keeps a bare pointer to it
        self.selector = faiss.IDSelectorBitmap(self._bits)  # type: ignore[call-arg, arg-type]  # the stubs tell of C++, not of Python


class Nearest:
    """One faiss index. Searching is safe from many threads; adding and removing is for the sole owner."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._cells = int(index.nlist) if isinstance(index, faiss.IndexIVF) else 0

    @classmethod
    def build(cls, dimension: int, ids: Ids, source: Source, *, exact: int = EXACT) -> "Nearest":
        """Of these ids; more than `exact` of them lie in cells."""
        if len(ids) <= exact:
            flat = faiss.IndexScalarQuantizer(dimension, _FP16, faiss.METRIC_INNER_PRODUCT)
            made = cls(faiss.IndexIDMap2(flat))
        else:
            made = cls(_trained(dimension, ids, source))
        made.change(ids[:0], ids, source)
        return made

    @classmethod
    def read(cls, file: Path, *, mapped: bool = True) -> "Nearest":
        """What `write` wrote. `mapped` leaves the vectors on the disk until they are looked at: it cannot be changed.

        Raises:
            ValueError: the file cannot be read, or is not of an index.
        """
        try:
            index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        except RuntimeError as error:
            raise ValueError(f"not a dense leg: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2 | faiss.IndexIVF):
            raise ValueError(f"not a dense leg but a {type(index).__name__}")  # noqa: TRY004 - a matter of content
        return cls(index)

    def write(self, file: Path) -> None:
        """Write it down. Python does: faiss does not report a disk that is full."""
        failed: list[OSError] = []
        with file.open("wb") as stream:

            def write(raw: bytes) -> None:
                try:
                    stream.write(raw)
                except OSError as error:
                    failed.append(error)
                    raise

            try:
                faiss.write_index(self._index, faiss.PyCallbackIOWriter(write))  # type: ignore[attr-defined]  # the stubs lack it
            except (RuntimeError, OSError):
                if failed:
                    raise failed[0] from None
                raise

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Of its vectors."""
        return int(self._index.d)

    @property
    def ids(self) -> Ids:
        """Ascending."""
        if not self._cells:
            return np.sort(faiss.vector_to_array(self._index.id_map).astype(np.int64))
        lists = self._index.invlists
        cells = ((lists.get_ids(cell), lists.list_size(cell)) for cell in range(self._cells))
        filled = [faiss.rev_swig_ptr(pointer, size) for pointer, size in cells if size]
        return np.sort(np.concatenate([np.empty(0, np.int64), *filled]))

    def suits(self, size: int, *, exact: int = EXACT) -> bool:
        """Whether it is the right kind for so many vectors."""
        if not self._cells:
            return size <= exact
        return size > exact // 2 and _cells_for(size) <= _OUTGROWN * self._cells

    def vectors(self, ids: Ids) -> Floats:
        """The vectors under these ids, of shape (len(ids), dimension)."""
        if self._cells and self._index.direct_map.no():
            self._index.set_direct_map_type(faiss.DirectMap.Hashtable)  # type: ignore[attr-defined]  # the stubs lack it
        found: Floats = self._index.reconstruct_batch(ids)
        return found

    def change(self, gone: Ids, new: Ids, source: Source) -> None:
        """Take vectors out, and add those of ids that are not there yet."""
        if len(gone):
            self._index.remove_ids(faiss.IDSelectorBatch(gone))
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            self._index.add_with_ids(np.ascontiguousarray(source(batch)), batch)
        if self._cells and len(gone) + len(new):
            self._index.nprobe = _probes(self._index, _made_up(self.ids, source))

    def search(self, vector: Floats, k: int, among: Among | None) -> list[Scored]:
        """The k best (id, inner product), best first, ties by id; `among` None: all may be ranked.

        Raises:
            ValueError: the vector has another dimension.
        """
        if vector.shape != (self._index.d,):
            raise ValueError(f"a vector of shape {vector.shape} cannot be compared with {self._index.d} dimensions")
        row = np.ascontiguousarray(vector[np.newaxis], dtype=np.float32)
        limit = len(self) if among is None else min(among.size, len(self))
        return complete(lambda n: self._nearest(row, n, among, limit), k, limit)

    def _nearest(self, row: Floats, n: int, among: Among | None, limit: int) -> list[Scored]:
        # One question, one thread; the setting is the calling thread's own. Two threads spin while they wait for each
        # other: on a busy machine with 2 cores that took 22 ms where one takes 7.
        faiss.omp_set_num_threads(1)
        if not self._cells:
            return self._found(row, n, _parameters(faiss.SearchParameters(), among))
        # Where a filter keeps a tenth, the nearest that it keeps lie in ten times as many cells.
        probes = min(self._cells, math.ceil(self._index.nprobe * len(self) / max(limit, 1)))
        found = self._found(row, n, self._through(probes, among))
        if len(found) < min(n, limit) and probes < self._cells:
            return self._found(row, n, self._through(self._cells, among))
        return found

    def _through(self, probes: int, among: Among | None) -> Any:
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = probes
        return _parameters(parameters, among)

    def _found(self, row: Floats, n: int, parameters: Any) -> list[Scored]:
        scores, ids = self._index.search(row, n, params=parameters)
        there = ids[0] >= 0
        return list(zip(ids[0][there].tolist(), scores[0][there].tolist(), strict=True))


def _parameters(parameters: Any, among: Among | None) -> Any:
    if among is not None:
        parameters.sel = among.selector
    return parameters


def _cells_for(size: int) -> int:
    return round(4 * math.sqrt(size))


def _trained(dimension: int, ids: Ids, source: Source) -> Any:
    """Empty cells around centres that suit the vectors (spherical k-means over a sample)."""
    centres, cells = faiss.IndexFlatIP(dimension), _cells_for(len(ids))
    index: Any = faiss.IndexIVFScalarQuantizer(centres, dimension, cells, _FP16, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    index.cp.niter, index.cp.spherical, index.cp.min_points_per_centroid = _ROUNDS, True, 1
    index.cp.max_points_per_centroid = _POINTS
    index.train(_sample(ids, index.nlist * _POINTS, source))
    return index


def _made_up(ids: Ids, source: Source) -> Floats:
    """Questions to measure with: each 0.6 of a stored vector and 0.8 of the direction from one to another.

    Their nearest are as near, and as scattered over the cells, as those of real questions (docs/quality-log.md).
    """
    near, start, end = np.array_split(_sample(ids, 3 * _TRIALS, source), 3)
    count = min(len(near), len(end))
    away = start[:count] - end[:count]
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    return np.ascontiguousarray(0.6 * near[:count] + 0.8 * away, dtype=np.float32)


def _sample(ids: Ids, size: int, source: Source) -> Floats:
    """Vectors of that many of the ids, always the same, in an order that says nothing."""
    rng = np.random.default_rng(0)
    chosen = rng.permutation(ids)[:size]
    vectors = np.concatenate([source(chosen[at : at + _BATCH]) for at in range(0, len(chosen), _BATCH)])
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _probes(index: Any, questions: Floats) -> int:
    """How many cells have to be looked through to find `RECALL` of the ten nearest."""
    k = min(10, index.ntotal)
    index.nprobe = index.nlist
    nearest = index.search(questions, k)[1]
    for probes in _ladder(index.nlist):
        index.nprobe = probes
        found = index.search(questions, k)[1]
        hits = sum(len(np.intersect1d(one, other)) for one, other in zip(nearest, found, strict=True))
        if hits >= RECALL * nearest.size:
            return probes
    return int(index.nlist)


def _ladder(most: int) -> list[int]:
    steps = [round(8 * 2 ** (step / 2)) for step in range(64)]
    return [step for step in steps if step < most] + [most]
