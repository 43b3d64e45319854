"""What the rest of this package asks of a cluster, whichever engine runs it."""

from collections.abc import Hashable, Sequence
from typing import Protocol

from index.cluster.likeness import Likeness
from index.cluster.places import Node, Place
from index.types import Vectors

Call = Hashable  # what a worker is at


class Lost(Exception):
    """A worker is gone with what it was at, or the cluster is; the message is why."""


class Remote(Protocol):
    """A worker somewhere. Every method but `end` raises `Lost`."""

    def likeness(self, wait_s: float) -> Likeness | None:
        """None: it is still starting after so long."""

    def begin(self, texts: Sequence[str]) -> Call:
        """Have them encoded; several calls go on side by side."""

    def first(self, calls: Sequence[Call], wait_s: float) -> tuple[Call, Vectors] | None:
        """One of the calls that is done, with its vectors; None: none is so soon."""

    def end(self) -> None:
        """Let it go, whatever it is at."""


class Engine(Protocol):
    """What has nodes, and starts workers on them."""

    def nodes(self) -> list[Node]:
        """Those that are alive; none where that cannot be told."""

    def start(self, place: Place) -> Remote:
        """A worker, which begins to start. Raises Lost."""
