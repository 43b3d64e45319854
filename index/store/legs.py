"""Both legs brought to the truth. Nothing is encoded here: vectors and texts come from SQLite.

Passage ids are never reused within a lineage, and what stands under an id never changes. So what a leg lacks and what
it has too much is a difference of two sets of ids, whatever happened in between.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.store import generations
from index.store.dense import Dense, write_dense
from index.store.generations import Generation
from index.store.lexical import Lexical, change_index, create_index, open_index
from index.store.nearest import Source
from index.store.rows import Stamp, read_ids, read_stamp, read_texts, read_vectors
from index.types import Article

_BATCH = 5_000  # passages read at a time
# BM25 goes on counting deleted passages until their segment is merged: past this share of them the lexical leg is
# built from scratch, so that scores stay near those of a fresh one.
_REMOVED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Legs:
    """The two legs of one generation, open for searching."""

    dense: Dense
    lexical: Lexical


def open_legs(generation: Generation) -> Legs | None:
    """The legs of a generation; None when a byte of it is missing or wrong."""
    if not generation.is_whole():
        return None
    try:
        return Legs(Dense.read(generation.dense), open_lexical(generation.lexical))
    except (OSError, ValueError):  # gone or changed since it was looked at
        return None


def open_lexical(folder: Path) -> Lexical:
    """The lexical leg, also where nothing may be written.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    try:
        return Lexical(open_index(folder))
    except (OSError, ValueError):  # tantivy wants to create a lock file even for reading: let it do so elsewhere
        with tempfile.TemporaryDirectory(prefix="pullquote-") as elsewhere:
            for file in folder.iterdir():
                if file.suffix != ".lock":
                    (Path(elsewhere) / file.name).symlink_to(file.absolute())
            return Lexical(open_index(Path(elsewhere)))


def legs_in_memory(connection: sqlite3.Connection, dimension: int) -> Legs:
    """Legs of this very moment, for a reader that finds none and may not write any."""
    ids = read_ids(connection)
    index = create_index(None)
    change_index(index, _NOTHING, _texts(connection, ids))
    return Legs(Dense.of(dimension, ids, _vectors(connection, dimension)), Lexical(index))


def is_current(legs: Path, stamp: Stamp) -> bool:
    """The newest generation is of this state of the truth, and at a quick look all of it is there."""
    newest = generations.newest(legs)
    return newest is not None and newest.stamp == stamp and newest.has_all_files()


def serves(generation: Generation, stamp: Stamp) -> bool:
    """Its ids and vectors mean what those of the truth mean, though it may lag behind."""
    return (generation.stamp.lineage, generation.stamp.manifest) == (stamp.lineage, stamp.manifest)


def is_sound(legs: Path, stamp: Stamp) -> bool:
    """As `is_current`, and every byte of it is as it was written."""
    newest = generations.newest(legs)
    return newest is not None and newest.stamp == stamp and newest.is_whole()


def publish(legs: Path, connection: sqlite3.Connection, *, from_scratch: bool = False) -> None:
    """Make both legs what the connection sees, visible at once. The caller holds the writer lock."""
    building = build(legs, connection, from_scratch=from_scratch)
    if building is not None:
        generations.reveal(building)


def build(legs: Path, connection: sqlite3.Connection, *, from_scratch: bool = False) -> Path | None:
    """Build and seal the next generation out of what the connection sees; the caller reveals it.

    Returns None when nothing was ever written. The caller holds the writer lock.
    """
    stamp = read_stamp(connection)
    if stamp.manifest is None:
        return None
    base = None if from_scratch else _base(legs, stamp)
    building = generations.begin(legs)
    try:
        ids, dimension = read_ids(connection), stamp.manifest.model.dimension
        previous = None if base is None else base.dense
        write_dense(building / generations.DENSE, previous, dimension, ids, _vectors(connection, dimension))
        removed = _build_lexical(connection, base, ids, building / generations.LEXICAL)
        generations.seal(building, stamp, removed)
    except BaseException:
        generations.discard(building)
        raise
    return building


_NOTHING: NDArray[np.int64] = np.empty(0, dtype=np.int64)


def _base(legs: Path, stamp: Stamp) -> Generation | None:
    """What the next generation can start from: the newest, if it is of this archive and whole."""
    newest = generations.newest(legs)
    return newest if newest is not None and serves(newest, stamp) and newest.is_whole() else None


def _vectors(connection: sqlite3.Connection, dimension: int) -> Source:
    def read(ids: NDArray[np.int64]) -> NDArray[np.float32]:
        there, vectors = read_vectors(connection, ids, dimension)
        return vectors[np.searchsorted(there, ids)]

    return read


def _build_lexical(
    connection: sqlite3.Connection, base: Generation | None, ids: NDArray[np.int64], folder: Path
) -> int:
    """Write the lexical leg; returns how many deletions it has seen since it was built from scratch."""
    if base is not None:
        there = Dense.read(base.dense).ids  # both legs hold the same: asking this one is faster
        gone = np.setdiff1d(there, ids, assume_unique=True)
        removed = base.removed + len(gone)
        if removed <= _REMOVED_SHARE * len(ids):
            generations.link_files(base.lexical, folder)
            new = np.setdiff1d(ids, there, assume_unique=True)
            change_index(open_index(folder), gone, _texts(connection, new))
            return removed
    folder.mkdir()
    change_index(create_index(folder), _NOTHING, _texts(connection, ids))
    return 0


def _texts(connection: sqlite3.Connection, ids: NDArray[np.int64]) -> Iterator[tuple[int, Article, str]]:
    for batch in _batches(ids):
        yield from read_texts(connection, batch)


def _batches(ids: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
