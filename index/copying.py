"""A whole archive copied into another, of whichever engine: nothing is encoded, and everything is compared at the end.

Who stops it loses nothing: what is there already and is the same is passed over the next time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from index.archives import Records, Store
from index.errors import ArchiveUnusable
from index.store import Carried, Manifest
from index.types import Progress

_PAGE = 50  # articles in memory at a time

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of the articles of an archive, also of those of which only the history is kept."""

    copied: int
    passed_over: int  # they were there already, just so
    sources: int = 0  # that are watched
    records: int = 0  # that the bot keeps


def copy_archive(source: Store, target: Store, *, on_progress: OnProgress) -> Copied:
    """Copy all articles. Sources are looked at anew, as if they had just been added.

    Raises:
        ArchiveUnusable: there is nothing to copy, the target holds articles of its own, or what was copied is not the
            same in the end (somebody wrote to one of them meanwhile).
        ArchiveStale: the target was built with another model or other passage rules.
    """
    manifest = source.manifest()
    if manifest is None:
        raise ArchiveUnusable("There is nothing to copy: the archive is empty.")
    done = _copy_articles(source, target, manifest, on_progress)
    sources = _copy_sources(source, target)
    _verify(source, target, manifest, on_progress)
    return replace(done, sources=sources)


def copy_records(source: Records, target: Records) -> int:
    """Copy what the bot keeps, in place of what stands under the same keys; how many there were."""
    try:
        return target.take_over(source.every())
    finally:
        source.close()
        target.close()


def _copy_articles(source: Store, target: Store, manifest: Manifest, on_progress: OnProgress) -> Copied:
    dimension, total = manifest.model.dimension, source.info().articles
    copied = passed_over = 0
    with target.writer(manifest) as writer:
        for rule in source.memory.rules().values():
            writer.keep_rule(rule)
        there = _every(target, dimension)
        known = next(there, None)
        for one in _every(source, dimension):
            on_progress(Progress("copying", copied + passed_over, total))
            if known is not None and known.history.article_id < one.history.article_id:
                raise _foreign(known)
            same = known is not None and known.history.article_id == one.history.article_id
            if same and known is not None and known.same(one):
                passed_over += 1
            else:
                writer.adopt(one)
                copied += 1
            known = next(there, None) if same else known
        if known is not None:
            raise _foreign(known)
        on_progress(Progress("publishing", 0, None))
    return Copied(copied, passed_over)


def _copy_sources(source: Store, target: Store) -> int:
    """The sources with their pages; how many were not there."""
    count = 0
    for one in source.watched.sources():
        added = target.watched.add(
            one.address, one.kind, one.collection, every=one.every, now=one.due_at, guest=one.guest
        )
        count += added is not None
        known = next(two for two in target.watched.named(one.address) if two.collection == one.collection)
        if one.paused:
            target.watched.pause(known.id)
        pages = source.watched.pages(one.id).values()
        target.watched.keep([replace(page, source_id=known.id) for page in pages])
    return count


def _verify(source: Store, target: Store, manifest: Manifest, on_progress: OnProgress) -> None:
    dimension, total = manifest.model.dimension, source.info().articles
    both = zip_longest(_every(source, dimension), _every(target, dimension))
    for done, (one, other) in enumerate(both):
        on_progress(Progress("comparing", done, total))
        if one is None or other is None or not one.same(other):
            named = one or other
            raise ArchiveUnusable(
                f"The copy differs in article {named.history.article_id if named else ''}: somebody has written to one "
                "of the archives meanwhile; copy again, and what is there is passed over."
            )
    if problems := target.check():
        raise ArchiveUnusable(f"The copy is not sound: {problems[0]}")


def _every(store: Store, dimension: int) -> Iterator[Carried]:
    last, page = "", store.carried("", _PAGE, dimension)
    while page:
        yield from page
        last = page[-1].history.article_id
        page = store.carried(last, _PAGE, dimension)


def _foreign(known: Carried) -> ArchiveUnusable:
    return ArchiveUnusable(
        f"The archive to copy to holds articles that the other lacks, {known.history.article_id} for one: name an "
        "empty one, or one that such a copy was begun in."
    )
