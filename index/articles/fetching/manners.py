"""How often a host is asked: one request at a time, a pause before the next, and none while it asks for peace."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from index.articles.fetching.trouble import NotAsked, Unavailable
from index.clock import Clock

LONGEST_WAIT_S = 120.0  # a host that is owed more is left for a later round, so that no thread sits waiting for it
STRIKES = 3  # failures in a row after which a host is left alone
REST_S = 300.0  # how long, where it does not say itself


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    pause_s: float = 0.0
    free_at: datetime | None = None  # the next request goes out then at the earliest
    strikes: int = 0


class Manners:
    """The pace for every host, kept among all threads that share this object."""

    def __init__(self, clock: Clock, pause_s: float) -> None:
        self._clock = clock
        self._pause_s = pause_s
        self._guard = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, host: str, *, waits: bool = True) -> Iterator[None]:
        """Hold the host's only turn, after the pause that it is owed.

        `waits` is False for a further step on the way to the same page: robots.txt and redirects.

        Raises:
            NotAsked: it is owed more than `LONGEST_WAIT_S`, or it is time to stop.
        """
        state = self._host(host)
        with state.turn:
            if waits:
                self._wait(host, state)
            try:
                yield
            finally:
                next_one = self._clock.now() + timedelta(seconds=max(self._pause_s, state.pause_s))
                state.free_at = max(state.free_at or next_one, next_one)

    def slow_down(self, host: str, pause_s: float) -> None:
        """Keep to the crawl delay that its robots.txt asks for."""
        self._host(host).pause_s = pause_s

    def answered(self, host: str) -> None:
        """It is well again."""
        self._host(host).strikes = 0

    def failed(self, host: str, error: Unavailable) -> None:
        """Leave it alone for as long as it asks for, or for a while after failures in a row."""
        state = self._host(host)
        state.strikes += 1
        if error.is_about_pace or state.strikes >= STRIKES:
            seconds = REST_S if error.retry_after_s is None else error.retry_after_s
            state.free_at = self._clock.now() + timedelta(seconds=seconds)

    def _host(self, host: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(host, _Host())

    def _wait(self, host: str, state: _Host) -> None:
        seconds = (state.free_at - self._clock.now()).total_seconds() if state.free_at else 0.0
        if seconds > LONGEST_WAIT_S:
            raise NotAsked(f"is on the host {host}, which wants no request yet", retry_after_s=seconds)
        if seconds > 0:
            self._clock.sleep(seconds)
        if self._clock.stopping:
            raise NotAsked("was not asked for any more")
