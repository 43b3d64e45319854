"""Who waits for a thread, in order, and how long a turn takes of late. Threads and the event loop may share a line."""

import itertools
import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

REMEMBERED = 20  # turns that the mean is taken over
FIRST_GUESS_S = 2.0  # of a turn, before there has been one


class Line:
    """At most `readers` are served at a time and `waiting` more stand in line; who is beyond that is turned away."""

    def __init__(self, readers: int, waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._readers, self._room = readers, readers + waiting
        self._clock = clock
        self._lock = Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, None] = {}  # in the order of their coming
        self._served: dict[int, float] = {}  # and since when
        self._took_s: deque[float] = deque(maxlen=REMEMBERED)

    def join(self) -> int | None:
        """A ticket, or None: there is no room."""
        with self._lock:
            if len(self._waiting) + len(self._served) >= self._room:
                return None
            ticket = next(self._numbers)
            self._waiting[ticket] = None
            return ticket

    def start(self, ticket: int) -> None:
        """A thread takes it up."""
        with self._lock:
            del self._waiting[ticket]
            self._served[ticket] = self._clock()

    def leave(self, ticket: int) -> None:
        """It is done, or given up while it waited; a second leave changes nothing."""
        with self._lock:
            self._waiting.pop(ticket, None)
            if (since := self._served.pop(ticket, None)) is not None:
                self._took_s.append(self._clock() - since)

    def place(self, ticket: int) -> int:
        """How many come to be served up to and with this one; 0 for one that is served or gone."""
        with self._lock:
            return next((place for place, one in enumerate(self._waiting, start=1) if one == ticket), 0)

    @property
    def length(self) -> tuple[int, int]:
        """How many wait, and how many are being served."""
        with self._lock:
            return len(self._waiting), len(self._served)

    def again_in_s(self) -> int:
        """Whole seconds, at least 1, after which all who wait now will have been taken up."""
        with self._lock:
            mean_s = sum(self._took_s) / len(self._took_s) if self._took_s else FIRST_GUESS_S
            return max(1, math.ceil(mean_s * (len(self._waiting) + 1) / self._readers))
