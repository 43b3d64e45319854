"""What is read: a snapshot for a question, and the memory of what articles were before."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.lives import Gone, History, Retention, RetentionReport
from index.store import Carrier, FoundPassage, Manifest, Scored
from index.types import Filters, StoredArticle


class Snapshot(Protocol):
    """What one question is answered from: both legs of one publication. It never shows half an article."""

    @property
    def manifest(self) -> Manifest | None:
        """The encoder whose vectors can be compared with these; None when nothing was written yet."""

    def dense(self, vector: NDArray[np.float32], k: int, filters: Filters) -> list[Scored]:
        """The k passages nearest to the unit vector: (passage id, cosine), best first, ties by id.

        Raises:
            ValueError: the vector has another dimension than the archive.
        """

    def lexical(self, query: str, k: int, filters: Filters) -> list[Scored]:
        """The k passages that fit the words best: (passage id, BM25), best first, ties by id; no operators."""

    def published(self, passage_ids: Sequence[int]) -> list[datetime | None]:
        """When the article of each passage that was ranked was published; None where that is unknown."""

    def owners(self, passage_ids: Sequence[int]) -> list[tuple[str, str]]:
        """(id of its article, its story) for each passage that was ranked: copies of one text have one story."""

    def get(self, passage_ids: Sequence[int]) -> list[FoundPassage]:
        """Passages in the order asked, each of the version that was ranked; those of deleted articles are left out."""

    def moment(self) -> tuple[object, str]:
        """Equal to another one where neither what is ranked nor what is read has changed in between."""

    def require_whole(self, articles: Iterable[StoredArticle]) -> None:
        """Let articles pass whose texts are what was stored: nothing else may be quoted. Raises ArchiveDamaged."""

    def carriers(self, stories: Iterable[str]) -> list[Carrier]:
        """The articles that carry the stories now, who published first first."""

    def earlier(self, article_id: str) -> list[StoredArticle]:
        """The versions of the article before the current one, in order, as far as their texts are kept."""


class Memory(Protocol):
    """What articles were before, and what became of them. Each call is of one moment."""

    def article(self, article_id: str, version: int | None = None) -> StoredArticle | None:
        """That version of the article, the current one where none is named; None where it is given out no more."""

    def gone(self, article_id: str, version: int | None = None) -> Gone | None:
        """What became of what `article` does not give; None where it does, or where nothing was ever there."""

    def history(self, article_id: str) -> History | None:
        """Everything that is kept of the article."""

    def withdrawn(self) -> list[History]:
        """The articles that are withdrawn now, the last one first."""

    def ids_under(self, name: str) -> list[str]:
        """The articles that an id or a URL names or named, also those that were removed or withdrawn."""

    def ids_in(self, collection: str) -> list[str]:
        """The articles of a collection of which any text is kept, the withdrawn ones too."""

    def rules(self) -> dict[int, Retention]:
        """The rules of retention that are kept, by number."""

    def due(self, rule: Retention) -> RetentionReport:
        """What the rule would delete now."""
