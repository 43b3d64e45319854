"""Which workers stand on which node: as large as one copy of the model can use, and one CPU of each node left free."""

from collections.abc import Iterable
from dataclasses import dataclass

LEFT_FREE = 1  # whole CPU of each node: where actors hold every one, other work of the cluster never begins (ray#44687)
MOST_CORES = 8  # of a worker: the bundled model runs as many steps side by side (`bert.STREAMS`)


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster, and the CPUs that it was started with."""

    id: str
    host: str
    cpus: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where one worker stands, and how many cores are its own."""

    node: str
    host: str
    cores: int
    number: int  # among those of its node


def places_on(nodes: Iterable[Node]) -> list[Place]:
    """All whole CPUs of each node but one, shared out evenly among as few workers as can use them."""
    return [place for node in nodes for place in _on(node)]


def _on(node: Node) -> list[Place]:
    cores = max(0, int(node.cpus) - LEFT_FREE)
    workers = -(-cores // MOST_CORES)
    return [Place(node.id, node.host, (cores + number) // workers, number) for number in range(workers)]
