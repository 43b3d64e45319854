"""How far the archive reaches, remembered for a while, so that an answer hardly ever waits for it."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bot.archive.readers import Readers
from bot.archive.refusals import Busy, Restarting, TooLate

REMEMBERED_S = 60.0
WAITED_S = 0.5  # by an answer, at most; measured: 0.07 s with 8,786 articles, in proportion with more
MOST = 1_000  # places remembered at a time

Find = Callable[[tuple[str, ...]], datetime | None]


class Newest:
    """When the newest article of some collections was published. `find` blocks, on a thread of the readers."""

    def __init__(self, find: Find, readers: Readers, clock: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._readers = readers
        self._clock = clock
        self._known: dict[tuple[str, ...], tuple[float, datetime | None]] = {}

    async def of(self, collections: tuple[str, ...]) -> datetime | None:
        """None where no date is known, or not in time. What comes too late is known the next time."""
        found_at, newest = self._known.get(collections, (float("-inf"), None))
        if found_at > self._clock() - REMEMBERED_S:
            return newest
        try:
            return await self._readers.read(partial(self._look, collections), WAITED_S)
        except (Busy, Restarting, TooLate):
            return newest

    def _look(self, collections: tuple[str, ...]) -> datetime | None:
        newest = self._find(collections)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[collections] = self._clock(), newest
        return newest
