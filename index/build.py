"""The write path: articles -> passages -> vectors -> store. What one batch has stored stays stored."""

import hashlib
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from index.archives import Store, Writer
from index.config import PASSAGE_RULES
from index.lives import Withdrawal
from index.passages import describe, split_article
from index.store import Manifest, digest_of
from index.types import AddReport, Article, Encoder, Passage, Progress, Rejection, Vectors

STEP_PASSAGES = 128  # encoded at a time: a second of work, which is how long stopping takes
LANES = 2  # steps at a time on one machine: while the cores run out of work in one, they have the other
BATCH_PASSAGES = 1_024  # encoded and stored together: one transaction, a few seconds of work
CHANGES_WAITING = 2_000  # articles in memory at a time, until it is known what their source has of them besides
PUBLISH_PASSAGES = 20_000  # a long run becomes searchable this often
COMPARED_FIRST = 500  # articles of an older release that one run compares: two seconds; `rebuild` compares all
COMPARED_TOGETHER = 200  # in one transaction

OnProgress = Callable[[Progress], None]
Cut = tuple[Article, list[Passage]]
Described = dict[str, list[tuple[bytes, str]]]
Encoded = dict[bytes, Vectors]  # one vector each, by the sha256 of what was encoded
Known = Callable[[Iterable[bytes]], Encoded]  # those of them that there are already


def manifest_of(encoder: Encoder) -> Manifest:
    """What an archive written with this encoder and these passage rules is marked with."""
    return Manifest(encoder.model, PASSAGE_RULES)


def add(
    articles: Iterable[Article | Rejection],
    store: Store,
    encoder: Encoder,
    *,
    total: int | None,
    on_progress: OnProgress,
    lanes: int = LANES,
) -> AddReport:
    """Store what is new or changed; the last text under one URL wins. `total` articles are expected, for progress.

    The encoder is called from `lanes` threads: however many those are, the same is stored in the same order.
    """
    report = AddReport()
    rejected: list[Rejection] = []
    with store.writer(manifest_of(encoder)) as writer, _Batches(writer, encoder, lanes) as batches:
        writer.compare(COMPARED_FIRST)
        barred = writer.barred()
        stored_now: set[str] = set()
        done = unpublished = 0
        for read in _changes_last(articles, batches.settled):
            on_progress(Progress("adding", done, total))
            done += read if isinstance(read, int) else 1
            if isinstance(read, int):
                report = replace(report, unchanged=report.unchanged + read)
                continue
            item = _unless_barred(read, barred)
            if isinstance(item, Rejection):
                rejected.append(item)
                continue
            report, new = _sort(report, item, writer, batches)
            if new is None:
                continue
            report = replace(report, repeated=report.repeated + (new.id in stored_now))
            stored_now.add(new.id)
            unpublished += batches.take(cut(new, encoder))
            if unpublished >= PUBLISH_PASSAGES:
                writer.publish()
                unpublished = 0
        batches.finish()
        on_progress(Progress("publishing", 0, None))
    return replace(report, rejected=tuple(rejected))  # the writer publishes as it closes


def reinstate(ids: Sequence[str], store: Store, encoder: Encoder) -> int:
    """End the withdrawal of articles and put what is kept of them back; how many were withdrawn."""
    with store.writer(manifest_of(encoder)) as writer:
        withdrawn = [article_id for article_id in ids if writer.withdrawal(article_id)]
        kept = [stored for article_id in withdrawn if (stored := writer.withdrawn(article_id))]
        cuts = {stored.article.id: cut(stored.article, encoder) for stored in kept}
        texts = described(cuts.values(), encoder)
        _put(cuts, texts, encode_missing(texts, encoder, writer.known_vectors), writer, encoder, reinstating=True)
        writer.lift(withdrawn)  # of those of which nothing is kept
    return len(withdrawn)


def _unless_barred(item: Article | Rejection, barred: Mapping[str, Withdrawal]) -> Article | Rejection:
    """What somebody has withdrawn does not come back by itself; what its source had no more does when it is there."""
    if isinstance(item, Rejection) or (withdrawal := barred.get(item.id)) is None:
        return item
    why = f" ({withdrawal.reason})" if withdrawal.reason else ""
    return Rejection(item.url, f"was withdrawn on {withdrawal.at:%Y-%m-%d}{why}; `pullquote reinstate` ends that")


def _changes_last(
    articles: Iterable[Article | Rejection], stored: Callable[[str], str | None]
) -> Iterator[Article | Rejection | int]:
    """All of them, but a number for those that are as stored, and what differs from it waits until the rest is known.

    `stored` gives the digest of what is stored under an id.

    Sources hold several texts under one URL. The last one stands in the archive: an earlier one is no change where the
    stored one comes after it, or the same source would be stored anew with every run.
    """
    waiting: dict[str, list[Article]] = {}
    released: set[str] = set()
    for item in articles:
        known = None if isinstance(item, Rejection) or item.id in released else stored(item.id)
        if isinstance(item, Rejection) or known is None:
            yield item
        elif known == digest_of(item):
            yield 1 + len(waiting.pop(item.id, ()))
        else:
            waiting.setdefault(item.id, []).append(item)
            yield 0
        if len(waiting) >= CHANGES_WAITING:
            released |= set(waiting)
            yield from itertools.chain.from_iterable(waiting.values())
            waiting.clear()
    yield from itertools.chain.from_iterable(waiting.values())


def _sort(report: AddReport, item: Article, writer: Writer, batches: "_Batches") -> tuple[AddReport, Article | None]:
    """The report with this article counted, and the article if it has to be stored."""
    waiting = batches.find(item.id)
    known = digest_of(waiting) if waiting else stored[1] if (stored := writer.known(item.id)) else None
    if known == digest_of(item):
        return replace(report, unchanged=report.unchanged + 1), None
    words = report.words + len(item.text.split())
    if known is None:
        return replace(report, added=report.added + 1, words=words), item
    return replace(report, changed=report.changed + 1, words=words), item


def cut(article: Article, encoder: Encoder) -> Cut:
    """The article with its passages."""
    return article, split_article(article, max_tokens=encoder.model.max_tokens, count_tokens=encoder.count_tokens)


def described(cuts: Iterable[Cut], encoder: Encoder) -> Described:
    """By article id, for each passage exactly what the encoder is given, with its sha256 ahead."""
    return {
        article.id: [
            (hashlib.sha256(text.encode()).digest(), text) for text in describe(article, passages, encoder.count_tokens)
        ]
        for article, passages in cuts
    }


def encode_missing(texts: Described, encoder: Encoder, known: Known) -> Encoded:
    """A vector for each sha256 of `described`: those known already are taken, the rest encoded, each once."""
    by_source = _by_source(texts)
    vectors = dict(known(by_source))
    for step in _steps({source: text for source, text in by_source.items() if source not in vectors}):
        vectors |= _encode(step, encoder)
    return vectors


def _by_source(texts: Described) -> dict[bytes, str]:
    return {source: text for of_article in texts.values() for source, text in of_article}


def _steps(by_source: Mapping[bytes, str]) -> Iterator[dict[bytes, str]]:
    """What is encoded together: alike in length, so that little is padded."""
    ordered = sorted(by_source, key=lambda source: len(by_source[source]))
    for start in range(0, len(ordered), STEP_PASSAGES):
        yield {source: by_source[source] for source in ordered[start : start + STEP_PASSAGES]}


def _encode(step: Mapping[bytes, str], encoder: Encoder) -> Encoded:
    return dict(zip(step, encoder.encode(list(step.values())), strict=True))


@dataclass(frozen=True, slots=True)
class _Batch:
    """Articles on their way into the archive."""

    cuts: dict[str, Cut]
    texts: Described
    known: Encoded  # was there already
    steps: list[Future[Encoded]]


class _Batches:
    """Batches of articles: some are encoded while the next is read and cut, so that the model never waits for either.

    They are stored in the order in which they came, and one after the other.
    """

    def __init__(self, writer: Writer, encoder: Encoder, lanes: int) -> None:
        self._writer, self._encoder = writer, encoder
        self._beside = ThreadPoolExecutor(lanes, "encoding")
        self._far = lanes > LANES
        self._ahead = 1 + math.ceil(lanes * STEP_PASSAGES / BATCH_PASSAGES)  # two: while one is stored, one is encoded
        self._waiting: dict[str, Cut] = {}
        self._encoding: deque[_Batch] = deque()  # at most `ahead`: memory is bounded, however many lanes there are

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.shutdown(wait=not self._far, cancel_futures=True)  # who stops does not wait for other machines

    def find(self, article_id: str) -> Article | None:
        """The article as it will be stored, unless none of that id is on its way."""
        return _newest(article_id, [*(batch.cuts for batch in self._encoding), self._waiting])

    def settled(self, article_id: str) -> str | None:
        """The digest of the article as it is stored; as if all batches but the last one were stored already.

        So how many are encoded at a time makes no difference to what is told of an article that comes twice.
        """
        if on_its_way := _newest(article_id, [batch.cuts for batch in self._encoding][:-1]):
            return digest_of(on_its_way)
        stored = self._writer.known(article_id)
        return stored[1] if stored else None

    def take(self, new: Cut) -> int:
        """Have the article encoded and stored some time; returns how many passages were stored meanwhile."""
        self._waiting[new[0].id] = new
        full = sum(len(passages) for _, passages in self._waiting.values()) >= BATCH_PASSAGES
        return self._turn() if full else 0

    def finish(self) -> None:
        """Encode and store all that is waiting."""
        if self._waiting:
            self._turn()
        while self._encoding:
            self._store(self._encoding.popleft())

    def _turn(self) -> int:
        stored = 0
        while len(self._encoding) >= self._ahead:
            stored += self._store(self._encoding.popleft())
        self._encoding.append(self._begin(self._waiting))
        self._waiting = {}
        return stored

    def _begin(self, cuts: dict[str, Cut]) -> _Batch:
        """Have encoded what has no vector, neither in the archive nor in a batch before."""
        texts = described(cuts.values(), self._encoder)
        under_way = {source for batch in self._encoding for source in _by_source(batch.texts)}
        new = {source: text for source, text in _by_source(texts).items() if source not in under_way}
        known = self._writer.known_vectors(new)
        steps = _steps({source: text for source, text in new.items() if source not in known})
        return _Batch(cuts, texts, known, [self._beside.submit(_encode, step, self._encoder) for step in steps])

    def _store(self, batch: _Batch) -> int:
        vectors = dict(batch.known)
        for step in batch.steps:
            vectors |= step.result()
        if lacking := _lacking(batch.texts, vectors):
            vectors |= encode_missing(lacking, self._encoder, self._writer.known_vectors)
        _put(batch.cuts, batch.texts, vectors, self._writer, self._encoder)
        return sum(len(passages) for _, passages in batch.cuts.values())


def _newest(article_id: str, batches: Sequence[Mapping[str, Cut]]) -> Article | None:
    """The article in the last of the batches that holds it."""
    return next((batch[article_id][0] for batch in reversed(batches) if article_id in batch), None)


def _lacking(texts: Described, vectors: Encoded) -> Described:
    """What has no vector yet: a batch before had it, and has been stored by now."""
    lacking = {name: [pair for pair in of_article if pair[0] not in vectors] for name, of_article in texts.items()}
    return {name: of_article for name, of_article in lacking.items() if of_article}


def _put(
    batch: Mapping[str, Cut],
    texts: Described,
    vectors: Encoded,
    writer: Writer,
    encoder: Encoder,
    *,
    reinstating: bool = False,
) -> None:
    """Store the batch in one transaction."""
    sources = {article_id: [source for source, _ in of_article] for article_id, of_article in texts.items()}
    rows = [
        (article, passages, _rows(vectors, sources[article.id], encoder.model.dimension))
        for article, passages in batch.values()
    ]
    writer.put(rows, sources=sources, reinstating=reinstating)


def _rows(vectors: Mapping[bytes, Vectors], sources: Sequence[bytes], dimension: int) -> Vectors:
    return np.array([vectors[source] for source in sources], np.float32).reshape(-1, dimension)
