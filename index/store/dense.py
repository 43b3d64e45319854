"""The dense leg: a large index that is rarely written, beside it what came since, and what of it is gone.

dense/base.faiss       a hard link to that of the publication before, as long as little has changed
      recent.faiss     exact, a few thousand vectors at most
      gone.npy         ids in the base that must not be found any more
"""

from pathlib import Path

import numpy as np

from index.store.generations import link_file
from index.store.nearest import Among, Floats, Ids, Nearest, Source
from index.store.ranking import Scored

_BASE, _RECENT, _GONE = "base.faiss", "recent.faiss", "gone.npy"
_FEW = 1_000  # changes beside the base, or a tenth of it, ...
_MANY = 10_000  # ... but no more than these, of which each costs a comparison in every search
_SHARE = 0.1


class Dense:
    """Vectors by passage id, as they were published. Safe to search from many threads."""

    def __init__(self, base: Nearest, recent: Nearest, gone: Ids) -> None:
        self._base, self._recent, self._gone = base, recent, gone
        self._left = Among(np.setdiff1d(base.ids, gone, assume_unique=True)) if len(gone) else None

    @classmethod
    def read(cls, folder: Path) -> "Dense":
        """What `write_dense` wrote; the vectors stay on the disk.

        Raises:
            OSError, ValueError: it cannot be read.
        """
        return cls(Nearest.read(folder / _BASE), Nearest.read(folder / _RECENT), np.load(folder / _GONE))

    @classmethod
    def of(cls, dimension: int, ids: Ids, source: Source) -> "Dense":
        """In memory."""
        return cls(Nearest.build(dimension, ids, source), Nearest.build(dimension, ids[:0], source), ids[:0])

    @property
    def ids(self) -> Ids:
        """Passage ids, ascending."""
        return np.union1d(np.setdiff1d(self._base.ids, self._gone, assume_unique=True), self._recent.ids)

    def vectors(self, ids: Ids) -> Floats:
        """The vectors under these ids, of shape (len(ids), dimension)."""
        recent = np.isin(ids, self._recent.ids)
        found = np.empty((len(ids), self._base.dimension), np.float32)
        found[recent], found[~recent] = self._recent.vectors(ids[recent]), self._base.vectors(ids[~recent])
        return found

    def search(self, vector: Floats, k: int, among: Among | None) -> list[Scored]:
        """The k best (passage id, inner product), best first, ties by id; `among` None: all may be ranked.

        `among` names none that is gone.

        Raises:
            ValueError: the vector has another dimension.
        """
        old = self._base.search(vector, k, among or self._left)
        new = self._recent.search(vector, k, among)
        return sorted([*old, *new], key=lambda scored: (-scored[1], scored[0]))[:k] if new else old


def write_dense(folder: Path, previous: Path | None, dimension: int, ids: Ids, source: Source) -> None:
    """Write the leg that holds just these ids into a new folder, out of the previous one as far as that serves.

    Raises:
        OSError: the disk is full, or fails.
        ValueError: the previous one cannot be read.
    """
    folder.mkdir()
    gone = new = ids[:0]
    base = None if previous is None else Nearest.read(previous / _BASE)
    if previous is None or base is None or not base.suits(len(ids)):
        Nearest.build(dimension, ids, source).write(folder / _BASE)
    else:
        gone, new = np.setdiff1d(base.ids, ids, assume_unique=True), np.setdiff1d(ids, base.ids, assume_unique=True)
        if len(gone) + len(new) <= max(_FEW, min(_MANY, _SHARE * len(base))):
            link_file(previous / _BASE, folder / _BASE)
        else:
            base = Nearest.read(previous / _BASE, mapped=False)
            base.change(gone, new, source)
            base.write(folder / _BASE)
            gone = new = ids[:0]
    Nearest.build(dimension, new, source).write(folder / _RECENT)
    np.save(folder / _GONE, gone)
