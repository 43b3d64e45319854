"""An article as one archive hands it over to another: everything that is kept of it, nothing encoded anew."""

import sqlite3
from dataclasses import dataclass, field, replace

import numpy as np

from index.lives import Gone, History
from index.store import past, rows, stories
from index.store.rows import article_row, digest_of, to_microseconds
from index.types import Passage, StoredArticle, Vectors

_KEPT = "url, title, text, publisher, author, published_at, headings"


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """All versions and withdrawals, and of the current version the passages with their vectors."""

    history: History
    passages: tuple[Passage, ...] = ()
    vectors: Vectors | None = field(default=None, repr=False)  # of the passages; None where none is current
    sources: tuple[bytes | None, ...] = ()

    @property
    def current(self) -> StoredArticle | None:
        """The version that is found, unless the article is withdrawn or removed.

        After a restore it need not be the last one: numbers that were dealt out since the backup stay taken.
        """
        kept = (one for one in self.history.versions if isinstance(one, StoredArticle))
        return next((one for one in kept if one.replaced_at is None), None)

    def same(self, other: "Carried") -> bool:
        """Whether both archives keep the very same, but for the story that it is in, which is found out anew."""
        mine, yours = (_without_story(one.history) for one in (self, other))
        cut = (self.passages, self.sources) == (other.passages, other.sources)
        return mine == yours and cut and _equal(self.vectors, other.vectors)


def read_carried(connection: sqlite3.Connection, after: str, limit: int, dimension: int) -> list[Carried]:
    """The next articles by id, whatever became of them."""
    ids = connection.execute(
        "SELECT id FROM articles WHERE id > ?1 UNION SELECT article_id FROM versions WHERE article_id > ?1"
        " ORDER BY 1 LIMIT ?2",
        (after, limit),
    ).fetchall()
    return [carried for (one,) in ids if (carried := _read(connection, one, dimension))]


def adopt(connection: sqlite3.Connection, carried: Carried) -> None:
    """Let the archive keep of the article just that, whatever it kept of it. Within a transaction."""
    article_id = carried.history.article_id
    stories.leave(connection, [article_id])
    for table, key in (("articles", "id"), ("versions", "article_id"), ("withdrawals", "article_id")):
        connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (article_id,))  # noqa: S608 - names of ours
    for version in carried.history.versions:
        if version is not carried.current:
            _insert_version(connection, version)
    for one in carried.history.withdrawals:
        ended = None if one.ended_at is None else to_microseconds(one.ended_at)
        connection.execute(
            "INSERT INTO withdrawals (article_id, withdrawn_at, reason, lasting, ended_at) VALUES (?, ?, ?, ?, ?)",
            (article_id, to_microseconds(one.at), one.reason, int(one.lasting), ended),
        )
    if (current := carried.current) is not None and carried.vectors is not None:
        rows.insert_article(connection, current.article, current.version, current.added_at)
        rows.insert_passages(connection, article_id, carried.passages, carried.vectors, carried.sources)
        stories.place(connection, [current.article])


def version_values(version: StoredArticle | Gone) -> tuple[object, ...]:
    """Number, collection, three moments, why it was erased, what is kept (NULLs where nothing is), and its digest."""
    if isinstance(version, Gone):
        at = to_microseconds(version.at)
        return (version.version, version.collection, at, at, at, version.reason, *[None] * 7, None)
    ended = to_microseconds(version.replaced_at or version.added_at)
    kept = article_row(version.article, version.version, version.added_at)[2:9]
    moments = (to_microseconds(version.added_at), ended, None)
    return (version.version, version.article.collection, *moments, "", *kept, digest_of(version.article))


def _insert_version(connection: sqlite3.Connection, version: StoredArticle | Gone) -> None:
    article_id = version.article_id if isinstance(version, Gone) else version.article.id
    values = (article_id, *version_values(version))
    connection.execute(
        "INSERT INTO versions (article_id, version, collection, added_at, ended_at, erased_at, erased_why,"  # noqa: S608
        f" {_KEPT}, digest) VALUES ({', '.join('?' * len(values))})",
        values,
    )


def _read(connection: sqlite3.Connection, article_id: str, dimension: int) -> Carried | None:
    history = past.read_history(connection, article_id)
    if history is None:
        return None
    if Carried(history).current is None:
        return Carried(history)
    found = connection.execute(
        "SELECT id, article_id, start_at, end_at, heading_start, heading_end, vector, source FROM passages"
        " JOIN vectors ON passage_id = id WHERE article_id = ? ORDER BY id",
        (article_id,),
    ).fetchall()
    vectors = np.frombuffer(b"".join(row[6] for row in found), "<f2").reshape(len(found), dimension)
    passages = tuple(rows.to_passage(row) for row in found)
    return Carried(history, passages, vectors.astype(np.float32), tuple(row[7] for row in found))


def _without_story(history: History) -> History:
    versions = (one if isinstance(one, Gone) else replace(one, story="") for one in history.versions)
    return replace(history, versions=tuple(versions))


def _equal(mine: Vectors | None, yours: Vectors | None) -> bool:
    if mine is None or yours is None:
        return mine is yours
    return np.array_equal(mine, yours)
