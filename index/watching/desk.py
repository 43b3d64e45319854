"""Where the visits of a round hand in what they have found, to be stored together and then noted."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from index.archives import Watched
from index.clock import Clock
from index.errors import ArchiveLocked, ArchiveUnusable
from index.store import Source, WatchedPage
from index.types import AddReport, Article, Progress
from index.watching.reach import Reach

BATCH = 32  # articles stored together: every store publishes the search indexes anew
BUSY_TRIES = 10  # while another process writes to the archive
BUSY_PAUSE_S = 30.0

Add = Callable[[Sequence[Article]], AddReport]
OnProgress = Callable[[Progress], None]


class Desk:
    """Shared by the visits of a round, on whichever thread they are; one of them stores at a time.

    A page is noted after its article was stored, never before: what a kill takes from memory is fetched again.
    """

    def __init__(
        self,
        watched: Watched,
        reach: Reach,
        clock: Clock,
        add: Add,
        *,
        on_progress: OnProgress,
        closes_at: datetime | None = None,
    ) -> None:
        self.watched = watched
        self.reach = reach
        self.clock = clock
        self._add = add
        self._on_progress = on_progress
        self._closes_at = closes_at
        self._turn = threading.Lock()
        self._articles: list[tuple[int, Article]] = []  # with the number of the source
        self._pages: list[WatchedPage] = []
        self._report = AddReport()
        self._begun: set[tuple[str, str]] = set()
        self._done = 0
        self._failed: ArchiveUnusable | None = None

    @property
    def is_closing(self) -> bool:
        """Whether nothing new is begun in this round: it is time to stop, or the others have waited long enough."""
        return self.clock.stopping or (self._closes_at is not None and self.clock.now() >= self._closes_at)

    def begin(self, page: WatchedPage) -> bool:
        """Whether the page is to be asked for: nobody has in this round, for whichever source."""
        with self._turn:
            new = (page.collection, page.url) not in self._begun
            self._begun.add((page.collection, page.url))
            return new

    def hand_in(self, source: Source, articles: Sequence[Article], pages: Sequence[WatchedPage]) -> int:
        """Let articles be stored, and pages be noted after them; how many are not in the archive just so.

        Raises ArchiveUnusable.
        """
        with self._turn:
            new = sum(not self.watched.holds_just(one) for one in articles)
            self._articles += [(source.id, one) for one in articles]
            self._pages += pages
            self._done += len(pages)
            self._on_progress(Progress("reading", self._done, None))
            if len(self._articles) >= BATCH:
                self._store()
            return new

    def finish(self) -> AddReport:
        """Store and note what is left; what became of all that was handed in. Raises ArchiveUnusable."""
        with self._turn:
            self._store()
            return self._report

    def _store(self) -> None:
        if self._failed:
            raise self._failed  # nobody tries again what has just failed for another
        try:
            there = self.watched.ids()  # what somebody has removed meanwhile brings nothing any more
            articles = [one for source_id, one in self._articles if source_id in there]
            pages = [one for one in self._pages if one.source_id in there]
            if articles:
                done = self._patiently(articles)
                pages = _with_reasons(pages, articles, done)
                self._report = self._report.plus(done)
            if pages:
                self.watched.keep(pages)
        except ArchiveUnusable as error:
            self._failed = error
            raise
        self._articles, self._pages = [], []

    def _patiently(self, articles: Sequence[Article]) -> AddReport:
        """Wait while another process writes, for some minutes. Raises ArchiveLocked after that."""
        for _ in range(BUSY_TRIES - 1):
            try:
                return self._add(articles)
            except ArchiveLocked:
                self.clock.sleep(BUSY_PAUSE_S)
                if self.clock.stopping:
                    break
        return self._add(articles)


def _with_reasons(pages: list[WatchedPage], articles: Sequence[Article], done: AddReport) -> list[WatchedPage]:
    """What the archive did not want of what was read: in another language, or withdrawn."""
    reasons = {one.source: one.reason for one in done.rejected}
    unwanted = {one.id: reasons[one.url] for one in articles if one.url in reasons}
    return [replace(one, reason=unwanted.get(one.article_id or "", one.reason)) for one in pages]
