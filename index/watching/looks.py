"""What is told of a look."""

from dataclasses import dataclass

from index.store import Source
from index.types import Rejection


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking at a source once."""

    source: Source
    read: int = 0  # articles that are new or have changed
    same: int = 0  # articles that were read again and are as they were, and pages or files that had not changed
    rejected: tuple[Rejection, ...] = ()  # what was not taken, told once each
    error: str | None = None  # why the source itself could not be read
