"""Rows of the tables to nouns and back. The columns of articles mean what they mean in the embedded archive."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from index.postgres.analysis import as_tsvector, words_of
from index.postgres.database import Connection
from index.store import Manifest
from index.store.rows import article_row, from_json, stored_from, to_json, to_microseconds
from index.store.seals import seal_of
from index.types import Article, Passage, StoredArticle, Vectors

ARTICLE = "id, collection, url, title, text, publisher, author, published_at, headings, version, added_at, digest"
AS_ARTICLE = ARTICLE.replace("id,", "article_id,", 1)  # the same of `versions`
_PAGE = 200  # articles read at a time: their texts are in memory together
_STORY = "(SELECT story FROM stories WHERE stories.article_id = articles.id)"
SEALED = (
    "article_id, id, version, start_at, end_at, heading_start, heading_end, collection, folded, published_at, source"
)
_PASSAGE = f"{SEALED}, born, model, vector, words, body_words, title_words, seal"  # in the order of `_passage_rows`


@dataclass(frozen=True, slots=True)
class State:
    """What the archive is at: the publication that is found now, and what it was built with."""

    publication: int  # counts from 0, which holds nothing
    manifest: Manifest | None  # None: nothing was written yet
    model: int  # the number of the manifest: which vectors can be compared
    pending: bool  # something was stored that the publication does not show


def read_state(connection: Connection) -> State:
    """The state now."""
    meta: dict[str, str] = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    manifest = from_json(meta["manifest"]) if "manifest" in meta else None
    return State(int(meta.get("publication", "0")), manifest, int(meta.get("model", "0")), "pending" in meta)


def write_meta(connection: Connection, **values: str) -> None:
    """Set values of the table `meta`."""
    for key, value in values.items():
        connection.execute(
            "INSERT INTO meta VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value", (key, value)
        )


def write_manifest(connection: Connection, manifest: Manifest, model: int) -> None:
    """From now on the archive is built with this."""
    write_meta(connection, manifest=to_json(manifest), model=str(model))


def one(connection: Connection, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...]:
    """The only row of a query that has just one."""
    row = connection.execute(query, values).fetchone()
    if row is None:
        raise LookupError(query)
    return row


def new_numbers(connection: Connection, count: int) -> list[int]:
    """Numbers that were never dealt out, ascending."""
    rows = connection.execute("SELECT nextval('numbers') FROM generate_series(1, %s)", (count,)).fetchall()
    return sorted(row[0] for row in rows)


def read_articles(
    connection: Connection, where: str, values: Sequence[Any], limit: int | None = None
) -> list[StoredArticle]:
    """Articles that meet the condition, in id order. `where` is SQL of this package, never input."""
    rows = connection.execute(
        f"SELECT {ARTICLE}, {_STORY} FROM articles WHERE {where} ORDER BY id LIMIT %s",  # noqa: S608 - of this package
        (*values, limit),
    )
    return [replace(stored_from(row[:-1]), story=row[-1] or row[0]) for row in rows]


def articles_after(connection: Connection, last: str) -> list[StoredArticle]:
    """The page of articles that follows on this id; empty at the end."""
    return read_articles(connection, "id > %s", (last,), _PAGE)


def folded(publisher: str | None) -> str | None:
    """As filters compare names of publishers."""
    return None if publisher is None else publisher.casefold()


def write_article(connection: Connection, article: Article, version: int, added_at: datetime, *, passages: int) -> None:
    """Let this be the current version of the article."""
    row = (*article_row(article, version, added_at), folded(article.publisher), passages)
    columns = [*ARTICLE.split(", "), "folded", "passages"]
    changed = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns[1:])
    connection.execute(
        f"INSERT INTO articles ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(row))})"  # noqa: S608 - of this file
        f" ON CONFLICT (id) DO UPDATE SET {changed}",
        row,
    )


def write_passages(
    connection: Connection,
    article: Article,
    rows: tuple[Sequence[Passage], Vectors, Sequence[bytes | None] | None],
    *,
    version: int,
    born: int,
    model: int,
) -> None:
    """Write passages with their vectors and the sha256 of what was encoded, row for row."""
    passages = rows[0]
    if not passages:
        return
    ids = new_numbers(connection, len(passages))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO passages ({_PASSAGE}) VALUES"  # noqa: S608 - of this file
            f" ({', '.join(['%s'] * 13)}, %s::halfvec, %s::tsvector, %s, %s, %s)",
            _passage_rows(article, rows, ids, (version, born, model)),
        )


def _passage_rows(
    article: Article,
    rows: tuple[Sequence[Passage], Vectors, Sequence[bytes | None] | None],
    ids: Sequence[int],
    numbers: tuple[int, int, int],
) -> Iterator[tuple[Any, ...]]:
    passages, vectors, sources = rows
    version, born, model = numbers
    halves = vectors.astype("<f2")
    of_title = words_of(article.title)
    published = None if article.published_at is None else to_microseconds(article.published_at)
    for number, passage, half, source in zip(ids, passages, halves, sources or [None] * len(passages), strict=True):
        heading = (passage.heading.start, passage.heading.end) if passage.heading else (None, None)
        sealed = (
            *(article.id, number, version, passage.start, passage.end, *heading),
            *(article.collection, folded(article.publisher), published, source),
        )
        of_body = words_of(article.text[passage.start : passage.end])
        seal = seal_of((*sealed, half.tobytes()))
        yield (
            *sealed,
            born,
            model,
            HalfVector(half),
            as_tsvector(of_body, of_title),
            len(of_body),
            len(of_title),
            seal,
        )


def read_known(connection: Connection, sources: Iterable[bytes], model: int) -> dict[bytes, NDArray[np.float32]]:
    """The vectors there are of texts with these sha256."""
    rows = connection.execute(
        "SELECT DISTINCT ON (source) source, vector FROM passages WHERE source = ANY (%s) AND model = %s"
        " ORDER BY source, id",
        (list(sources), model),
        binary=True,
    )
    return {bytes(row[0]): to_numbers(row[1]) for row in rows}


def to_numbers(vector: HalfVector) -> NDArray[np.float32]:
    """The vector in NumPy."""
    return vector.to_numpy().astype(np.float32)
