"""Is everything as it was stored? Each problem is one sentence that says what to run."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.store import generations
from index.store.dense import Dense
from index.store.legs import open_legs
from index.store.past import version_problems
from index.store.rows import Stamp, digest_of, every_article, read_ids, read_stamp, read_vectors
from index.store.schema import tables_that_differ
from index.store.seals import broken_seals
from index.store.stories import story_problems

_UNIT_TOLERANCE = 5e-3  # float16 rounds
_PAGE = 5_000  # vectors looked at together
_RESTORE = "run `pullquote restore FILE` with a backup"
_REBUILD = "run `pullquote rebuild`"
_NAMED = 3  # articles named in one sentence
_ARTICLE_OF = {
    "articles": "SELECT id FROM articles WHERE id = ?",
    "passages": "SELECT id FROM articles WHERE id = (SELECT article_id FROM passages WHERE id = ?)",
    "vectors": "SELECT article_id FROM passages WHERE id = ? AND article_id IN (SELECT id FROM articles)",
}


def database_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with the truth itself."""
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
    if faults:
        yield f"The database is damaged ({faults[0]}): {_RESTORE}."
        return
    if differing := tables_that_differ(connection):
        yield f"The tables of the database are not as they were made ({', '.join(differing)}): {_RESTORE}."
        return
    broken = dict(broken_seals(connection))
    yield from _seal_problems(connection, broken)
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        yield f"The database has passages without an article or vectors without a passage: {_RESTORE}."
    try:
        yield from _article_problems(connection)
        yield from version_problems(connection, _RESTORE)
        yield from _vector_problems(connection, read_stamp(connection))
        yield from story_problems(connection)
    except (sqlite3.OperationalError, ValueError, KeyError, TypeError) as error:  # what was read makes no sense
        yield f"The database holds what cannot be read ({error}): {_RESTORE}."


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
    elif not newest.is_whole(afresh=True) or (opened := open_legs(newest)) is None:
        yield f"The search legs in {newest.folder} are damaged: {_REBUILD}."
    else:
        ids = read_ids(connection)
        for name, leg in (("dense", opened.dense), ("lexical", opened.lexical)):
            if not np.array_equal(leg.ids, ids):
                yield f"The {name} leg does not hold the passages that are stored: {_REBUILD}."
                return
        if not _same_vectors(connection, opened.dense, stamp.manifest.model.dimension):
            yield f"The dense leg does not hold the vectors that are stored: {_REBUILD}."


def _seal_problems(connection: sqlite3.Connection, broken: dict[str, list[Any]]) -> Iterator[str]:
    """Rows that are not as they were sealed: of an article, or of the archive as a whole."""
    for kind, keys in broken.items():
        articles = sorted(set(_articles_of(connection, kind, keys)))
        if not articles:
            yield f"{len(keys)} rows of the table {kind} are not as they were stored: {_RESTORE}."
            continue
        named = ", ".join(articles[:_NAMED]) + (" and others" if len(articles) > _NAMED else "")
        yield (
            f"{len(keys)} rows of the table {kind} are not as they were stored, those of {named}: {_RESTORE}, or "
            f"`pullquote remove {' '.join(articles[:_NAMED])}` and add them again."
        )


def _articles_of(connection: sqlite3.Connection, kind: str, keys: list[Any]) -> Iterator[str]:
    """The articles that the rows belong to, where that can still be told."""
    if kind not in _ARTICLE_OF:
        return
    for key in keys:
        yield from (str(row[0]) for row in connection.execute(_ARTICLE_OF[kind], (key,)))


def _article_problems(connection: sqlite3.Connection) -> Iterator[str]:
    for stored, digest in every_article(connection):
        if digest_of(stored.article) != digest:
            again = f"`pullquote remove {stored.article.id}` and add it again"
            yield f"Article {stored.article.id} is not what was stored: {_RESTORE}, or {again}."
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


def _same_vectors(connection: sqlite3.Connection, dense: Dense, dimension: int) -> bool:
    ids = dense.ids
    pages = (ids[start : start + _PAGE] for start in range(0, len(ids), _PAGE))
    return all(np.array_equal(dense.vectors(page), read_vectors(connection, page, dimension)[1]) for page in pages)
