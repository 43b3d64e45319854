"""A lease is held until some time by the clock of the database, and ends by itself where its holder is no more."""

from dataclasses import dataclass

HELD_S = 30.0  # for so long after each renewal


@dataclass(frozen=True, slots=True)
class Share:
    """What is left to a holder after a renewal."""

    held: frozenset[int]  # shards that are still the holder's
    fair: int  # how many each process should serve, with as many as there are now
    count: int  # of all shards
