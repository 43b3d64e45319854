"""One worker on each place of the cluster, all fed from one line. Those that are lost are replaced, nodes may join."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

from index.cluster.likeness import Likeness, difference
from index.cluster.places import Place, places_on
from index.cluster.remote import Engine
from index.cluster.seats import Hall, Seat
from index.cluster.steps import Steps
from index.errors import ClusterUnusable
from index.types import Vectors

STEP_S = 300.0  # for one step: a worker that takes longer hangs; one core needs some 5
PATIENCE_S = 120.0  # without any worker, until the run is given up
LOOK_S = 5.0  # between two looks for nodes that have joined
ENDING_S = 5.0  # for the threads to end, which look up several times a second


class Workers:
    """All workers of a cluster, for as long as the block lasts."""

    def __init__(
        self,
        engine: Engine,
        here: Likeness,
        tell: Callable[[str], None],
        *,
        step_s: float = STEP_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Workers that are not like `here` are left out. `tell` hears of them, and of those that are lost."""
        self._steps, self._closed = Steps(), threading.Event()
        self._hall = Hall(
            engine,
            self._steps,
            self._closed,
            lambda there: difference(here, there),
            self._say,
            self._on_ready,
            self._on_gone,
            step_s,
        )
        self._tell, self._patience_s = tell, patience_s
        self._changed = threading.Condition()
        self._threads: dict[Place, threading.Thread] = {}  # also of places that were given up
        self._ready: dict[Place, bool] = {}  # of those that were not
        self._last_ready = time.monotonic()
        self._last_said = "all CPUs that it has to spare are in use."

    def __enter__(self) -> Self:
        """Wait until one has started.

        Raises:
            ClusterUnusable: none does.
        """
        try:
            self._staff()
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        self._start(self._watch, "cluster")
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._steps.fail(ClusterUnusable("The run was stopped."))
        for thread in self._threads.values():
            thread.join(ENDING_S)

    @property
    def places(self) -> int:
        """How many workers there are, or will be."""
        with self._changed:
            return len(self._ready)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Encoder.encode`, by whoever is free next.

        Raises:
            ClusterUnusable: there are no workers any more, or these texts were lost with several.
        """
        return self._steps.add(texts).vectors.result()

    def _staff(self) -> None:
        """Have somebody sit on every place that is new."""
        for place in places_on(self._hall.engine.nodes()):
            if place not in self._threads:
                with self._changed:
                    self._ready[place] = False
                self._threads[place] = self._start(self._sit, place.host, place)

    def _wait(self) -> None:
        """Until one has started."""
        with self._changed:
            self._changed.wait_for(lambda: not self._ready or any(self._ready.values()), self._patience_s)
            if not self._threads:
                raise ClusterUnusable("The cluster has no CPU for this: each of its nodes keeps one of its own free.")
            if not any(self._ready.values()):
                raise ClusterUnusable(f"No worker has started on the cluster: {self._last_said}")

    def _start(self, run: Callable[..., None], name: str, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=run, args=arguments, name=f"cluster-{name}", daemon=True)
        thread.start()
        return thread

    def _sit(self, place: Place) -> None:
        try:
            Seat(place, self._hall).run()
        finally:
            with self._changed:
                del self._ready[place]
                self._changed.notify_all()

    def _on_ready(self, place: Place) -> None:
        with self._changed:
            self._ready[place] = True
            self._changed.notify_all()

    def _on_gone(self, place: Place) -> None:
        with self._changed:
            if self._ready[place]:
                self._last_ready = time.monotonic()
            self._ready[place] = False

    def _say(self, sentence: str) -> None:
        self._last_said = sentence
        self._tell(sentence)

    def _watch(self) -> None:
        """Until the end, or until there has been nobody for so long that nobody will come."""
        while not self._closed.wait(min(LOOK_S, self._patience_s)):
            self._staff()
            with self._changed:
                alone = not any(self._ready.values())
            if alone and time.monotonic() - self._last_ready > self._patience_s:
                self._steps.fail(
                    ClusterUnusable(
                        f"There is no worker left on the cluster: {self._last_said} What was stored stays stored; "
                        "run the same command again when the cluster is well, or without --ray."
                    )
                )
                return
