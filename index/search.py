"""Question to hits: a dense and a lexical leg, fused by rank. Filters apply inside the legs, before ranking."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.store import Snapshot
from index.types import Filters, Hit

RRF_K = 20  # of Cormack, Clarke and Büttcher (SIGIR 2009), who take 60; swept (docs/quality-log.md)
DEPTH = 200  # passages that each leg contributes
PER_ARTICLE = 2  # passages of one article among the results shown
# What is published on the day of the question counts twice, a month away 1.4 times, a year away once. Swept
# (docs/quality-log.md).
NEWNESS, NEWNESS_DAYS = 1.0, 30.0


def retrieve(
    snapshot: Snapshot, query: str, vector: NDArray[np.float32], filters: Filters, *, limit: int = DEPTH
) -> list[Hit]:
    """The best passages of both legs, best first, at most `limit`; one article may fill them."""
    dense = snapshot.dense(vector, DEPTH, filters)
    lexical = snapshot.lexical(query, DEPTH, filters)
    score = dict(fuse([[passage_id for passage_id, _ in leg] for leg in (dense, lexical)])[:limit])
    similarity = dict(dense)
    return [
        Hit(f.passage_id, f.stored, f.passage, score[f.passage_id], similarity.get(f.passage_id, 0.0))
        for f in snapshot.get(list(score))
    ]


def fuse(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: each list gives an id 1 / (RRF_K + rank), rank from 1. Best first, ties by id."""
    scores: Counter[int] = Counter()
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] += 1 / (RRF_K + rank)  # type: ignore[assignment]  # Counter is typed for whole numbers
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def prefer_timely(question: str, hits: Iterable[Hit], asked_on: date) -> list[Hit]:
    """The hits with those published around the day of the question moved up, and `timeliness` said of each.

    A question that names other years than its own is not about that day: nothing is moved.
    """
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", question)}
    counts = not years or asked_on.year in years
    timely = [replace(hit, timeliness=_timeliness(hit, asked_on) if counts else 0.0) for hit in hits]
    scored = [replace(hit, score=hit.score * (1 + NEWNESS * hit.timeliness)) for hit in timely]
    return sorted(scored, key=lambda hit: (-hit.score, hit.passage_id))


def _timeliness(hit: Hit, asked_on: date) -> float:
    """1 on the day of the question, less with every day away; 0 without a date."""
    published_at = hit.stored.article.published_at
    if published_at is None:
        return 0.0
    return math.exp(-abs((asked_on - published_at.date()).days) / NEWNESS_DAYS)


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
