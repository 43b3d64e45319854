"""The write path: articles -> passages -> vectors -> store. What one batch has stored stays stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from index.config import PASSAGE_RULES
from index.lives import Withdrawal
from index.passages import describe, split_article
from index.store import Manifest, Store, Writer, digest_of
from index.types import AddReport, Article, Encoder, Passage, Progress, Rejection, Vectors

BATCH_PASSAGES = 512  # encoded and stored together: one transaction, a few seconds of work
PUBLISH_PASSAGES = 20_000  # a long run becomes searchable this often
COMPARED_FIRST = 500  # articles of an older release that one run compares: two seconds; `rebuild` compares all
COMPARED_TOGETHER = 200  # in one transaction

OnProgress = Callable[[Progress], None]
Cut = tuple[Article, list[Passage]]


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
        unpublished = 0
        for done, read in enumerate(articles):
            on_progress(Progress("adding", done, total))
            item = _unless_barred(read, barred)
            if isinstance(item, Rejection):
                rejected.append(item)
                continue
            report, new = _sort(report, item, writer, batch)
            if new is None:
                continue
            report = replace(report, repeated=report.repeated + (new.id in stored_now))
            stored_now.add(new.id)
            batch[new.id] = _cut(new, encoder)
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
        _put({stored.article.id: _cut(stored.article, encoder) for stored in kept}, writer, encoder, reinstating=True)
        writer.lift(withdrawn)  # of those of which nothing is kept
    return len(withdrawn)


def rebuild(store: Store, encoder: Encoder, *, on_progress: OnProgress) -> None:
    """Derive stories and both legs again from what is stored; encode again only if the model or the rules changed."""
    manifest = manifest_of(encoder)
    stored = store.manifest() or manifest
    with store.writer(stored) as writer:
        _compare_all(writer, store.info().articles, on_progress)
        if stored != manifest:
            writer.replace_all(manifest, _encode_again(writer, encoder, store.info().articles, on_progress))
            return  # new passages are published with their legs
        on_progress(Progress("publishing", 0, None))
        writer.rebuild_legs()


def _compare_all(writer: Writer, total: int, on_progress: OnProgress) -> None:
    """Find all copies anew. Who stops it loses nothing: the next run goes on."""
    writer.forget_stories()
    done = 0
    while compared := writer.compare(COMPARED_TOGETHER):
        done += compared
        on_progress(Progress("comparing", done, total))


def _unless_barred(item: Article | Rejection, barred: Mapping[str, Withdrawal]) -> Article | Rejection:
    """What somebody has withdrawn does not come back by itself; what its source had no more does when it is there."""
    if isinstance(item, Rejection) or (withdrawal := barred.get(item.id)) is None:
        return item
    why = f" ({withdrawal.reason})" if withdrawal.reason else ""
    return Rejection(item.url, f"was withdrawn on {withdrawal.at:%Y-%m-%d}{why}; `pullquote reinstate` ends that")


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


def _cut(article: Article, encoder: Encoder) -> Cut:
    return article, split_article(article, max_tokens=encoder.model.max_tokens, count_tokens=encoder.count_tokens)


def _put(batch: dict[str, Cut], writer: Writer, encoder: Encoder, *, reinstating: bool = False) -> int:
    """Encode and store the batch in one transaction and empty it; the number of passages."""
    rows = list(_encode(batch.values(), encoder))
    batch.clear()
    writer.put(rows, reinstating=reinstating)
    return sum(len(passages) for _, passages, _ in rows)


def _encode(cuts: Iterable[Cut], encoder: Encoder) -> Iterator[tuple[Article, list[Passage], Vectors]]:
    """Each article with its vectors, all encoded in one call so that batches fill up."""
    cuts = list(cuts)
    texts = [text for article, passages in cuts for text in describe(article, passages, encoder.count_tokens)]
    vectors = encoder.encode(texts) if texts else np.empty((0, encoder.model.dimension), np.float32)
    start = 0
    for article, passages in cuts:
        yield article, passages, vectors[start : start + len(passages)]
        start += len(passages)


def _encode_again(
    writer: Writer, encoder: Encoder, total: int, on_progress: OnProgress
) -> Iterator[tuple[str, list[Passage], Vectors]]:
    for done, stored in enumerate(writer.articles()):
        on_progress(Progress("encoding", done, total))
        for article, passages, vectors in _encode([_cut(stored.article, encoder)], encoder):
            yield article.id, passages, vectors
