"""What is told of a look."""

from dataclasses import dataclass

from index.store import Source
from index.types import Rejection


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking at a source once."""

    source: Source
    read: int = 0  # pages or files with an article that is new or has changed
    same: int = 0  # pages or files that had not changed
    rejected: tuple[Rejection, ...] = ()  # what was not taken, told once each
    error: str | None = None  # why the source itself could not be read
