"""How late the event loop is: it is asked to come back in a moment, again and again."""

import asyncio
import time

from bot.measures.counting import Measures

EVERY_S = 0.1
STANDS_AFTER_S = 10.0  # without a turn: discord.py's heartbeat has then been blocked, too


class Lag:
    """`run` measures for as long as it is not cancelled."""

    def __init__(self, measures: Measures) -> None:
        self._measures = measures
        self._turned_at = time.monotonic()

    @property
    def turns(self) -> bool:
        """Whether the loop has turned of late."""
        return time.monotonic() - self._turned_at < STANDS_AFTER_S

    async def run(self) -> None:
        """Measure until it is cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(EVERY_S)
            self._turned_at = time.monotonic()
            self._measures.lagged(max(self._turned_at - began - EVERY_S, 0.0))
