"""The time, and waiting for it: handed in wherever something waits, so that a test's week takes no time."""

import threading
from datetime import UTC, datetime
from typing import Protocol


def utc_now() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)


class Clock(Protocol):
    """What tells the time to those who wait, and when to stop waiting."""

    @property
    def stopping(self) -> bool:
        """Whether what is under way should end: nothing new is begun any more."""

    def now(self) -> datetime:
        """The time, aware and in UTC."""

    def sleep(self, seconds: float) -> None:
        """Come back after so many seconds, or at once when it is time to stop."""


class SystemClock:
    """The machine's own clock. `stop` may be called from a signal handler and from any thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether somebody called `stop`."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End every wait, the one under way too."""
        self._stop.set()

    def now(self) -> datetime:
        """The time, aware and in UTC."""
        return utc_now()

    def sleep(self, seconds: float) -> None:
        """Come back after so many seconds, or at once when it is time to stop."""
        self._stop.wait(max(seconds, 0))
