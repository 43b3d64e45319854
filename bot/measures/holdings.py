"""What the archive holds, looked at now and then: counting all of it takes longer than a scrape should."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

from bot.measures.counting import Measures
from index import ArchiveUnusable, Figure, Status, archive_figures, open_figure

EVERY_S = 60.0
FRESH_S = 5 * EVERY_S  # while all threads are busy, a look may be left out


class Holdings:
    """`look` asks for the status; it may fail in the way of one who asks, and is then tried again later."""

    def __init__(self, look: Callable[[], Awaitable[Status | None]], measures: Measures) -> None:
        self._look = look
        self._seen: Status | None = None
        self._seen_at = float("-inf")
        self._is_open = False
        measures.show(self.figures)

    @property
    def is_open(self) -> bool:
        """Whether the archive could be read at the last look, and that was not long ago."""
        return self._is_open and time.monotonic() - self._seen_at < FRESH_S

    def figures(self) -> Iterator[Figure]:
        """As at the last look."""
        yield open_figure(is_open=self._is_open)
        if self._seen:
            yield from archive_figures(self._seen)

    async def run(self) -> None:
        """Look until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Look once."""
        try:
            seen = await self._look()
        except ArchiveUnusable:
            self._is_open = False
            return
        if seen is not None:
            self._seen, self._seen_at, self._is_open = seen, time.monotonic(), True
