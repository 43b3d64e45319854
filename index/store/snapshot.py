"""What one question is answered from: both legs of one moment, and the truth to read what they find."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from index.store.database import Database
from index.store.holds import Hold
from index.store.labels import Labels
from index.store.legs import Legs
from index.store.past import read_earlier
from index.store.ranking import Scored
from index.store.replaced import read_any
from index.store.rows import FoundPassage, Manifest, Stamp, read_stamp
from index.store.stories import Carrier, read_carriers
from index.types import Filters, StoredArticle


class Snapshot:
    """Immutable: what it ranks does not change. Usable from any thread, also while a writer works."""

    def __init__(
        self,
        database: Database,
        stamp: Stamp,
        labels: Labels,
        legs: Legs | None,
        *,
        in_step: bool,
        held: Hold | None = None,
    ) -> None:
        self._database = database
        self._stamp = stamp
        self._labels = labels
        self._legs = legs  # None: nothing was written yet
        self._held = held  # what the legs point to stays for as long as this is here
        self._in_step = in_step  # the legs hold the very passages that are labelled; else some that are no more

    @property
    def manifest(self) -> Manifest | None:
        """The encoder whose vectors can be compared with these; None when nothing was written yet."""
        return self._stamp.manifest

    def dense(self, vector: NDArray[np.float32], k: int, filters: Filters) -> list[Scored]:
        """The k passages nearest to the unit vector: (passage id, cosine), best first, ties by id.

        Raises:
            ValueError: the vector has another dimension than the archive.
        """
        if self._legs is None:
            return []
        allowed = self._labels.allowed(filters)
        return self._legs.dense.search(vector, k, None if self._all(allowed) else self._labels.ids[allowed])

    def lexical(self, query: str, k: int, filters: Filters) -> list[Scored]:
        """The k passages that fit the words best: (passage id, BM25), best first, ties by id.

        Nothing in the query is an operator; nothing is found when no word is left of it.
        """
        if self._legs is None:
            return []
        allowed = self._labels.allowed(filters)
        if self._all(allowed):
            return self._legs.lexical.search(query, k, None)
        may = self._labels.membership(allowed)
        return [scored for scored in self._legs.lexical.search(query, k, filters) if may(scored[0])]

    def published(self, passage_ids: Sequence[int]) -> list[datetime | None]:
        """When the article of each passage was published; None where that is unknown, as the passage may be."""
        return self._labels.published_of(passage_ids)

    def get(self, passage_ids: Sequence[int]) -> list[FoundPassage]:
        """Passages in the order asked, each of the version that was ranked; those of deleted articles are left out."""
        with self._database.reading() as connection:
            if read_stamp(connection).lineage != self._stamp.lineage:  # restored: the ids may mean others by now
                return []
            return read_any(connection, passage_ids)

    def carriers(self, stories: Iterable[str]) -> list[Carrier]:
        """The articles that carry the stories now, who published first first."""
        with self._database.reading() as connection:
            return read_carriers(connection, stories)

    def earlier(self, article_id: str) -> list[StoredArticle]:
        """The versions of the article before the current one, in order, as far as their texts are kept."""
        with self._database.reading() as connection:
            return read_earlier(connection, article_id)

    def _all(self, allowed: NDArray[np.bool_]) -> bool:
        """Filtering would change nothing: the legs are much faster without."""
        return self._in_step and bool(allowed.all())
