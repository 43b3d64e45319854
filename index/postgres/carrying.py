"""An article handed over from another archive, or to another one: see `index.store.carrying`."""

import numpy as np

from index.lives import Gone
from index.postgres import past, stories, versions, words
from index.postgres.database import Connection
from index.postgres.rows import folded, new_numbers, to_numbers, write_article, write_passages
from index.store import Carried
from index.store.carrying import version_values
from index.store.rows import to_microseconds, to_passage
from index.types import StoredArticle

_VERSION = (
    "article_id, version, collection, added_at, ended_at, erased_at, erased_why, url, title, text, publisher, author,"
    " published_at, headings, digest, folded"
)


def read_carried(connection: Connection, after: str, limit: int, dimension: int) -> list[Carried]:
    """The next articles by id, whatever became of them."""
    ids = connection.execute(
        "SELECT id FROM articles WHERE id > %(after)s UNION SELECT article_id FROM versions"
        " WHERE article_id > %(after)s ORDER BY 1 LIMIT %(limit)s",
        {"after": after, "limit": limit},
    ).fetchall()
    return [carried for (one,) in ids if (carried := _read(connection, one, dimension))]


def adopt(connection: Connection, carried: Carried, *, born: int, model: int) -> None:
    """Let the archive keep of the article just that, whatever it kept of it. Within a transaction."""
    article_id = carried.history.article_id
    versions.clear(connection, article_id)
    for version in carried.history.versions:
        if version is not carried.current:
            _insert_version(connection, article_id, version)
    for one in carried.history.withdrawals:
        ended = None if one.ended_at is None else to_microseconds(one.ended_at)
        connection.execute(
            "INSERT INTO withdrawals (article_id, number, withdrawn_at, reason, lasting, ended_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (article_id, *new_numbers(connection, 1), to_microseconds(one.at), one.reason, one.lasting, ended),
        )
    if (current := carried.current) is not None and carried.vectors is not None:
        cut = (carried.passages, carried.vectors, carried.sources)
        write_article(connection, current.article, current.version, current.added_at, passages=len(carried.passages))
        write_passages(connection, current.article, cut, version=current.version, born=born, model=model)
        words.count(connection, article_id, 1)
        stories.place(connection, current.article)


def _insert_version(connection: Connection, article_id: str, version: StoredArticle | Gone) -> None:
    publisher = None if isinstance(version, Gone) else folded(version.article.publisher)
    values = (article_id, *version_values(version), publisher)
    connection.execute(f"INSERT INTO versions ({_VERSION}) VALUES ({', '.join(['%s'] * len(values))})", values)  # noqa: S608


def _read(connection: Connection, article_id: str, dimension: int) -> Carried | None:
    history = past.read_history(connection, article_id)
    if history is None:
        return None
    if Carried(history).current is None:
        return Carried(history)
    found = connection.execute(
        "SELECT id, article_id, start_at, end_at, heading_start, heading_end, vector, source FROM passages"
        " WHERE article_id = %s AND gone IS NULL ORDER BY id",
        (article_id,),
        binary=True,
    ).fetchall()
    vectors = np.array([to_numbers(row[6]) for row in found], np.float32).reshape(len(found), dimension)
    sources = tuple(None if row[7] is None else bytes(row[7]) for row in found)
    return Carried(history, tuple(to_passage(row) for row in found), vectors, sources)
