"""Best first, ties by passage id: also where the cut at k falls among equals."""

from collections.abc import Callable

Scored = tuple[int, float]  # passage id, score: higher is better
_HEADROOM = 8  # asked for beyond k, to see whether the cut falls among equals


def complete(nearest: Callable[[int], list[Scored]], k: int, limit: int) -> list[Scored]:
    """The k best of what `nearest(n)` finds, in an order that depends on scores and ids alone.

    An engine that is asked for k keeps any of those that share the k-th score. `limit` is how many there can be.
    """
    wanted = min(k, limit)
    if wanted <= 0:
        return []
    n = min(wanted + _HEADROOM, limit)
    found = nearest(n)
    while len(found) == n < limit and found[-1][1] == found[wanted - 1][1]:
        n = min(2 * n, limit)
        found = nearest(n)
    return sorted(found, key=lambda scored: (-scored[1], scored[0]))[:wanted]
