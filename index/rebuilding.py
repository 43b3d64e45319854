"""The archive cut and encoded anew beside the one that answers, then one switch. What was encoded is never lost."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack

from index import build
from index.archives import Draft, Store, Writer
from index.build import Cut, Known, OnProgress, cut, described, encode_missing, manifest_of
from index.errors import ArchiveLocked
from index.store import Anew, Manifest
from index.types import Encoder, Progress, StoredArticle

ATTEMPTS = 30  # to write, a second or so each, before looking for what another writer has added meanwhile


def rebuild(store: Store, encoder: Encoder, *, on_progress: OnProgress) -> None:
    """Derive stories and legs again from what is stored; cut and encode again only if model or rules have changed.

    Encoding holds no lock: questions are answered and articles added by the old model meanwhile. What `on_progress`
    raises ends it; the next call goes on from there. The switch waits until nobody writes, and is seen at once or not
    at all.

    Raises:
        ArchiveLocked: another process rebuilds, or, where nothing has to be encoded, writes.
    """
    manifest = manifest_of(encoder)
    if store.manifest() in (None, manifest):
        _derive(store, manifest, on_progress)
        return
    with store.draft(manifest) as draft:
        while True:
            _encode_lacking(store.articles(), store, draft, encoder, on_progress)
            with ExitStack() as stack:
                writer = _next_in_turn(stack, store, manifest, on_progress)
                if writer is not None:
                    _encode_lacking(writer.articles(), store, draft, encoder, on_progress)  # what came in meanwhile
                    writer.replace_all(manifest, _told(draft.rows(writer.articles()), store, on_progress))
                    break
    store.drop_draft()


def _derive(store: Store, manifest: Manifest, on_progress: OnProgress) -> None:
    with store.writer(manifest) as writer:
        total = store.info().articles
        writer.compare_anew(build.COMPARED_TOGETHER, lambda done: on_progress(Progress("comparing", done, total)))
        on_progress(Progress("publishing", 0, None))
        writer.rebuild_legs()
    store.drop_draft()  # of a model that is not wanted any more


def _next_in_turn(stack: ExitStack, store: Store, new: Manifest, on_progress: OnProgress) -> Writer | None:
    """The writer, of the archive as it is; None where somebody else writes for long: there will be more to encode."""
    for _ in range(ATTEMPTS):
        try:
            return stack.enter_context(store.writer(store.manifest() or new))
        except ArchiveLocked:
            on_progress(Progress("waiting for another writer", 0, None))
    return None


def _told(rows: Iterable[Anew], store: Store, on_progress: OnProgress) -> Iterator[Anew]:
    total = store.info().articles
    for done, row in enumerate(rows):
        on_progress(Progress("switching", done, total))
        yield row
    on_progress(Progress("publishing", 0, None))


def _encode_lacking(
    articles: Iterable[StoredArticle], store: Store, draft: Draft, encoder: Encoder, on_progress: OnProgress
) -> None:
    """Cut and encode the articles that the draft does not have as they are now, a batch at a time."""
    total = store.info().articles
    known = _known(store, draft, encoder)
    batch: list[Cut] = []
    for done, stored in enumerate(articles):
        on_progress(Progress("encoding", done, total))
        if draft.has(stored.article):
            continue
        batch.append(cut(stored.article, encoder))
        if sum(len(passages) for _, passages in batch) >= build.BATCH_PASSAGES:
            _put(batch, draft, encoder, known)
    _put(batch, draft, encoder, known)


def _put(batch: list[Cut], draft: Draft, encoder: Encoder, known: Known) -> None:
    texts = described(batch, encoder)
    vectors = encode_missing(texts, encoder, known)
    sources = {article_id: [source for source, _ in of_article] for article_id, of_article in texts.items()}
    draft.put([(article, passages, sources[article.id]) for article, passages in batch], vectors)
    batch.clear()


def _known(store: Store, draft: Draft, encoder: Encoder) -> Known:
    """Vectors of the draft, and those of the archive where only the passage rules have changed."""
    stored = store.manifest()
    if stored is None or stored.model != encoder.model:
        return draft.known_vectors
    return lambda sources: {**store.known_vectors(sources := list(sources)), **draft.known_vectors(sources)}
