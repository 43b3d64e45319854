"""What was asked and answered last, in memory only, so that people can ask on: "why?"."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from index import Turn

TURNS = 3  # that a question may lean on
FORGOTTEN_S = 15 * 60.0
MOST = 1_000  # conversations at a time: some megabytes


class Place(NamedTuple):
    """Who asks where. What one person asks in one channel is never completed from another channel or person."""

    guild_id: int | None  # None: a direct message
    channel_id: int | None
    user_id: int


class Conversations:
    """The last turns of each place. A turn is forgotten after a quarter of an hour, the quietest place when full."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turns = OrderedDict[Place, list[tuple[float, Turn]]]()  # the place heard of last at the end

    def before(self, place: Place) -> tuple[Turn, ...]:
        """The turns that a question from this place may lean on, oldest first."""
        self._forget()
        return tuple(turn for at, turn in self._turns.get(place, []) if at > self._clock() - FORGOTTEN_S)

    def add(self, place: Place, turn: Turn) -> None:
        """Remember what has just been answered."""
        self._forget()
        self._turns[place] = [*self._turns.pop(place, []), (self._clock(), turn)][-TURNS:]
        while len(self._turns) > MOST:
            self._turns.popitem(last=False)

    def _forget(self) -> None:
        """Let go of the places whose last turn is old: they stand in front."""
        while self._turns:
            place, turns = next(iter(self._turns.items()))
            if turns[-1][0] > self._clock() - FORGOTTEN_S:
                return
            del self._turns[place]
