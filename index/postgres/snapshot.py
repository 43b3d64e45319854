"""What one question is answered from: one publication, and the truth to read what is found in it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from index.postgres import dense, lexical
from index.postgres.database import Connection, Database
from index.postgres.dense import Row
from index.postgres.past import read_earlier, read_version, require_whole
from index.postgres.reach import EXACT, Reach
from index.postgres.rows import State, read_articles
from index.postgres.stories import read_carriers
from index.store import Carrier, FoundPassage, Manifest, Scored
from index.store.rows import to_moment, to_passage
from index.types import Filters, StoredArticle


class Snapshot:
    """One publication: what it ranks does not change, but for what is deleted. For one question; from any thread.

    It reads from nothing but the collections that it was asked about: row-level security sees to it a second time.
    """

    def __init__(self, database: Database, state: State, *, exact: int = EXACT) -> None:
        self._database = database
        self._state = state
        self._exact = exact
        self._found: dict[int, tuple[str, int | None]] = {}  # by passage: its article, and when that was published
        self._asked: frozenset[str] = frozenset()  # the collections
        self._counts: dict[Filters, int] = {}  # of passages that they leave, as far as that was counted

    @property
    def manifest(self) -> Manifest | None:
        """The encoder whose vectors can be compared with these; None when nothing was written yet."""
        return self._state.manifest

    def dense(self, vector: NDArray[np.float32], k: int, filters: Filters) -> list[Scored]:
        """The k passages nearest to the unit vector: (passage id, cosine), best first, ties by id.

        Raises:
            ValueError: the vector has another dimension than the archive.
        """
        if self.manifest is None:
            return []
        if vector.shape != (self.manifest.model.dimension,):
            raise ValueError(f"a vector of {vector.shape} where {self.manifest.model.dimension} dimensions are needed")
        if not filters.collections or k <= 0:
            return []
        with self._database.reading(filters.collections) as connection:
            reach = self._reach(filters)
            narrow = self._count(connection, filters, reach) <= self._exact
            exact = narrow or not dense.has_index(connection, self._state.model)
            return self._noted(dense.search(connection, vector, k, reach, exact=exact), filters)

    def lexical(self, query: str, k: int, filters: Filters) -> list[Scored]:
        """The k passages that fit the words best: (passage id, BM25), best first, ties by id.

        Nothing in the query is an operator; nothing is found when no word is left of it.
        """
        if self.manifest is None or not filters.collections:
            return []
        with self._database.reading(filters.collections) as connection:
            reach = self._reach(filters)
            count = self._count(connection, filters, reach)
            left = count if count <= self._exact else None
            return self._noted(lexical.search(connection, query, k, reach, left=left), filters)

    def published(self, passage_ids: Sequence[int]) -> list[datetime | None]:
        """When the article of each passage that was found was published; None where that is unknown."""
        moments = (self._found.get(passage_id, ("", None))[1] for passage_id in passage_ids)
        return [None if moment is None else to_moment(moment) for moment in moments]

    def owners(self, passage_ids: Sequence[int]) -> list[tuple[str, str]]:
        """(id of its article, its story) for each passage that was found: copies of one text have one story."""
        articles = [self._found.get(passage_id, ("", None))[0] for passage_id in passage_ids]
        with self._database.reading(sorted(self._asked)) as connection:
            stories = "SELECT article_id, story FROM stories WHERE article_id = ANY (%s)"
            known: dict[str, str] = dict(connection.execute(stories, (sorted(set(articles)),)).fetchall())
        return [(article_id, known.get(article_id, article_id)) for article_id in articles]

    def moment(self) -> tuple[object, str]:
        """Equal to another one where neither what is ranked nor what is read has changed in between."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = 'state'").fetchone()
        return (self._state.publication, self._state.model), row[0] if row else ""

    def get(self, passage_ids: Sequence[int]) -> list[FoundPassage]:
        """Passages in the order asked, each of the version that was ranked; those of deleted articles are left out."""
        with self._database.reading(sorted(self._asked)) as connection:
            found = {one.passage_id: one for one in self._read(connection, passage_ids)}
        return [found[passage_id] for passage_id in passage_ids if passage_id in found]

    def require_whole(self, articles: Iterable[StoredArticle]) -> None:
        """Let articles pass whose texts are what was stored: nothing else may be quoted.

        Raises:
            ArchiveDamaged: one is not; the message names it and says what to run.
        """
        with self._database.reading(sorted(self._asked)) as connection:
            for stored in articles:
                require_whole(connection, stored)

    def carriers(self, stories: Iterable[str]) -> list[Carrier]:
        """The articles that carry the stories now, who published first first."""
        with self._database.reading(sorted(self._asked)) as connection:
            return read_carriers(connection, stories)

    def earlier(self, article_id: str) -> list[StoredArticle]:
        """The versions of the article before the current one, in order, as far as their texts are kept."""
        with self._database.reading(sorted(self._asked)) as connection:
            return read_earlier(connection, article_id)

    def _reach(self, filters: Filters) -> Reach:
        return Reach.of(filters, publication=self._state.publication, model=self._state.model)

    def _count(self, connection: Connection, filters: Filters, reach: Reach) -> int:
        if filters not in self._counts:
            self._counts[filters] = reach.count(connection, self._exact + 1)
        return self._counts[filters]

    def _noted(self, rows: list[Row], filters: Filters) -> list[Scored]:
        self._asked |= set(filters.collections)
        self._found |= {passage_id: (article_id, published) for article_id, passage_id, published, _ in rows}
        return [(passage_id, score) for _, passage_id, _, score in rows]

    def _read(self, connection: Connection, passage_ids: Sequence[int]) -> list[FoundPassage]:
        wanted = [int(passage_id) for passage_id in passage_ids]
        articles = {self._found[one][0] for one in wanted if one in self._found}
        # With their articles named, Citus asks only the shards that hold them.
        routed = " AND article_id = ANY (%(articles)s)" if all(one in self._found for one in wanted) else ""
        rows = connection.execute(
            "SELECT id, article_id, start_at, end_at, heading_start, heading_end, version FROM passages"  # noqa: S608
            f" WHERE id = ANY (%(ids)s){routed}",
            {"ids": wanted, "articles": sorted(articles)},
        ).fetchall()
        versions = _versions(connection, {(row[1], row[6]) for row in rows})
        return [
            FoundPassage(row[0], stored, to_passage(row)) for row in rows if (stored := versions.get((row[1], row[6])))
        ]


def _versions(connection: Connection, numbers: set[tuple[str, int]]) -> dict[tuple[str, int], StoredArticle]:
    """The versions of articles that passages are cut from: nearly always the current ones."""
    ids = sorted({article_id for article_id, _ in numbers})
    current = {stored.article.id: stored for stored in read_articles(connection, "id = ANY (%s)", (ids,))}
    found = {(one.article.id, one.version): one for one in current.values()}
    for article_id, version in numbers - set(found):
        if article_id in current and (earlier := read_version(connection, article_id, version)):
            found[article_id, version] = replace(earlier, story=current[article_id].story)
    return found
