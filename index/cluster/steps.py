"""Steps that wait for a worker: each is answered once, whichever worker does it in the end."""

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from index.errors import ClusterUnusable
from index.types import Vectors

TRIES = 4  # a step that was lost with so many workers is what kills them


@dataclass(slots=True, eq=False)
class Step:
    """Texts, and their vectors some time."""

    texts: Sequence[str]
    vectors: Future[Vectors] = field(default_factory=Future)
    lost: int = 0  # times, with its worker


class Steps:
    """A line of steps; what comes back to it goes ahead. Safe to share between threads."""

    def __init__(self) -> None:
        self._waiting: deque[Step] = deque()
        self._changed = threading.Condition()
        self._failure: Exception | None = None

    def add(self, texts: Sequence[str]) -> Step:
        """Have the texts encoded by whoever is free next."""
        step = Step(texts)
        with self._changed:
            if self._failure:
                raise self._failure
            self._waiting.append(step)
            self._changed.notify()
        return step

    def take(self, wait_s: float) -> Step | None:
        """The next one; None where there is none for so long."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(wait_s)
            return self._waiting.popleft() if self._waiting else None

    def give_back(self, steps: Iterable[Step], why: str) -> None:
        """They were lost with their worker: somebody else does them, and first."""
        with self._changed:
            for step in steps:
                step.lost += 1
                if self._failure or step.lost >= TRIES:
                    step.vectors.set_exception(self._failure or _given_up(step, why))
                else:
                    self._waiting.appendleft(step)
            self._changed.notify_all()

    def fail(self, failure: Exception) -> None:
        """Nobody will do what waits, and what comes."""
        with self._changed:
            self._failure = failure
            while self._waiting:
                self._waiting.popleft().vectors.set_exception(failure)


def _given_up(step: Step, why: str) -> ClusterUnusable:
    return ClusterUnusable(
        f"{len(step.texts)} texts were lost with {step.lost} workers, one after the other (the last time: {why}). "
        "What was stored stays stored; run the same command again, or without --ray."
    )
