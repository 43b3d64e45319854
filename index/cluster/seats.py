"""A place on a node with a worker on it: a new one whenever it is lost, until the place is given up."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from index.cluster.likeness import Likeness
from index.cluster.places import Place
from index.cluster.remote import Call, Engine, Lost, Remote
from index.cluster.steps import Step, Steps

AT_ONCE = 2  # steps with each worker: while one travels the other is computed
POLL_S = 0.2  # between two looks for new steps, and for the end
IN_VAIN = 3  # workers lost one after the other with nothing done: the place is given up


@dataclass(frozen=True, slots=True)
class Hall:
    """What all seats share."""

    engine: Engine
    steps: Steps
    closed: threading.Event
    refuse: Callable[[Likeness], str | None]  # why a worker may not take part
    tell: Callable[[str], None]  # what whoever runs this should know
    on_ready: Callable[[Place], None]  # a worker there has started
    on_gone: Callable[[Place], None]  # there is none, or none any more
    step_s: float  # for one step: a worker that takes longer hangs


class Seat:
    """Does steps on its place until the hall is closed, the place is given up, or its node is gone."""

    def __init__(self, place: Place, hall: Hall) -> None:
        self._place, self._hall = place, hall
        self._in_vain = 0

    def run(self) -> None:
        """For a thread of its own."""
        while not self._hall.closed.is_set() and self._one_worker():
            pass

    def _one_worker(self) -> bool:
        """Whether it is worth to start another one."""
        worker = None
        try:
            worker = self._hall.engine.start(self._place)
            if self._takes_part(worker):
                self._work(worker)
        except Lost as loss:
            return self._goes_on(str(loss))
        else:
            return False
        finally:
            self._hall.on_gone(self._place)
            if worker:
                worker.end()

    def _takes_part(self, worker: Remote) -> bool:
        """Wait until it has started; False: it is refused, or the hall was closed."""
        while not self._hall.closed.is_set():
            if likeness := worker.likeness(POLL_S):
                refusal = self._hall.refuse(likeness)
                if refusal:
                    self._hall.tell(f"The worker on {self._place.host} is left out: {refusal}.")
                return refusal is None
        return False

    def _work(self, worker: Remote) -> None:
        self._hall.on_ready(self._place)
        shift = _Shift(worker, self._hall)
        try:
            while not self._hall.closed.is_set():
                shift.fill()
                if shift.take_result():
                    self._in_vain = 0
        except Exception as loss:
            shift.give_back(str(loss))
            raise
        shift.give_back("the run was stopped")

    def _goes_on(self, why: str) -> bool:
        """After a loss: whether the node is there still, and has not lost several in vain."""
        if self._hall.closed.is_set():
            return False
        self._in_vain += 1
        again = self._in_vain < IN_VAIN and self._place.node in {node.id for node in self._hall.engine.nodes()}
        further = "a new one starts" if again else "there will be no other"
        self._hall.tell(f"The worker on {self._place.host} is lost ({why}): {further}.")
        return again


class _Shift:
    """What one worker is at."""

    def __init__(self, worker: Remote, hall: Hall) -> None:
        self._worker, self._hall = worker, hall
        self._held: dict[Step, float] = {}  # until when each has to be done
        self._calls: dict[Call, Step] = {}

    def fill(self) -> None:
        """As many steps as it should be at, where there are so many."""
        while len(self._held) < AT_ONCE and (step := self._hall.steps.take(0 if self._held else POLL_S)):
            self._held[step] = time.monotonic() + self._hall.step_s
            self._calls[self._worker.begin(step.texts)] = step

    def take_result(self) -> bool:
        """Whether there is one. Raises Lost where the worker takes too long."""
        done = self._worker.first(list(self._calls), POLL_S) if self._calls else None
        if done:
            step = self._calls.pop(done[0])
            del self._held[step]
            step.vectors.set_result(done[1])
        elif self._held and min(self._held.values()) < time.monotonic():
            raise Lost(f"it has not answered for {self._hall.step_s:.0f} s")
        return done is not None

    def give_back(self, why: str) -> None:
        """Have somebody else do what this one has not done."""
        self._hall.steps.give_back(self._held, why)
