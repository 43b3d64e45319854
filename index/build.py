"""The write path: articles -> passages -> vectors -> store. What one batch has stored stays stored."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Self

import numpy as np

from index.archives import Store, Writer
from index.config import PASSAGE_RULES
from index.lives import Withdrawal
from index.passages import describe, split_article
from index.store import Manifest, digest_of
from index.types import AddReport, Article, Encoder, Passage, Progress, Rejection, Vectors

STEP_PASSAGES = 256  # encoded at a time: two seconds of work, which is how long stopping takes
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
) -> AddReport:
    """Store what is new or changed; the last text under one URL wins. `total` articles are expected, for progress."""
    report = AddReport()
    rejected: list[Rejection] = []
    with store.writer(manifest_of(encoder)) as writer, _Batches(writer, encoder) as batches:
        writer.compare(COMPARED_FIRST)
        barred = writer.barred()
        stored_now: set[str] = set()
        done = unpublished = 0
        for read in _changes_last(articles, writer):
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


def _changes_last(articles: Iterable[Article | Rejection], writer: Writer) -> Iterator[Article | Rejection | int]:
    """All of them, but a number for those that are as stored, and what differs from it waits until the rest is known.

    Sources hold several texts under one URL. The last one stands in the archive: an earlier one is no change where the
    stored one comes after it, or the same source would be stored anew with every run.
    """
    waiting: dict[str, list[Article]] = {}
    released: set[str] = set()
    for item in articles:
        known = None if isinstance(item, Rejection) or item.id in released else writer.known(item.id)
        if isinstance(item, Rejection) or known is None:
            yield item
        elif known[1] == digest_of(item):
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


def encode_missing(
    texts: Described, encoder: Encoder, known: Known, *, wanted: Callable[[], bool] = lambda: True
) -> Encoded:
    """A vector for each sha256 of `described`: those known already are taken, the rest encoded, each once.

    Not all of them when they are no longer wanted: a step more, and it ends.
    """
    by_source = {source: text for of_article in texts.values() for source, text in of_article}
    vectors = dict(known(by_source))
    missing = sorted((source for source in by_source if source not in vectors), key=lambda s: len(by_source[s]))
    for start in range(0, len(missing), STEP_PASSAGES):  # alike in length, so that little is padded
        if wanted():
            step = missing[start : start + STEP_PASSAGES]
            vectors |= zip(step, encoder.encode([by_source[source] for source in step]), strict=True)
    return vectors


class _Batches:
    """Batches of articles: one is encoded while the next is read and cut, so that the model never waits for either."""

    def __init__(self, writer: Writer, encoder: Encoder) -> None:
        self._writer, self._encoder = writer, encoder
        self._beside = ThreadPoolExecutor(1, "encoding")
        self._wanted = True
        self._waiting: dict[str, Cut] = {}
        self._encoding: tuple[dict[str, Cut], Described, Future[Encoded]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wanted = False
        self._beside.shutdown(cancel_futures=True)

    def find(self, article_id: str) -> Article | None:
        """The article as it will be stored, unless none of that id is on its way."""
        for batch in (self._waiting, self._encoding[0] if self._encoding else {}):
            if article_id in batch:
                return batch[article_id][0]
        return None

    def take(self, new: Cut) -> int:
        """Have the article encoded and stored some time; returns how many passages were stored meanwhile."""
        self._waiting[new[0].id] = new
        full = sum(len(passages) for _, passages in self._waiting.values()) >= BATCH_PASSAGES
        return self._turn() if full else 0

    def finish(self) -> None:
        """Encode and store all that is waiting."""
        self._turn()
        self._turn()

    def _turn(self) -> int:
        stored = 0 if self._encoding is None else self._store(*self._encoding)
        self._encoding = None
        if self._waiting:
            texts = described(self._waiting.values(), self._encoder)
            known = self._writer.known_vectors(source for of_article in texts.values() for source, _ in of_article)
            vectors = self._beside.submit(
                encode_missing, texts, self._encoder, lambda _: known, wanted=lambda: self._wanted
            )
            self._waiting, self._encoding = {}, (self._waiting, texts, vectors)
        return stored

    def _store(self, batch: dict[str, Cut], texts: Described, vectors: Future[Encoded]) -> int:
        _put(batch, texts, vectors.result(), self._writer, self._encoder)
        return sum(len(passages) for _, passages in batch.values())


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
