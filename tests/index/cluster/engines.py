"""A cluster within this process, whose workers can be lost, hang, or be unlike."""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.cluster.likeness import PROBES, Likeness
from index.cluster.places import Node, Place
from index.cluster.remote import Call, Lost
from index.types import Vectors
from tests.fakes import WordEncoder

LIKE = Likeness(WordEncoder().model, "whole words", WordEncoder().encode(PROBES))
POISON = "kills whoever reads it"

Deed = Callable[[Sequence[str]], None]  # before a worker encodes; may raise Lost


def nothing(_: Sequence[str]) -> None:
    """A worker that is well."""


def dies(_: Sequence[str]) -> None:
    raise Lost("its process is gone")


def dies_of_poison(texts: Sequence[str]) -> None:
    if POISON in texts:
        raise Lost("its process is gone")


class DiesAfter:
    """A worker that is lost after so many steps."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def __call__(self, texts: Sequence[str]) -> None:
        self._left -= 1
        if self._left < 0:
            dies(texts)


class FakeEngine:
    """Each worker that starts gets the next of the deeds; those after them are well."""

    def __init__(self, nodes: int = 2, deeds: Sequence[Deed | None] = ()) -> None:
        self.here = {str(n): Node(str(n), f"host{n}", 2.0) for n in range(nodes)}
        self.likeness: Likeness | None = LIKE  # None: workers never get ready
        self.encoded: list[str] = []
        self.started: list[Place] = []
        self.to_die = 0  # workers, before those that are well do anything
        self.begun = threading.Event()
        self.lock = threading.Lock()
        self._deeds = iter([*deeds])

    def nodes(self) -> list[Node]:
        return list(self.here.values())

    def start(self, place: Place) -> "FakeWorker":
        with self.lock:
            self.started.append(place)
            return FakeWorker(self, place, next(self._deeds, nothing))


class FakeWorker:
    """Encodes when it is asked for results; a deed of None: it never does."""

    def __init__(self, engine: FakeEngine, place: Place, deed: Deed | None) -> None:
        self._engine, self._place, self._deed = engine, place, deed
        self._calls: dict[Call, Sequence[str]] = {}
        self._numbers = itertools.count()

    def likeness(self, wait_s: float) -> Likeness | None:
        self._require_node()
        if self._engine.likeness is None:
            threading.Event().wait(wait_s)
        return self._engine.likeness

    def begin(self, texts: Sequence[str]) -> Call:
        self._require_node()
        call = next(self._numbers)
        self._calls[call] = texts
        self._engine.begun.set()
        return call

    def first(self, calls: Sequence[Call], wait_s: float) -> tuple[Call, Vectors] | None:
        self._require_node()
        if self._deed is None or (self._deed is nothing and self._engine.to_die):
            threading.Event().wait(wait_s if self._deed is None else 0.01)
            return None
        texts = self._calls.pop(calls[0])
        try:
            self._deed(texts)
        except Lost:
            self._engine.to_die -= 1
            raise
        with self._engine.lock:
            self._engine.encoded += texts
        return calls[0], WordEncoder().encode(texts)

    def end(self) -> None:
        self._calls.clear()

    def _require_node(self) -> None:
        if self._place.node not in self._engine.here:
            raise Lost("its node is gone")


def unlike(**fields: object) -> Likeness:
    """That of a worker which makes other vectors."""
    return replace(LIKE, **fields)  # type: ignore[arg-type]  # the fields are named by the test
