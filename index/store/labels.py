"""What filters ask about, for every passage: one mask decides for both legs what may be ranked."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from index.store.replaced import read_replaced_labels
from index.store.rows import read_owners, to_microseconds, to_moment
from index.types import Filters

_UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Labels:
    """Passages by ascending id, each with the number of its article; articles with what can be asked of them."""

    ids: NDArray[np.int64]  # shape (passages,)
    article_of: NDArray[np.int64]  # shape (passages,): positions in the arrays below
    articles: NDArray[np.str_]  # shape (articles,); an article stands here twice where an older version is found too
    collections: "Names"
    publishers: "Names"  # casefolded; None where unknown
    stories: list[str]
    published: NDArray[np.int64]  # microseconds since 1970, or _UNDATED

    @classmethod
    def read(cls, connection: sqlite3.Connection, generation: int | None = None) -> "Labels":
        """Of everything stored at this moment, and of what the generation of that number points to besides."""
        # Without their order, an index answers it; in order, every text would be turned over.
        rows = sorted(connection.execute("SELECT id, collection, publisher, published_at FROM articles"))
        story = dict(connection.execute("SELECT article_id, story FROM stories"))
        number = {row[0]: position for position, row in enumerate(rows)}
        ids, owners, whose = read_owners(connection)
        article_of = np.array([number[owner] for owner in owners], dtype=np.int64)[whose]
        if generation is not None and (old := read_replaced_labels(connection, generation)):
            article_of = np.concatenate([article_of, np.arange(len(old)) + len(rows)])
            ids = np.concatenate([ids, np.array([row[0] for row in old], dtype=np.int64)])
            order = np.argsort(ids, kind="stable")
            ids, article_of = ids[order], article_of[order]
            rows += [row[1:] for row in old]
        return cls(
            ids=ids,
            article_of=article_of,
            articles=np.array([row[0] for row in rows], dtype=np.str_),
            collections=Names.of(row[1] for row in rows),
            publishers=Names.of(None if row[2] is None else row[2].casefold() for row in rows),
            stories=[story.get(row[0], row[0]) for row in rows],
            published=np.array([_UNDATED if row[3] is None else row[3] for row in rows], dtype=np.int64),
        )

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Which passages, by position in `ids`, the filters let through."""
        articles = np.zeros(len(self.articles), dtype=np.bool_)
        for collection in set(filters.collections):
            articles |= self.collections.are(collection)
        if filters.publisher is not None:
            articles &= self.publishers.are(filters.publisher.casefold())
        if filters.article is not None:
            articles &= self.articles == filters.article
        articles &= self._dated(filters.after, filters.before)
        return articles[self.article_of]

    def published_of(self, passage_ids: Sequence[int]) -> list[datetime | None]:
        """When the article of each passage was published; None where that or the passage is unknown."""
        moments = [_UNDATED if at is None else int(self.published[at]) for at in self._articles_of(passage_ids)]
        return [None if moment == _UNDATED else to_moment(moment) for moment in moments]

    def owners_of(self, passage_ids: Sequence[int]) -> list[tuple[str, str]]:
        """(article id, story) of each passage; empty names where it is unknown."""
        places = self._articles_of(passage_ids)
        return [("", "") if at is None else (str(self.articles[at]), self.stories[at]) for at in places]

    def _articles_of(self, passage_ids: Sequence[int]) -> list[int | None]:
        """By position in the arrays of articles."""
        if not len(self.ids):
            return [None] * len(passage_ids)
        wanted = np.asarray(passage_ids, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        known = (self.ids[places] == wanted).tolist()
        return [at if there else None for at, there in zip(self.article_of[places].tolist(), known, strict=True)]

    def _dated(self, after: datetime | None, before: datetime | None) -> NDArray[np.bool_]:
        fits = np.ones(len(self.articles), dtype=np.bool_)
        if after is not None or before is not None:
            fits &= self.published != _UNDATED
        if after is not None:
            fits &= self.published >= to_microseconds(after)
        if before is not None:
            fits &= self.published < to_microseconds(before)
        return fits


@dataclass(frozen=True, slots=True)
class Names:
    """A name for every article, by number: comparing numbers is thirty times as fast."""

    numbers: dict[str | None, int]
    of_article: NDArray[np.int32]

    @classmethod
    def of(cls, names: Iterable[str | None]) -> "Names":
        """Of the articles in this order."""
        numbers: dict[str | None, int] = {}
        return cls(numbers, np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int32))

    def are(self, name: str) -> NDArray[np.bool_]:
        """Which articles have it."""
        which: NDArray[np.bool_] = self.of_article == self.numbers.get(name, -1)
        return which
