"""What somebody has ordered of an indexer, on whatever machine: the errand, how it stands, and how it ended."""

import json
from dataclasses import asdict, dataclass, field
from typing import Literal, Self

from index.types import AddReport, Progress, Rejection

Deed = Literal["reindex", "page", "upload"]
End = Literal["done", "called off", "failed"]
NOTICED_S = 60.0  # an errand that nobody has taken for so long waits for an indexer that is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One change of the archive. Doing it twice changes nothing.

    `id` is given by who orders it and begins with a server's id and a slash; one id is one errand. `what` is an address
    or a file's name, `most` how many articles the collection may hold.
    """

    id: str
    deed: Deed
    what: str = ""
    collection: str
    most: int | None = None
    sources: tuple[str, ...] = ()  # that are read anew
    data: bytes | None = None  # of a file that was sent
    tries: int = 0  # how often it has been begun

    @property
    def facts(self) -> str:
        """What it is, but for id, data and tries, as it is kept."""
        kept = ("deed", "what", "collection", "most", "sources")
        return json.dumps({name: value for name, value in asdict(self).items() if name in kept})

    @classmethod
    def read(cls, number: str, facts: str, data: bytes | None, tries: int) -> Self:
        """From what was kept of it."""
        found = json.loads(facts)
        return cls(id=number, data=data, tries=tries, **{**found, "sources": tuple(found["sources"])})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an errand ended."""

    how: End
    report: AddReport = field(default_factory=AddReport)
    said: str = ""  # where it failed: a sentence for who runs the archive

    @property
    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Self:
        """From what `written` gives."""
        found = json.loads(written)
        report = found.pop("report")
        rejected = tuple(Rejection(**one) for one in report.pop("rejected"))
        return cls(report=AddReport(**report, rejected=rejected), **found)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an errand stands. Nobody has begun it where both are None, or it has just been begun."""

    progress: Progress | None
    outcome: Outcome | None
    idle_s: float = 0.0  # for so long nobody has held it, and nobody holds another one now: no indexer is there


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for an indexer, and what is done now."""

    waiting: int
    longest_s: float  # that one of those has waited
    held: int
