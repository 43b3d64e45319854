"""What a rebuild with another model or other passage rules has done so far, in a file beside the archive.

The archive is not touched until all is there: it answers, and is written, as before. A rebuild that was stopped, in
whatever way, goes on from here.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import ArchiveDamaged, ArchiveLocked
from index.store.database import transaction
from index.store.faults import explained
from index.store.lock import rebuild_lock
from index.store.rows import Manifest, digest_of, to_json
from index.store.seals import seal_of
from index.store.writer import Anew
from index.types import Article, Passage, Span, StoredArticle

_FILE = "rebuild.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (manifest TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cut (
    article_id TEXT PRIMARY KEY, digest TEXT NOT NULL, -- of the article that was cut, see rows.py
    passages TEXT NOT NULL, -- JSON: [[start, end, heading start, heading end, sha256 of what was encoded], ...]
    seal BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS encoded (source BLOB PRIMARY KEY, vector BLOB NOT NULL, seal BLOB NOT NULL) STRICT;
"""


class Draft:
    """Passages and vectors of the articles as they are cut and encoded anew. For one thread."""

    def __init__(self, connection: sqlite3.Connection, folder: Path, dimension: int) -> None:
        self._connection = connection
        self._folder = folder
        self._dimension = dimension

    def has(self, article: Article) -> bool:
        """Whether the article, just as it is, is cut and encoded."""
        with self._explained():
            row = self._connection.execute("SELECT digest FROM cut WHERE article_id = ?", (article.id,)).fetchone()
        return row is not None and row[0] == digest_of(article)

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are of texts with these sha256."""
        with self._explained():
            found = {source: self._vector(source) for source in sources}
        return {source: vector for source, vector in found.items() if vector is not None}

    def put(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage], Sequence[bytes]]],
        vectors: Mapping[bytes, NDArray[np.float32]],
    ) -> None:
        """Keep articles as they were cut, with the sha256 of what was encoded of each passage, and its vector."""
        with self._explained(), transaction(self._connection):
            for source, vector in vectors.items():
                raw = vector.astype("<f2").tobytes()
                row = (source, raw, seal_of((source, raw)))
                self._connection.execute("INSERT OR REPLACE INTO encoded VALUES (?, ?, ?)", row)
            for article, passages, sources in batch:
                cut = (article.id, digest_of(article), _to_json(passages, sources))
                self._connection.execute("INSERT OR REPLACE INTO cut VALUES (?, ?, ?, ?)", (*cut, seal_of(cut)))

    def rows(self, articles: Iterable[StoredArticle]) -> Iterator[Anew]:
        """What is to stand in the archive for each of the articles, all of which are cut and encoded.

        Raises:
            ArchiveDamaged: what was kept is not what was written; it is thrown away, and the archive is as it was.
        """
        for stored in articles:
            with self._explained():
                passages, sources = self._cut(stored.article.id)
                vectors = [self._vector(source) for source in sources]
            if any(vector is None for vector in vectors):
                raise self._damaged()
            yield stored.article.id, passages, np.array(vectors, np.float32).reshape(-1, self._dimension), sources

    def _cut(self, article_id: str) -> tuple[list[Passage], list[bytes]]:
        row = self._connection.execute("SELECT * FROM cut WHERE article_id = ?", (article_id,)).fetchone()
        if row is None or seal_of(row[:3]) != row[3]:
            raise self._damaged()
        return _from_json(row[2])

    def _vector(self, source: bytes) -> NDArray[np.float32] | None:
        one = "SELECT vector, seal FROM encoded WHERE source = ?"
        row = self._connection.execute(one, (source,)).fetchone()
        if row is None or seal_of((source, row[0])) != row[1] or len(row[0]) != 2 * self._dimension:
            return None
        return np.frombuffer(row[0], "<f2").astype(np.float32)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with explained(self._folder):
            try:
                yield
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as error:
                raise self._damaged() from error

    def _damaged(self) -> ArchiveDamaged:
        _unlink(self._folder)
        return ArchiveDamaged(
            f"What the rebuild had kept in {self._folder / _FILE} was damaged and is thrown away; the archive is as it "
            "was: run `pullquote rebuild` again."
        )


@contextmanager
def open_draft(folder: Path, manifest: Manifest) -> Iterator[Draft]:
    """The draft for this model and these rules: the one that was begun, else an empty one. One rebuild at a time.

    Raises:
        ArchiveLocked: another process is rebuilding; the message names it.
    """
    with rebuild_lock(folder), explained(folder):
        try:
            connection = _connect(folder, manifest)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            _unlink(folder)  # no database any more: what it held is encoded again
            connection = _connect(folder, manifest)
        with closing(connection):
            yield Draft(connection, folder, manifest.model.dimension)


def drop_draft(folder: Path) -> None:
    """Forget what a rebuild has done so far: it has ended, or is not wanted any more. One that runs is left alone."""
    if (folder / _FILE).exists():
        with suppress(ArchiveLocked), rebuild_lock(folder), explained(folder):
            _unlink(folder)


def _connect(folder: Path, manifest: Manifest) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / _FILE, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last batches: they are encoded again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
        with transaction(connection):
            if connection.execute("SELECT manifest FROM meta").fetchone() != (to_json(manifest),):
                for table in ("meta", "cut", "encoded"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this file
                connection.execute("INSERT INTO meta VALUES (?)", (to_json(manifest),))
    except BaseException:
        connection.close()
        raise
    return connection


def _unlink(folder: Path) -> None:
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            (folder / f"{_FILE}{suffix}").unlink()


def _to_json(passages: Sequence[Passage], sources: Sequence[bytes]) -> str:
    rows = [
        [passage.start, passage.end, *(astuple(passage.heading) if passage.heading else (None, None)), source.hex()]
        for passage, source in zip(passages, sources, strict=True)
    ]
    return json.dumps(rows, separators=(",", ":"))


def _from_json(line: str) -> tuple[list[Passage], list[bytes]]:
    rows = json.loads(line)
    passages = [Passage(row[0], row[1], None if row[2] is None else Span(row[2], row[3])) for row in rows]
    return passages, [bytes.fromhex(row[4]) for row in rows]
