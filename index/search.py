"""Question to hits: a dense and a lexical leg, fused by rank. Filters apply inside the legs, before ranking."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.store import Snapshot
from index.types import Filters, Hit

RRF_K = 60  # of Cormack, Clarke and Büttcher (SIGIR 2009); not sensitive between 20 and 100
DEPTH = 100  # passages that each leg contributes
PER_ARTICLE = 2  # passages of one article among the results shown


def retrieve(
    snapshot: Snapshot, query: str, vector: NDArray[np.float32], filters: Filters, *, limit: int = DEPTH
) -> list[Hit]:
    """The best passages of both legs, best first, at most `limit`; one article may fill them."""
    fused = fuse(
        [
            [passage_id for passage_id, _ in snapshot.dense(vector, DEPTH, filters)],
            [passage_id for passage_id, _ in snapshot.lexical(query, DEPTH, filters)],
        ]
    )[:limit]
    score = dict(fused)
    return [Hit(f.passage_id, f.stored, f.passage, score[f.passage_id]) for f in snapshot.get(list(score))]


def fuse(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: each list gives an id 1 / (RRF_K + rank), rank from 1. Best first, ties by id."""
    scores: Counter[int] = Counter()
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] += 1 / (RRF_K + rank)  # type: ignore[assignment]  # Counter is typed for whole numbers
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def spread(hits: Iterable[Hit], filters: Filters) -> list[Hit]:
    """At most `PER_ARTICLE` of each article, order kept; all of them when a single article is asked about."""
    shown: Counter[str] = Counter()
    kept = []
    for hit in hits:
        article_id = hit.stored.article.id
        shown[article_id] += 1
        if filters.article or shown[article_id] <= PER_ARTICLE:
            kept.append(hit)
    return kept
