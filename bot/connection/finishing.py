"""The end of a bot in service: nothing new is begun, and what runs is finished, or told that it is not."""

import logging
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.archive import Archive

log = logging.getLogger(__name__)

# Together less than STOP_S, which is less than the 30 s that docker-compose.yml grants.
FINISH_S = 12.0  # for what runs
TELL_S = 4.0  # for telling those who are given up
STOP_S = 20.0  # for all of it, threads that write included: every step of theirs is safe to be cut off


class Ending(Protocol):
    """What runs for people."""

    async def ended(self, within_s: float) -> bool:
        """Whether all of it has ended, after so many seconds at most."""


def finishing(
    archive: Archive, underway: Ending, *, finish_s: float = FINISH_S, tell_s: float = TELL_S
) -> Callable[[], Awaitable[None]]:
    """What is to be done between the signal and the end."""

    async def finish() -> None:
        log.info("stopping: nothing new is begun, what runs has %.0f s", finish_s)
        archive.stop_taking()
        if not await underway.ended(finish_s):
            archive.give_up()
            if not await underway.ended(tell_s):
                log.warning("stopping: some answers were not delivered")

    return finish


def end_in_time(seconds: float = STOP_S, end: Callable[[int], object] = os._exit) -> threading.Timer:
    """End the process with 0 after so long, whatever a thread is at; to be cancelled where it ended by itself."""
    timer = threading.Timer(seconds, lambda: end(0))
    timer.daemon = True
    timer.start()
    return timer
