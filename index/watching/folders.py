"""A folder as a source: a file is read when it is new, or when its size or the time of its last change is another."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from index.articles import find_files, read_sources
from index.store import Source, WatchedPage
from index.types import Rejection
from index.watching.desk import BATCH, Desk
from index.watching.looks import Look


def read_folder(source: Source, desk: Desk) -> Look:
    """Read what has changed. Raises ArchiveUnusable where the archive cannot take it."""
    if error := _trouble(Path(source.address)):
        now = desk.clock.now()
        desk.watched.failed(source, error, now=now, due_at=now + source.every)  # to look again costs nothing
        return Look(source, error=error)
    known = desk.watched.pages(source.id)
    found = list(find_files(source.address))
    files = [one for one in found if isinstance(one, Path)]
    stated = {file: page for file in files if (page := _state(file, source, desk, known))}
    changed = {file: page for file, page in stated.items() if page.etag != _etag(known, page.url)}
    problems = [one for one in found if isinstance(one, Rejection)]
    rejected = _new_problems(problems, source, desk, known)
    _forget_problems({one.source for one in problems}, source, desk, known)
    look = Look(source, same=len(stated) - len(changed), rejected=tuple(rejected))
    desk.hand_in(source, [], _gone_and_back(files, stated.values(), desk, known))
    for file, page in changed.items():
        look = _read(file, page, desk, look)
    now = desk.clock.now()
    desk.watched.looked(source, now=now, due_at=now + source.every, listings={})
    return look


def _trouble(folder: Path) -> str | None:
    """Why the folder cannot be looked into; None where it can. That there is nothing in it yet is no trouble."""
    try:
        if not folder.is_file():
            next(folder.iterdir(), None)
    except FileNotFoundError:
        return "is not there any more"
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    return None


def _new_problems(
    problems: Sequence[Rejection], source: Source, desk: Desk, known: dict[str, WatchedPage]
) -> list[Rejection]:
    """Links that lead elsewhere and their like, as far as they were not told of in an earlier look."""
    new = [one for one in problems if one.source not in known or known[one.source].reason != one.reason]
    now = desk.clock.now()
    pages = [
        WatchedPage(
            collection=source.collection,
            url=one.source,
            source_id=source.id,
            reason=one.reason,
            listed_at=now,
            checked_at=now,
        )
        for one in new
    ]
    desk.hand_in(source, [], pages)
    return new


def _forget_problems(problems: set[str], source: Source, desk: Desk, known: dict[str, WatchedPage]) -> None:
    """What was told of paths that are well now, or are not there any more. Files stand under their address."""
    past = [page for url, page in known.items() if page.reason and "://" not in url and url not in problems]
    desk.hand_in(source, [], [replace(page, reason=None) for page in past])


def _gone_and_back(
    files: Iterable[Path], stated: Iterable[WatchedPage], desk: Desk, known: dict[str, WatchedPage]
) -> list[WatchedPage]:
    """The files that are not there any more since this look, and those that are there again."""
    there, now = {file.resolve().as_uri() for file in files}, desk.clock.now()
    gone = [page for url, page in known.items() if "://" in url and url not in there and not page.gone_since]
    again = [known[one.url] for one in stated if one.url in known]
    back = [replace(page, gone_since=None) for page in again if page.gone_since]
    return [*(replace(page, gone_since=now, checked_at=now, reason=None) for page in gone), *back]


def _state(file: Path, source: Source, desk: Desk, known: dict[str, WatchedPage]) -> WatchedPage | None:
    """The file as it is now; None where it has just gone."""
    try:
        stat = file.stat()
    except OSError:
        return None
    url, now = file.resolve().as_uri(), desk.clock.now()
    page = known.get(url) or WatchedPage(collection=source.collection, url=url, source_id=source.id, listed_at=now)
    return replace(page, etag=f"{stat.st_mtime_ns}-{stat.st_size}", checked_at=now, changed_at=now, gone_since=None)


def _etag(known: dict[str, WatchedPage], url: str) -> str | None:
    return known[url].etag if url in known else None


def _read(file: Path, page: WatchedPage, desk: Desk, look: Look) -> Look:
    """Hand in the articles of a file, which counts as read when its last one is in; the look with them counted."""
    refused: list[Rejection] = []
    articles = read_sources([str(file)], collection=page.collection, now=desk.clock.now())
    while chunk := list(islice(articles, BATCH)):
        if desk.clock.stopping:
            return look
        rejected = [one for one in chunk if isinstance(one, Rejection)]
        taken = [one for one in chunk if not isinstance(one, Rejection)]
        refused += rejected
        page = replace(page, article_id=taken[-1].id if taken else page.article_id)
        new = desk.hand_in(look.source, taken, [])
        look = replace(
            look,
            read=look.read + new,
            same=look.same + len(taken) - new,
            rejected=(*look.rejected, *rejected),
        )
    if not desk.clock.stopping:
        desk.hand_in(look.source, [], [replace(page, reason=_reason(refused))])
    return look


def _reason(refused: Sequence[Rejection]) -> str | None:
    """Why the file, or something in it, was not taken."""
    if not refused:
        return None
    more = f" (and {len(refused) - 1:,} more in that file)" if len(refused) > 1 else ""
    return f"{refused[0].reason}{more}"
