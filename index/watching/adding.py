"""A new source: what it is, and whether it can be read at all."""

from collections.abc import Iterable
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
class Wanted:
    """What is to be watched, and for which collection. `guest`: by somebody who does not run the archive."""

    address: str
    collection: str
    every: timedelta
    guest: bool = False


@dataclass(frozen=True, slots=True)
class NewSource:
    """What was found at the address of a source that was added. `feeds` are offered by a page that is none itself."""

    source: Source
    names: int  # pages or files
    is_new: bool = True
    feeds: tuple[str, ...] = ()


def add_source(wanted: Wanted, watched: Watched, fetcher: Fetcher, clock: Clock) -> NewSource | Rejection:
    """Look at the address once, and watch it from now on; a rejection for what cannot be read.

    Its articles are read in the next round of the watch.
    """
    given, collection = wanted.address, wanted.collection
    addresses = addresses_of(given)
    if known := _known(addresses, collection, watched):
        return NewSource(known, known.articles + known.waiting, is_new=False)
    try:
        kind, names, feeds = _look(given, fetcher, clock)
    except NotPublic as reason:
        return Rejection(given, str(reason) if wanted.guest else f"{reason}; watch a folder with its files instead")
    except Unreadable as reason:
        return Rejection(given, str(reason))
    every = max(wanted.every, SHORTEST)
    added = watched.add(addresses[0], kind, collection, every=every, now=clock.now(), guest=wanted.guest)
    there = added or _known(addresses, collection, watched)
    return NewSource(there, names, added is not None, feeds) if there else Rejection(given, "was just removed")


def addresses_of(given: str) -> tuple[str, ...]:
    """Under which a source may be kept, as it is written today first: earlier releases left ".." in paths."""
    if is_web_address(given):
        return (given,)
    path = path_named(given).absolute()
    return (str(path.resolve()), str(path)) if ".." in path.parts else (str(path),)


def _known(addresses: Iterable[str], collection: str, watched: Watched) -> Source | None:
    named = (one for address in addresses for one in watched.named(address))
    return next((one for one in named if one.collection == collection), None)


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
