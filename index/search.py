"""Question to hits: a dense and a lexical leg, fused by rank. Filters apply inside the legs, before ranking."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.archives import Scored, Snapshot
from index.stages import timed
from index.timing import Timing
from index.types import Filters, Hit

RRF_K = 20  # of Cormack, Clarke and Büttcher (SIGIR 2009), who take 60; swept (docs/quality-log.md)
DEPTH = 200  # passages that each leg contributes
PER_ARTICLE = 2  # passages of one article among the results shown
NEWNESS = 1.0  # what is published on the day asked about counts twice; swept (docs/quality-log.md)

Found = TypeVar("Found")


def retrieve(
    snapshot: Snapshot,
    query: str,
    vector: NDArray[np.float32],
    filters: Filters,
    *,
    limit: int = DEPTH,
    timing: Timing | None = None,
) -> list[Hit]:
    """The best passages of both legs, best first, at most `limit`; one article may fill them.

    With a `timing` they come as `prefer_timely` orders them, and only those wanted are read from the disk.
    """
    fused, similarity = _rank(snapshot, query, vector, filters)
    if timing is not None:
        published = snapshot.published([passage_id for passage_id, _ in fused])
        near = dict(zip(fused, map(timing.nearness, published), strict=True))
        fused.sort(key=lambda found: (-_timely(found[1], timing, near[found]), found[0]))
    hits = _read(snapshot, fused[:limit], similarity)
    return hits if timing is None else prefer_timely(hits, timing)


def find(snapshot: Snapshot, query: str, vector: NDArray[np.float32], filters: Filters, k: int) -> list[Hit]:
    """The `k` best passages of `retrieve`, spread over articles and stories; only those are read from the disk."""
    fused, similarity = _rank(snapshot, query, vector, filters)
    owners = dict(zip(fused, snapshot.owners([passage_id for passage_id, _ in fused]), strict=True))
    return _read(snapshot, list(islice(_spread(fused, owners.__getitem__, filters), k)), similarity)


def _rank(
    snapshot: Snapshot, query: str, vector: NDArray[np.float32], filters: Filters
) -> tuple[list[Scored], dict[int, float]]:
    """The best passages of both legs, best first, and how similar those of the dense leg are."""
    # One leg after the other: together they take 2 ms, and handing one to a thread costs what it saves.
    with timed("dense"):
        dense = snapshot.dense(vector, DEPTH, filters)
    with timed("lexical"):
        lexical = snapshot.lexical(query, DEPTH, filters)
    with timed("fuse"):
        return fuse([[passage_id for passage_id, _ in leg] for leg in (dense, lexical)])[:DEPTH], dict(dense)


def _read(snapshot: Snapshot, ranked: Sequence[Scored], similarity: Mapping[int, float]) -> list[Hit]:
    score = dict(ranked)
    return [
        Hit(f.passage_id, f.stored, f.passage, score[f.passage_id], similarity.get(f.passage_id, 0.0))
        for f in snapshot.get(list(score))
    ]


def fuse(rankings: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Reciprocal rank fusion: each list gives an id 1 / (RRF_K + rank), rank from 1. Best first, ties by id."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, passage_id in enumerate(ranking, start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + 1 / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def prefer_timely(hits: Iterable[Hit], timing: Timing) -> list[Hit]:
    """The hits with those published near the days that the question is about moved up; `timeliness` says how near."""
    timely = [replace(hit, timeliness=timing.nearness(hit.stored.article.published_at)) for hit in hits]
    scored = [replace(hit, score=_timely(hit.score, timing, hit.timeliness)) for hit in timely]
    return sorted(scored, key=lambda hit: (-hit.score, hit.passage_id))


def _timely(score: float, timing: Timing, nearness: float) -> float:
    return score * (1 + NEWNESS * timing.weight * nearness)


def spread(hits: Iterable[Hit], filters: Filters) -> list[Hit]:
    """At most `PER_ARTICLE` of each article, order kept; all of them when a single article is asked about.

    Of a story that several articles carry the best-placed one is kept.
    """
    return list(_spread(hits, lambda hit: (hit.stored.article.id, hit.stored.story), filters))


def _spread(found: Iterable[Found], owner: Callable[[Found], tuple[str, str]], filters: Filters) -> Iterator[Found]:
    """As `spread`, of whatever has an owner: an article, and the story that it carries."""
    shown: Counter[str] = Counter()
    carrier: dict[str, str] = {}  # by story: the article that is shown
    for one in found:
        article_id, story = owner(one)
        if carrier.setdefault(story or article_id, article_id) != article_id:
            continue
        shown[article_id] += 1
        if filters.article or shown[article_id] <= PER_ARTICLE:
            yield one
