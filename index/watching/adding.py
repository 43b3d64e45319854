"""A new source: what it is, and whether it can be read at all."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from index.archives import Watched
from index.articles import Fetcher, NotPublic, Unreadable, discover, feeds_named, find_files, is_web_address, path_named
from index.clock import Clock
from index.store import Source, SourceKind
from index.types import Rejection

SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewSource:
    """What was found at the address of a source that was added. `feeds` are offered by a page that is none itself."""

    source: Source
    names: int  # pages or files
    is_new: bool = True
    feeds: tuple[str, ...] = ()


def add_source(
    address: str, watched: Watched, fetcher: Fetcher, clock: Clock, *, collection: str, every: timedelta
) -> NewSource | Rejection:
    """Look at the address once, and watch it from now on; a rejection for what cannot be read.

    Its articles are read in the next round of the watch.
    """
    given = address
    address = given if is_web_address(given) else str(path_named(given).absolute())
    known = next((one for one in watched.named(address) if one.collection == collection), None)
    if known is not None:
        return NewSource(known, known.articles + known.waiting, is_new=False)
    try:
        kind, names, feeds = _look(given, fetcher, clock)
    except NotPublic as reason:
        return Rejection(given, f"{reason}; watch a folder with its files instead")
    except Unreadable as reason:
        return Rejection(given, str(reason))
    added = watched.add(address, kind, collection, every=max(every, SHORTEST), now=clock.now())
    return NewSource(added or watched.named(address)[0], names, added is not None, feeds)


def _look(address: str, fetcher: Fetcher, clock: Clock) -> tuple[SourceKind, int, tuple[str, ...]]:
    """Its kind, how much it names, and the feeds that it offers instead. Raises Unreadable."""
    if not is_web_address(address):
        found, path = list(find_files(address)), path_named(address)
        if not path.is_dir() and not path.is_file():
            raise Unreadable(next(one.reason for one in found if isinstance(one, Rejection)))
        return "folder", sum(isinstance(one, Path) for one in found), ()
    found_there = discover(address, fetcher, now=clock.now())
    if found_there is None:
        raise Unreadable("is not given out by its server")
    if found_there.page:
        return "page", 1, feeds_named(found_there.page)
    return "feed" if found_there.kind == "feed" else "sitemap", len(found_there.entries), ()
