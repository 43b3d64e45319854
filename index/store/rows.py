"""Rows of the tables to nouns and back."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ArchiveStale
from index.types import Article, ModelId, Passage, Span, StoredArticle, sha256

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ARTICLE = "id, collection, url, title, text, publisher, author, published_at, headings, version, added_at, digest"
_PAGE = 200  # articles read at a time: their texts are in memory together


@dataclass(frozen=True, slots=True)
class Manifest:
    """What has to be equal for new passages to fit the old: the encoder, and the rules passages are cut by."""

    model: ModelId
    passage_rules: str

    def describe(self) -> str:
        """For messages: the model, enough of its revision to tell two apart, and the rules."""
        return f"model {self.model.name} ({self.model.revision[:12]}) and passage rules {self.passage_rules}"

    def require(self, stored: "Manifest | None") -> None:
        """Let an archive pass that was built with this, or with nothing yet.

        Raises:
            ArchiveStale: it was built with something else; the message says what to run.
        """
        if stored not in (None, self):
            raise ArchiveStale(
                f"The archive was built with {stored.describe()}, the settings name {self.describe()}: "
                "run `pullquote rebuild`, or set PULLQUOTE_MODEL back."
            )


@dataclass(frozen=True, slots=True)
class Stamp:
    """The moment of the truth that something was derived from.

    Within one `lineage` a passage id means one passage for ever. `state` is another one after every commit.
    """

    lineage: str
    state: str
    manifest: Manifest | None  # None: nothing was written yet


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage with the article it is cut from, as stored at the moment of reading."""

    passage_id: int
    stored: StoredArticle
    passage: Passage


def digest_of(article: Article) -> str:
    """Sha256 over all fields of the article: equal digests mean that nothing that was read has changed."""
    published = None if article.published_at is None else to_microseconds(article.published_at)
    fields = [article.collection, article.url, article.title, article.text, article.publisher, article.author]
    return sha256(json.dumps([*fields, published, _spans(article)], ensure_ascii=False, separators=(",", ":")))


def to_microseconds(moment: datetime) -> int:
    """Since 1970 in UTC, exact.

    Raises:
        ValueError: the time has no zone, or lies outside the years 1 to 9999 in UTC.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment}")
    try:
        return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND
    except OverflowError as error:
        raise ValueError(f"a time outside the years 1 to 9999 in UTC cannot be stored: {moment}") from error


def to_moment(microseconds: int) -> datetime:
    """The inverse of `to_microseconds`."""
    return _EPOCH + microseconds * _MICROSECOND


def article_row(article: Article, version: int, added_at: datetime) -> tuple[Any, ...]:
    """The values of `_ARTICLE`, in that order."""
    published = None if article.published_at is None else to_microseconds(article.published_at)
    return (
        *(article.id, article.collection, article.url, article.title, article.text, article.publisher, article.author),
        *(published, json.dumps(_spans(article), separators=(",", ":")), version, to_microseconds(added_at)),
        digest_of(article),
    )


def insert_article(connection: sqlite3.Connection, article: Article, version: int, added_at: datetime) -> None:
    """Write the article where none stands under its id."""
    row = article_row(article, version, added_at)
    connection.execute(f"INSERT INTO articles ({_ARTICLE}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - no input in it


def insert_passages(
    connection: sqlite3.Connection,
    article_id: str,
    passages: Sequence[Passage],
    vectors: NDArray[np.float32],
    sources: Sequence[bytes | None] | None = None,
) -> None:
    """Write passages with their vectors and the sha256 of what was encoded, row for row."""
    halves = vectors.astype("<f2")
    for passage, half, source in zip(passages, halves, sources or [None] * len(passages), strict=True):
        heading = (passage.heading.start, passage.heading.end) if passage.heading else (None, None)
        cursor = connection.execute(
            "INSERT INTO passages (article_id, start_at, end_at, heading_start, heading_end) VALUES (?, ?, ?, ?, ?)",
            (article_id, passage.start, passage.end, *heading),
        )
        connection.execute("INSERT INTO vectors VALUES (?, ?, ?)", (cursor.lastrowid, half.tobytes(), source))


def read_known(
    connection: sqlite3.Connection, sources: Iterable[bytes], dimension: int
) -> dict[bytes, NDArray[np.float32]]:
    """The vectors there are of texts with these sha256."""
    one = "SELECT vector FROM vectors WHERE source = ? LIMIT 1"
    rows = {source: connection.execute(one, (source,)).fetchone() for source in sources}
    known = {source: np.frombuffer(row[0], "<f2").astype(np.float32) for source, row in rows.items() if row}
    return {source: vector for source, vector in known.items() if vector.shape == (dimension,)}


def read_stamp(connection: sqlite3.Connection) -> Stamp:
    """What the truth is at now."""
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    return Stamp(meta["lineage"], meta["state"], from_json(meta["manifest"]) if "manifest" in meta else None)


def write_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Set one value of the table `meta`."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
    )


def to_json(manifest: Manifest) -> str:
    """The manifest as one line."""
    return json.dumps(asdict(manifest), sort_keys=True)


def from_json(line: str) -> Manifest:
    """The inverse of `to_json`."""
    fields = json.loads(line)
    return Manifest(model=ModelId(**fields["model"]), passage_rules=fields["passage_rules"])


def read_articles(connection: sqlite3.Connection, where: str, values: Sequence[Any]) -> list[StoredArticle]:
    """Articles that meet the condition, in id order. `where` is SQL of this package, never input."""
    return [stored for stored, _ in _read_with_digest(connection, where, values)]


def every_article(connection: sqlite3.Connection) -> Iterator[tuple[StoredArticle, str]]:
    """All articles with the digest stored beside them, in id order, a page at a time."""
    last = ""
    while page := articles_after(connection, last):
        yield from page
        last = page[-1][0].article.id


def articles_after(connection: sqlite3.Connection, last: str) -> list[tuple[StoredArticle, str]]:
    """The page of articles that follows on this id, with the digests stored beside them; empty at the end."""
    return _read_with_digest(connection, "id > ?", (last,), limit=_PAGE)


def read_found(connection: sqlite3.Connection, passage_ids: Sequence[int]) -> list[FoundPassage]:
    """Passages in the order asked; ids that are no more are left out."""
    rows = connection.execute(
        "SELECT id, article_id, start_at, end_at, heading_start, heading_end FROM passages"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (_json_ids(passage_ids),),
    ).fetchall()
    wanted = json.dumps(sorted({row[1] for row in rows}))
    articles = {
        stored.article.id: stored
        for stored in read_articles(connection, "id IN (SELECT value FROM json_each(?))", (wanted,))
    }
    found = {row[0]: FoundPassage(row[0], articles[row[1]], to_passage(row)) for row in rows}
    return [found[passage_id] for passage_id in passage_ids if passage_id in found]


def read_ids(connection: sqlite3.Connection) -> NDArray[np.int64]:
    """The ids of all passages, ascending."""
    return read_owners(connection)[0]


def read_owners(connection: sqlite3.Connection) -> tuple[NDArray[np.int64], list[str], NDArray[np.int64]]:
    """The ids of all passages, ascending; the ids of the articles that have some; whose each passage is, by position.

    Those of one article were nearly always stored in one go: it is told by its first and its last, not one by one.
    """
    ranges = connection.execute(
        "SELECT article_id, min(id), max(id), count(*) FROM passages GROUP BY article_id"
    ).fetchall()
    first, last, count = (np.array([row[column] for row in ranges], dtype=np.int64) for column in (1, 2, 3))
    owners, starts = np.repeat(np.arange(len(ranges)), count), np.cumsum(count) - count
    ids = np.arange(len(owners)) + np.repeat(first - starts, count)
    for apart in np.flatnonzero(last - first + 1 != count).tolist():
        rows = connection.execute("SELECT id FROM passages WHERE article_id = ? ORDER BY id", (ranges[apart][0],))
        ids[starts[apart] : starts[apart] + count[apart]] = [row[0] for row in rows]
    order = np.argsort(ids, kind="stable")
    return ids[order], [row[0] for row in ranges], owners[order]


def read_vectors(
    connection: sqlite3.Connection, passage_ids: NDArray[np.int64], dimension: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Ids, ascending, and vectors of shape (len(ids), dimension) of the passages named."""
    rows = connection.execute(
        "SELECT passage_id, vector FROM vectors WHERE passage_id IN (SELECT value FROM json_each(?))"
        " ORDER BY passage_id",
        (_json_ids(passage_ids.tolist()),),
    ).fetchall()
    vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f2").reshape(len(rows), dimension)
    return np.array([row[0] for row in rows], dtype=np.int64), vectors.astype(np.float32)


def read_texts(connection: sqlite3.Connection, passage_ids: NDArray[np.int64]) -> Iterator[tuple[int, Article, str]]:
    """(passage id, its article, its text) of the passages named, ascending by id."""
    rows = connection.execute(
        "SELECT id, article_id, start_at, end_at FROM passages WHERE id IN (SELECT value FROM json_each(?))"
        " ORDER BY id",
        (_json_ids(passage_ids.tolist()),),
    ).fetchall()
    article = None
    for passage_id, article_id, start, end in rows:
        if article is None or article.id != article_id:  # passages of one article stand together: read it once
            article = read_articles(connection, "id = ?", (article_id,))[0].article
        yield passage_id, article, article.text[start:end]


def _read_with_digest(
    connection: sqlite3.Connection, where: str, values: Sequence[Any], *, limit: int = -1
) -> list[tuple[StoredArticle, str]]:
    story = "(SELECT story FROM stories WHERE article_id = articles.id)"
    rows = connection.execute(
        f"SELECT {_ARTICLE}, {story} FROM articles WHERE {where} ORDER BY id LIMIT {limit}",  # noqa: S608 - all this package's own
        values,
    )
    return [(replace(stored_from(row[:-1]), story=row[-1] or row[0]), row[-2]) for row in rows]


def stored_from(row: Sequence[Any]) -> StoredArticle:
    """The inverse of `article_row`."""
    _, collection, url, title, text, publisher, author, published, headings, version, added_at, _ = row
    article = Article(
        url=url,
        title=title,
        text=text,
        publisher=publisher,
        author=author,
        published_at=None if published is None else to_moment(published),
        headings=tuple(Span(start, end) for start, end in json.loads(headings)),
        collection=collection,
    )
    return StoredArticle(article=article, version=version, added_at=to_moment(added_at))


def to_passage(row: Sequence[Any]) -> Passage:
    """From the columns id, article_id, start_at, end_at, heading_start and heading_end."""
    heading = None if row[4] is None else Span(row[4], row[5])
    return Passage(row[2], row[3], heading)


def _spans(article: Article) -> list[tuple[int, ...]]:
    return [astuple(span) for span in article.headings]


def _json_ids(passage_ids: Iterable[int]) -> str:
    return json.dumps([int(passage_id) for passage_id in passage_ids])
