"""The commands `pullquote watch` and `pullquote source`: what they do, and what they print."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from index import (
    ArchiveLocked,
    ArchiveUnusable,
    BadQuestion,
    Errands,
    Ills,
    NewsIndex,
    Progress,
    Rejection,
    Round,
    Source,
    SystemClock,
    Watcher,
)
from index.indexer import Indexer
from index.printing import counted
from index.watching import addresses_of

REFUSALS_SHOWN = 3  # of each source in the list
REFUSALS_IN_JSON = 100
REJECTIONS_SHOWN = 20  # of one `add`, or of one source in one round
DONE, SOME_REJECTED = 0, 1

Json = dict[str, object]


def run_watch(
    index: NewsIndex,
    options: argparse.Namespace,
    on_progress: Callable[[Progress], None],
    on_round: Callable[[Round], None] = lambda _: None,
    errands: Errands | None = None,
) -> int:
    """Look at every source that is due, once or until a signal ends it; between two articles, so that none is lost.

    With a queue of errands, do what is ordered there besides, and share the watch with others.
    """
    with _clock_that_signals_stop() as clock, _doing(index, errands, options, clock):
        watcher = index.watcher(clock, guests=options.guests, on_progress=on_progress)
        refused = [not _add(watcher, address, options) for address in options.sources]
        if options.now:
            index.sources.hurry(clock.now())
        if not index.sources.sources():
            print("There are no sources yet: run `pullquote source add ADDRESS`.", file=sys.stderr)
        if options.once:
            found = watcher.look_once()
            _tell(found)
            _tend(index, clock)
            print(_total(found))
            return (
                SOME_REJECTED if any(refused) or any(look.error for look in found.looks) or _rejected(found) else DONE
            )
        for found in watcher.share() if errands else watcher.watch():
            on_round(found)
            _tell(found)
            with suppress(*((ArchiveUnusable,) if errands else ())):  # the next round will do
                _tend(index, clock)
    print("Stopped. What was read is stored; the rest is read next time.")
    return DONE


@contextmanager
def _doing(
    index: NewsIndex, errands: Errands | None, options: argparse.Namespace, clock: SystemClock
) -> Iterator[None]:
    """Do errands meanwhile, on a thread; with --once those that wait now, at the end."""
    if errands is None:
        yield
        return
    indexer = Indexer(index.within(options.guests.hosts), errands, clock)
    thread = threading.Thread(target=indexer.run, name="errands")
    if not options.once:
        thread.start()
    try:
        yield
        while options.once and indexer.do_one():
            pass
    finally:
        clock.stop()
        if not options.once:
            thread.join()
        errands.close()


def _tend(index: NewsIndex, clock: SystemClock) -> None:
    """After a round: what has gone from its sources, and what rules of retention say."""
    try:
        tended = index.keeping.tend(clock.now())
    except ArchiveLocked:  # somebody else writes: the next round will do
        return
    if tended.withdrawn:
        articles = counted(tended.withdrawn, "article")
        print(f"withdrew {articles}, which the sources have had no more for days", flush=True)
    for number, rule, report in tended.retained:
        print(f"rule {number}, {rule.in_words}: deleted {counted(report.versions, 'text')}", flush=True)


def run_source(index: NewsIndex, options: argparse.Namespace) -> int:
    """Do one thing with the sources."""
    match options.action:
        case "add":
            watcher = index.watcher(SystemClock())
            added = [_add(watcher, address, options) for address in options.sources]
            return DONE if all(added) else SOME_REJECTED
        case "list":
            sources, now = index.sources.sources(), datetime.now(UTC)
            limit = REFUSALS_IN_JSON if options.json else REFUSALS_SHOWN
            ills = index.health.ills((one.id for one in sources), limit, now)
            if options.json:
                listed = [source_json(one, ills[one.id]) for one in sources]
                print(json.dumps(listed, ensure_ascii=False))
            else:
                found = (source_text(one, now, ills[one.id]) for one in sources)
                print("\n".join(found) or "There are no sources yet.")
        case "prune":
            for source in _named(index, options.sources):
                _prune(index, source, dry_run=options.dry_run)
        case _:
            for source in _named(index, options.sources):
                _change(index, source, options.action)
    return DONE


def source_json(source: Source, ills: Ills) -> Json:
    """One element of `pullquote source list --json`."""
    return {
        "id": source.id,
        "address": source.address,
        "kind": source.kind,
        "collection": source.collection,
        "every_s": int(source.every.total_seconds()),
        "state": _state(source),
        "paused": source.paused,
        "looked_at": _iso(source.looked_at),
        "succeeded_at": _iso(source.succeeded_at),
        "due_at": _iso(source.due_at),
        "failures": source.failures,
        "error": source.error,
        "articles": source.articles,
        "waiting": source.waiting,
        "guest": source.guest,
        "gone": source.gone,
        "held_back": ills.held_back,
        "refused": ills.refused.count,
        "last_refused": [
            {"url": one.url, "reason": one.reason, "looked_at": one.at.isoformat()} for one in ills.refused.last
        ],
    }


def source_text(source: Source, now: datetime, ills: Ills) -> str:
    """Two lines: what it is, and how it does; then what was not taken lately, a line each."""
    looked = f"looked at {_span(now - source.looked_at)} ago" if source.looked_at else "not looked at yet"
    due = "due now" if source.due_at <= now else f"next in {_span(source.due_at - now)}"
    health = [_state(source), looked, *([] if source.paused else [due]), _brought(source)]
    health += [f"{counted(source.waiting, 'page')} to be read"] if source.waiting else []
    health += [f"{counted(source.gone, 'file')} no longer there"] if source.gone else []
    if source.error:
        times = f" ({source.failures:,} times in a row)" if source.failures > 1 else ""
        health[0] += f"{times}: it {source.error}"
    refused = ills.refused
    health += [f"{refused.count:,} not taken"] if refused.count else []
    owner = ", added by a guest" if source.guest else ""
    head = (
        f"{source.id:>3}  {_kind(source):<7} {source.address}  every {_span(source.every)}, {source.collection}{owner}"
    )
    lines = [head, f"     {' · '.join(health)}"]
    lines += [f"       not taken {one.url}: {one.reason} ({_span(now - one.at)} ago)" for one in refused.last]
    if source.gone:
        lines.append(
            f"       articles of files no longer there stay: `pullquote source prune {source.id}` removes them"
        )
    if ills.held_back:
        gone = f"{counted(ills.held_back, 'page')} gone together with most others of that site: their articles stay"
        lines.append(f"       {gone}, in case the site is at fault; `pullquote withdraw` takes out what should go")
    more = refused.count - len(refused.last)
    return "\n".join([*lines, *([f"       … and {more:,} more: --json"] if more else [])])


def parse_span(text: str) -> timedelta:
    """An interval such as 15m, 2h or 1d. Raises ArgumentTypeError for anything else, or less than a minute."""
    units = {"m": "minutes", "h": "hours", "d": "days"}
    number, unit = text[:-1], text[-1:]
    if not (number.isascii() and number.isdigit() and unit in units and 0 < int(number) <= 1_000):  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} is no interval such as 15m, 2h or 1d")
    return timedelta(**{units[unit]: int(number)})


def _add(watcher: Watcher, address: str, options: argparse.Namespace) -> bool:
    """Add a source, say so, and whether it is there now."""
    found = watcher.add(address, collection=options.collection, every=options.every)
    if isinstance(found, Rejection):
        print(f"not added {found.source}: {found.reason}", file=sys.stderr)
        return False
    if found.is_new:
        what = {"page": "a page", "file": "a file", "folder": f"a folder with {counted(found.names, 'file')}"}
        names = what.get(kind := _kind(found.source), f"a {kind} that names {counted(found.names, 'page')}")
        print(f"added {found.source.address}: {names}; `pullquote watch` looks every {_span(found.source.every)}")
    elif options.action == "add":
        print(f"known already: {found.source.address} (number {found.source.id})")
    for feed in found.feeds:
        print(f"that page offers a feed, which brings every new article: pullquote source add {feed}")
    return True


def _named(index: NewsIndex, names: Sequence[str]) -> list[Source]:
    """The sources with these numbers or addresses. Raises BadQuestion where there is none."""
    found: list[Source] = []
    for name in names:
        if not (named := next(filter(None, map(index.sources.named, (name, *addresses_of(name)))), [])):
            raise BadQuestion(f"There is no source {name}: `pullquote source list` shows those that there are.")
        found += named
    return found


def _prune(index: NewsIndex, source: Source, *, dry_run: bool) -> None:
    """Remove the articles of files that are no longer there; a file that comes back is read as a new one."""
    missing = index.health.missing(source.id)
    known = [one for one in missing if not one.others]
    ids = [article_id for one in missing for article_id in one.article_ids]
    if not dry_run:
        index.remove(ids, collection=source.collection)
        index.sources.forget_pages(source.id, [one.url for one in known])
    done = "would remove" if dry_run else "removed"
    print(f"{done} {counted(len(ids), 'article')} of {counted(len(missing), 'file')} no longer in {source.address}")
    if dry_run:
        print("\n".join(f"  {one.url}" for one in missing))
    for one in missing:
        if one.others:
            print(f"{one.url} held articles with addresses of their own: `pullquote remove URL`", file=sys.stderr)


def _change(index: NewsIndex, source: Source, action: str) -> None:
    match action:
        case "pause":
            index.sources.pause(source.id)
            print(f"paused {source.address}")
        case "resume":
            index.sources.resume(source.id, datetime.now(UTC))
            print(f"resumed {source.address}")
        case "remove":
            index.sources.remove(source.id)
            print(f"removed {source.address}; its articles stay in the archive")


def _tell(found: Round) -> None:
    """A line for each source that brought something or failed; one that is as it was is not worth any."""
    if found.error:
        print(f"pullquote: {found.error}", file=sys.stderr, flush=True)
    for look in found.looks:
        if look.read or look.rejected or look.error:
            counts = f"{look.read:,} added or changed, {look.same:,} unchanged, {len(look.rejected):,} rejected"
            what = f"it {look.error}" if look.error else counts
            print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {look.source.address}: {what}", flush=True)
        tell_rejected(look.rejected)
    tell_rejected(found.report.rejected)


def tell_rejected(rejected: Sequence[Rejection]) -> None:
    """The first of them, each with its reason, and how many more there are."""
    for rejection in rejected[:REJECTIONS_SHOWN]:
        print(f"rejected {rejection.source}: {rejection.reason}", file=sys.stderr, flush=True)
    if (more := len(rejected) - REJECTIONS_SHOWN) > 0:
        print(f"… and {more:,} more rejected", file=sys.stderr, flush=True)


def _rejected(found: Round) -> int:
    return sum(len(look.rejected) for look in found.looks) + len(found.report.rejected)


def _total(found: Round) -> str:
    same, rejected = sum(look.same for look in found.looks), _rejected(found)
    failed = sum(look.error is not None for look in found.looks)
    return (
        f"{counted(len(found.looks), 'source')} looked at, {failed:,} failed; {found.report.added:,} added, "
        f"{found.report.changed:,} changed, {same:,} unchanged, {rejected:,} rejected"
    )


def _kind(source: Source) -> str:
    """For people: a single file is watched as a folder of one."""
    return "file" if source.kind == "folder" and Path(source.address).is_file() else source.kind


def _brought(source: Source) -> str:
    """What of it is in the archive. A file counts once, however many articles it holds."""
    return (
        f"articles of {counted(source.articles, 'file')}"
        if source.kind == "folder"
        else counted(source.articles, "article")
    )


def _state(source: Source) -> str:
    if source.paused:
        return "paused"
    return "failing" if source.error else "ok" if source.looked_at else "new"


def _span(span: timedelta) -> str:
    minutes = max(round(span.total_seconds() / 60), 0)
    for size, unit in ((1_440, "days"), (60, "h")):
        if minutes >= 2 * size or minutes == size:
            return f"{minutes / size:.3g} {unit if minutes > size else unit.removesuffix('s')}"
    return f"{minutes} min" if minutes else "less than a minute"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@contextmanager
def _clock_that_signals_stop() -> Iterator[SystemClock]:
    """The first signal asks to stop, the second one insists."""
    clock = SystemClock()
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}

    def stop(_number: int, _frame: FrameType | None) -> None:
        clock.stop()
        _restore()

    def _restore() -> None:
        for one, handler in before.items():
            signal.signal(one, handler)

    for one in before:
        signal.signal(one, stop)
    try:
        yield clock
    finally:
        _restore()
