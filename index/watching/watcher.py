"""Rounds: every source that is due is looked at, several hosts at a time, and then there is a rest."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from index.archives import Store
from index.articles import Fetcher
from index.clock import Clock
from index.errors import ArchiveDamaged, ArchiveLocked, ArchiveStale, ArchiveUnusable, PullquoteError
from index.store import Source
from index.types import PUBLIC, AddReport, Rejection
from index.watching.adding import NewSource, Wanted, add_source
from index.watching.desk import Add, Desk, OnProgress
from index.watching.guests import WATCH
from index.watching.looks import Look
from index.watching.reach import NO_GUESTS, GuestRules, Reach
from index.watching.schedule import next_try
from index.watching.visit import Visit

HOSTS_AT_ONCE = 8  # each is asked for one page at a time
LONGEST_ROUND = timedelta(minutes=5)  # so that a slow host, or one with much that is new, lets the others have a turn
LONGEST_NAP_S = 30.0  # so that a source that was just added does not wait long for its first look
TOLD_EVERY = timedelta(minutes=1)
SHORTEST_NAP_S = 5.0  # where something is due that a host does not let us have yet


@dataclass(frozen=True, slots=True)
class Round:
    """What came of looking at everything that was due."""

    looks: tuple[Look, ...]
    report: AddReport  # what was rejected in it was read well, and is not wanted: withdrawn, or in another language
    error: str | None = None  # why nothing could be stored: another process writes


class Watcher:
    """Looks at the sources of an archive. One at a time watches an archive: `watch` holds a lock."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        clock: Clock,
        add: Add,
        *,
        on_progress: OnProgress = lambda _: None,
        guests: GuestRules = NO_GUESTS,
    ) -> None:
        self._store = store
        self._watched = store.watched
        self._fetcher = fetcher
        self._clock = clock
        self._add = add
        self._on_progress = on_progress
        self._guests = guests
        self._told_at: datetime | None = None  # when the archive was told last that somebody watches

    def add(self, address: str, *, collection: str = PUBLIC, every: timedelta) -> NewSource | Rejection:
        """Watch a feed, sitemap, web page or folder from now on. It is looked at once, to know which it is.

        Its articles come in with the next round.
        """
        return add_source(Wanted(address, collection, every), self._watched, self._fetcher, self._clock)

    def watch(self) -> Iterator[Round]:
        """Round after round, until the clock says stop; those in which nothing was due are not told.

        Raises:
            ArchiveLocked: somebody else watches the archive.
            ArchiveUnusable: it cannot be read or written.
        """
        with self._store.watching():
            while not self._clock.stopping:
                try:
                    found = self._round(self._clock.now() + LONGEST_ROUND)
                except ArchiveLocked as error:  # what was not stored is fetched again
                    found = Round((), AddReport(), str(error))
                if found.looks or found.error:
                    yield found
                self._clock.sleep(self._nap_s())

    def share(self) -> Iterator[Round]:
        """As `watch`, for an archive that several processes watch: each round is of whoever is free then.

        It goes on where the archive cannot be reached for a while; the round says why.
        """
        while not self._clock.stopping:
            found = self._shared_round()
            if found.looks or found.error:
                yield found
            self._clock.sleep(SHORTEST_NAP_S if found.error else self._nap_s())

    def look_once(self) -> Round:
        """A single round over what is due.

        Raises:
            ArchiveLocked: somebody else watches the archive, or has been writing to it for minutes.
            ArchiveUnusable: it cannot be read or written.
        """
        with self._store.watching():
            return self._round()

    def _shared_round(self) -> Round:
        try:
            with self._store.watching():
                return self._round(self._clock.now() + LONGEST_ROUND)
        except ArchiveLocked:  # another one is at it
            return Round((), AddReport())
        except (ArchiveStale, ArchiveDamaged):
            raise
        except ArchiveUnusable as error:
            return Round((), AddReport(), str(error))

    def _round(self, until: datetime | None = None) -> Round:
        self._tell()
        desk = Desk(
            self._watched,
            Reach(self._watched, self._fetcher, self._guests),
            self._clock,
            self._add,
            on_progress=self._on_progress,
            closes_at=until,
        )
        hosts: dict[str, list[Source]] = {}
        for source in self._watched.due(self._clock.now()):
            hosts.setdefault(_host(source), []).append(source)
        with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
            visits = [pool.submit(self._visit_all, sources, desk) for sources in hosts.values()]
        report = desk.finish()
        return Round(tuple(look for visit in visits for look in visit.result()), report)

    def _tell(self) -> None:
        """Let it be known that somebody watches."""
        now = self._clock.now()
        if self._told_at is None or now - self._told_at >= TOLD_EVERY:
            self._store.health.did(WATCH, now)
            self._told_at = now

    def _visit_all(self, sources: Iterable[Source], desk: Desk) -> list[Look]:
        return [self._visit(source, desk) for source in sources if not desk.is_closing]

    def _visit(self, source: Source, desk: Desk) -> Look:
        try:
            return Visit(source, desk).run()
        except PullquoteError:
            raise
        except Exception as error:  # noqa: BLE001 - what one site sends must not end the watch over all the others
            now = self._clock.now()
            reason = f"made pullquote fail ({type(error).__name__}: {error}); please report it"
            due_at = next_try(now, failures=source.failures + 1, every=source.every)
            self._watched.failed(source, reason, now=now, due_at=due_at)
            return Look(source, error=reason)

    def _nap_s(self) -> float:
        try:
            due_at = self._watched.next_due()
        except ArchiveUnusable:
            return SHORTEST_NAP_S  # the next round says what is amiss
        left_s = (due_at - self._clock.now()).total_seconds() if due_at else LONGEST_NAP_S
        return min(max(left_s, SHORTEST_NAP_S), LONGEST_NAP_S)


def _host(source: Source) -> str:
    """What is asked one thing at a time: the host, or a folder by itself."""
    return source.address if source.kind == "folder" else urlsplit(source.address).hostname or ""
