"""What `pullquote watch` does, in figures for Prometheus: sources, articles and how fresh they are."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from index import ArchiveUnusable, BadQuestion, NewsIndex, Round
from index.figures import Figure, Figures, archive_figures, open_figure
from index.listening import Listening

REMEMBERED_S = 30.0  # counting a large archive takes a second: not at each look

OnRound = Callable[[Round], None]


class WatchMeasures:
    """Counts rounds, and looks at the archive when somebody asks. Safe to ask from other threads."""

    def __init__(self, index: NewsIndex) -> None:
        self.registry = CollectorRegistry()
        self._index = index
        self._lock = Lock()
        self._seen: tuple[Figure, ...] = ()
        self._seen_at = float("-inf")
        self._looks = Counter("pullquote_looks", "Looks at sources, by outcome", ["outcome"], registry=self.registry)
        self._taken = Counter(
            "pullquote_taken", "Articles that were read, by outcome", ["outcome"], registry=self.registry
        )
        self._round_at = Gauge(
            "pullquote_last_round_timestamp_seconds", "When a round over the sources ended last", registry=self.registry
        )
        for outcome in ("ok", "failed"):
            self._looks.labels(outcome)
        for outcome in ("added", "changed", "unchanged", "rejected"):
            self._taken.labels(outcome)
        self.registry.register(Figures(self._figures))

    def count(self, found: Round) -> None:
        """A round has ended."""
        report = found.report
        for look in found.looks:
            self._looks.labels("failed" if look.error else "ok").inc()
            self._taken.labels("unchanged").inc(look.same)
            self._taken.labels("rejected").inc(len(look.rejected))
        self._taken.labels("added").inc(report.added)
        self._taken.labels("changed").inc(report.changed)
        self._taken.labels("rejected").inc(len(report.rejected))
        self._round_at.set_to_current_time()

    def _figures(self) -> tuple[Figure, ...]:
        with self._lock:
            if time.monotonic() - self._seen_at > REMEMBERED_S:
                self._seen, self._seen_at = tuple(self._look()), time.monotonic()
            return self._seen

    def _look(self) -> Iterator[Figure]:
        try:
            status, sources = self._index.status(), self._index.sources.sources()
        except ArchiveUnusable:
            yield open_figure(is_open=False)
            return
        yield open_figure(is_open=True)
        yield from archive_figures(status)
        waiting = sum(one.waiting for one in sources if not one.paused)
        yield Figure("pullquote_pages_waiting", "Pages that sources name and that were not read yet", waiting)


@contextmanager
def told_at(listening: Listening | None, index: NewsIndex) -> Iterator[OnRound]:
    """Answer Prometheus there, on a thread, until the end; yields what is to hear of each round.

    Raises:
        BadQuestion: nothing can listen there.
    """
    measures = WatchMeasures(index)
    if listening is None:
        yield measures.count
        return
    try:
        server, thread = start_http_server(listening.port, listening.host, measures.registry)
    except OSError as error:
        where = f"{listening.host}:{listening.port}"
        raise BadQuestion(f"PULLQUOTE_METRICS is {where}, where nothing can listen: {error.strerror}.") from error
    try:
        yield measures.count
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
