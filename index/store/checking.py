"""Is everything as it was stored? Each problem is one sentence that says what to run."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.store import generations
from index.store.legs import open_legs
from index.store.past import version_problems
from index.store.rows import Stamp, digest_of, every_article, read_ids, read_stamp
from index.store.stories import story_problems

_UNIT_TOLERANCE = 5e-3  # float16 rounds
_PAGE = 5_000  # vectors looked at together
_RESTORE = "run `pullquote restore FILE` with a backup"
_REBUILD = "run `pullquote rebuild`"


def database_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the truth itself."""
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
    if faults:
        yield f"The database is damaged ({faults[0]}): {_RESTORE}."
        return
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        yield f"The database has passages without an article or vectors without a passage: {_RESTORE}."
    yield from _article_problems(connection)
    yield from version_problems(connection, _RESTORE)
    yield from _vector_problems(connection, read_stamp(connection))
    yield from story_problems(connection)


def leg_problems(connection: sqlite3.Connection, legs: Path) -> Iterator[str]:
    """Where what is searched differs from what is stored."""
    stamp = read_stamp(connection)
    if stamp.manifest is None:
        return
    newest = generations.newest(legs)
    if newest is None:
        yield f"The search legs are missing: {_REBUILD}."
    elif newest.stamp != stamp:
        yield f"The search legs are behind what is stored (unless a writer is at work just now): {_REBUILD}."
    elif (opened := open_legs(newest)) is None:
        yield f"The search legs in {newest.folder} are damaged: {_REBUILD}."
    else:
        ids = read_ids(connection)
        for name, leg in (("dense", opened.dense), ("lexical", opened.lexical)):
            if not np.array_equal(leg.ids, ids):
                yield f"The {name} leg does not hold the passages that are stored: {_REBUILD}."


def _article_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for stored, digest in every_article(connection):
        if digest_of(stored.article) != digest:
            yield f"Article {stored.article.id} is not what was stored: {_RESTORE}, or add it again."
        length = len(stored.article.text)
        beyond = "SELECT id FROM passages WHERE article_id = ? AND (end_at > ? OR heading_end > ?)"
        if connection.execute(beyond, (stored.article.id, length, length)).fetchone() is not None:
            yield f"Article {stored.article.id} has passages beyond the end of its text: {_RESTORE}."


def _vector_problems(connection: sqlite3.Connection, stamp: Stamp) -> Iterator[str]:
    lacking = "SELECT count(*) FROM passages WHERE id NOT IN (SELECT passage_id FROM vectors)"
    without: int = connection.execute(lacking).fetchone()[0]
    if without:
        yield f"{without} passages have no vector: {_RESTORE}."
    articles: int = connection.execute("SELECT count(*) FROM articles").fetchone()[0]
    if stamp.manifest is None:
        if articles:
            yield f"The archive does not say which model its vectors are from: {_RESTORE}."
        return
    size = 2 * stamp.manifest.model.dimension  # bytes
    wrong: int = connection.execute("SELECT count(*) FROM vectors WHERE length(vector) != ?", (size,)).fetchone()[0]
    if wrong:
        yield f"{wrong} vectors do not have {stamp.manifest.model.dimension} dimensions: {_RESTORE}."
    elif not _all_of_unit_length(connection, stamp.manifest.model.dimension):
        yield f"There are vectors that are not of unit length: {_RESTORE}."


def _all_of_unit_length(connection: sqlite3.Connection, dimension: int) -> bool:
    cursor = connection.execute("SELECT vector FROM vectors")
    while page := cursor.fetchmany(_PAGE):
        vectors = np.frombuffer(b"".join(row[0] for row in page), dtype="<f2").reshape(-1, dimension)
        lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
        if not np.all(np.abs(lengths - 1) < _UNIT_TOLERANCE):
            return False
    return True
