"""The write path: articles -> passages -> vectors -> store. What one batch has stored stays stored."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from index.archives import Store, Writer
from index.config import PASSAGE_RULES
from index.lives import Withdrawal
from index.passages import describe, split_article
from index.store import Manifest, digest_of
from index.types import AddReport, Article, Encoder, Passage, Progress, Rejection, Vectors

BATCH_PASSAGES = 512  # encoded and stored together: one transaction, a few seconds of work
CHANGES_WAITING = 2_000  # articles in memory at a time, until it is known what their source has of them besides
PUBLISH_PASSAGES = 20_000  # a long run becomes searchable this often
COMPARED_FIRST = 500  # articles of an older release that one run compares: two seconds; `rebuild` compares all
COMPARED_TOGETHER = 200  # in one transaction

OnProgress = Callable[[Progress], None]
Cut = tuple[Article, list[Passage]]
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
    with store.writer(manifest_of(encoder)) as writer:
        writer.compare(COMPARED_FIRST)
        barred = writer.barred()
        batch: dict[str, Cut] = {}
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
            report, new = _sort(report, item, writer, batch)
            if new is None:
                continue
            report = replace(report, repeated=report.repeated + (new.id in stored_now))
            stored_now.add(new.id)
            batch[new.id] = cut(new, encoder)
            if sum(len(passages) for _, passages in batch.values()) >= BATCH_PASSAGES:
                unpublished += _put(batch, writer, encoder)
            if unpublished >= PUBLISH_PASSAGES:
                writer.publish()
                unpublished = 0
        _put(batch, writer, encoder)
        on_progress(Progress("publishing", 0, None))
    return replace(report, rejected=tuple(rejected))  # the writer publishes as it closes


def reinstate(ids: Sequence[str], store: Store, encoder: Encoder) -> int:
    """End the withdrawal of articles and put what is kept of them back; how many were withdrawn."""
    with store.writer(manifest_of(encoder)) as writer:
        withdrawn = [article_id for article_id in ids if writer.withdrawal(article_id)]
        kept = [stored for article_id in withdrawn if (stored := writer.withdrawn(article_id))]
        _put({stored.article.id: cut(stored.article, encoder) for stored in kept}, writer, encoder, reinstating=True)
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


def _sort(report: AddReport, item: Article, writer: Writer, batch: dict[str, Cut]) -> tuple[AddReport, Article | None]:
    """The report with this article counted, and the article if it has to be stored."""
    waiting = batch.get(item.id)
    known = digest_of(waiting[0]) if waiting else stored[1] if (stored := writer.known(item.id)) else None
    if known == digest_of(item):
        return replace(report, unchanged=report.unchanged + 1), None
    words = report.words + len(item.text.split())
    if known is None:
        return replace(report, added=report.added + 1, words=words), item
    return replace(report, changed=report.changed + 1, words=words), item


def cut(article: Article, encoder: Encoder) -> Cut:
    """The article with its passages."""
    return article, split_article(article, max_tokens=encoder.model.max_tokens, count_tokens=encoder.count_tokens)


def described(cuts: Iterable[Cut], encoder: Encoder) -> dict[str, list[tuple[bytes, str]]]:
    """By article id, for each passage exactly what the encoder is given, with its sha256 ahead."""
    return {
        article.id: [
            (hashlib.sha256(text.encode()).digest(), text) for text in describe(article, passages, encoder.count_tokens)
        ]
        for article, passages in cuts
    }


def encode_missing(texts: Mapping[str, Sequence[tuple[bytes, str]]], encoder: Encoder, known: Known) -> Encoded:
    """A vector for each sha256 of `described`: those known already are taken, the rest encoded together, each once."""
    wanted = {source: text for of_article in texts.values() for source, text in of_article}
    vectors = dict(known(wanted))
    missing = [source for source in wanted if source not in vectors]
    if missing:  # in one call, so that batches fill up
        vectors |= zip(missing, encoder.encode([wanted[source] for source in missing]), strict=True)
    return vectors


def _put(batch: dict[str, Cut], writer: Writer, encoder: Encoder, *, reinstating: bool = False) -> int:
    """Store the batch in one transaction, encoding what was never encoded, and empty it; the number of passages."""
    texts = described(batch.values(), encoder)
    vectors = encode_missing(texts, encoder, writer.known_vectors)
    sources = {article_id: [source for source, _ in of_article] for article_id, of_article in texts.items()}
    rows = [
        (article, passages, _rows(vectors, sources[article.id], encoder.model.dimension))
        for article, passages in batch.values()
    ]
    batch.clear()
    writer.put(rows, sources=sources, reinstating=reinstating)
    return sum(len(passages) for _, passages, _ in rows)


def _rows(vectors: Mapping[bytes, Vectors], sources: Sequence[bytes], dimension: int) -> Vectors:
    return np.array([vectors[source] for source in sources], np.float32).reshape(-1, dimension)
