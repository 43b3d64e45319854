"""What one question is answered from: both legs of one moment, and the truth to read what they find."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from index.store.database import Database
from index.store.holds import Hold
from index.store.labels import Labels
from index.store.legs import Legs
from index.store.nearest import Among
from index.store.past import read_earlier, require_whole
from index.store.ranking import Scored
from index.store.replaced import read_any
from index.store.rows import FoundPassage, Manifest, Stamp, read_stamp
from index.store.stories import Carrier, read_carriers
from index.types import Filters, StoredArticle

_FILTERS_KEPT = 8  # each takes up to 9 MB a million passages
_BROAD = 0.25  # of all passages: filters that let more than that through


class Snapshot:
    """Immutable: what it ranks does not change. Usable from any thread, also while a writer works."""

    def __init__(
        self,
        database: Database,
        stamp: Stamp,
        labels: Labels,
        legs: Legs | None,  # None: nothing was written yet
        *,
        in_step: bool,  # the legs hold the very passages that are labelled; else some that are no more
        held: Hold | None = None,
    ) -> None:
        self._database = database
        self._stamp = stamp
        self._labels = labels
        self._legs = legs
        self._token = object()  # stands for the snapshot, and does not keep it
        self._held = held  # what the legs point to stays for as long as this is here
        # One channel asks with the same filters again and again.
        self._chosen = lru_cache(_FILTERS_KEPT)(partial(_choose, labels, in_step=in_step))

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
        chosen = self._chosen(filters)
        return self._legs.dense.search(vector, k, None if chosen is None else chosen.among)

    def lexical(self, query: str, k: int, filters: Filters) -> list[Scored]:
        """The k passages that fit the words best: (passage id, BM25), best first, ties by id.

        Nothing in the query is an operator; nothing is found when no word is left of it.
        """
        if self._legs is None:
            return []
        chosen = self._chosen(filters)
        if chosen is None:
            return self._legs.lexical.search(query, k, None)
        share = len(chosen.ids) / len(self._labels.ids)
        if share >= _BROAD:  # a condition keeps the engine from skipping: look further instead, and leave some out
            n = math.ceil(1.5 * k / share)
            found = self._legs.lexical.search(query, n, None)
            kept = chosen.only(found)
            if len(kept) >= k or len(found) < n:
                return kept[:k]
        return chosen.only(self._legs.lexical.search(query, k, filters))

    def published(self, passage_ids: Sequence[int]) -> list[datetime | None]:
        """When the article of each passage was published; None where that is unknown, as the passage may be."""
        return self._labels.published_of(passage_ids)

    def owners(self, passage_ids: Sequence[int]) -> list[tuple[str, str]]:
        """(id of its article, its story) for each passage: copies of one text have one story."""
        return self._labels.owners_of(passage_ids)

    def get(self, passage_ids: Sequence[int]) -> list[FoundPassage]:
        """Passages in the order asked, each of the version that was ranked; those of deleted articles are left out."""
        with self._database.reading() as connection:
            if read_stamp(connection).lineage != self._stamp.lineage:  # restored: the ids may mean others by now
                return []
            return read_any(connection, passage_ids)

    def moment(self) -> tuple[object, str]:
        """Equal to another one where neither what is ranked nor what is read has changed in between."""
        with self._database.reading() as connection:
            return self._token, read_stamp(connection).state

    def require_whole(self, articles: Iterable[StoredArticle]) -> None:
        """Let articles pass whose texts are what was stored, byte for byte: nothing else may be quoted.

        Raises:
            ArchiveDamaged: one is not; the message names it and says what to run.
        """
        with self._database.reading() as connection:
            for stored in articles:
                require_whole(connection, stored)

    def carriers(self, stories: Iterable[str]) -> list[Carrier]:
        """The articles that carry the stories now, who published first first."""
        with self._database.reading() as connection:
            return read_carriers(connection, stories)

    def earlier(self, article_id: str) -> list[StoredArticle]:
        """The versions of the article before the current one, in order, as far as their texts are kept."""
        with self._database.reading() as connection:
            return read_earlier(connection, article_id)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Passages that some filters let through."""

    ids: NDArray[np.int64]  # ascending
    among: Among

    def only(self, found: Sequence[Scored]) -> list[Scored]:
        """Those of the found that are among them."""
        if not found or not len(self.ids):
            return []
        sought = np.array([passage_id for passage_id, _ in found], dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, sought), len(self.ids) - 1)
        return [one for one, there in zip(found, (self.ids[places] == sought).tolist(), strict=True) if there]


def _choose(labels: Labels, filters: Filters, *, in_step: bool) -> _Chosen | None:
    """What the filters let through; None: all of it, and the legs are much faster without filtering."""
    allowed = labels.allowed(filters)
    if in_step and allowed.all():
        return None
    ids = labels.ids[allowed]
    return _Chosen(ids, Among(ids))
