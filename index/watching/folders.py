"""A folder as a source: a file is read when it is new, or when its size or the time of its last change is another."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.articles import find_files, read_sources
from index.store import Source, WatchedPage
from index.types import Rejection
from index.watching.desk import BATCH, Desk
from index.watching.schedule import next_try


def read_folder(source: Source, desk: Desk) -> tuple[int, int, tuple[Rejection, ...]]:
    """Read what has changed: how many files, how many had not, and the rejections of those that were read.

    Raises ArchiveUnusable where the archive cannot take it.
    """
    known = desk.watched.pages(source.id)
    found = list(find_files(source.address))
    files = [one for one in found if isinstance(one, Path)]
    problems = [one for one in found if isinstance(one, Rejection)]
    stated = {file: page for file in files if (page := _state(file, source, desk, known))}
    changed = {file: page for file, page in stated.items() if page.etag != _etag(known, page.url)}
    rejected = [one for file, page in changed.items() for one in _read(file, page, desk)]
    _note(source, desk, None if files or not problems else problems[0].reason)
    return len(changed), len(stated) - len(changed), (*problems, *rejected)


def _state(file: Path, source: Source, desk: Desk, known: dict[str, WatchedPage]) -> WatchedPage | None:
    """The file as it is now; None where it has just gone."""
    try:
        stat = file.stat()
    except OSError:
        return None
    url, now = file.resolve().as_uri(), desk.clock.now()
    page = known.get(url) or WatchedPage(collection=source.collection, url=url, source_id=source.id, listed_at=now)
    return replace(page, etag=f"{stat.st_mtime_ns}-{stat.st_size}", checked_at=now, changed_at=now)


def _etag(known: dict[str, WatchedPage], url: str) -> str | None:
    return known[url].etag if url in known else None


def _read(file: Path, page: WatchedPage, desk: Desk) -> Iterator[Rejection]:
    """Hand in the articles of a file, which counts as read when its last one is in."""
    articles = read_sources([str(file)], collection=page.collection, now=desk.clock.now())
    while chunk := list(islice(articles, BATCH)):
        if desk.clock.stopping:
            return
        yield from (one for one in chunk if isinstance(one, Rejection))
        taken = [one for one in chunk if not isinstance(one, Rejection)]
        page = replace(page, article_id=taken[-1].id if taken else page.article_id)
        desk.hand_in(chunk, [])
    if not desk.clock.stopping:
        desk.hand_in([], [page])


def _note(source: Source, desk: Desk, error: str | None) -> None:
    now = desk.clock.now()
    if error is None:
        desk.watched.looked(source, now=now, due_at=now + source.every, listings={})
    else:
        due_at = next_try(now, failures=source.failures + 1, every=source.every)
        desk.watched.failed(source, error, now=now, due_at=due_at)
