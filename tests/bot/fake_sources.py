"""Sources in memory, that keep the promises of `index.GuestSources`. Nobody looks at them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

from index import Ills, NewSource, Refusal, Refusals, Rejection, Source

ADDED_AT = datetime(2025, 11, 1, tzinfo=UTC)
NUMBERS = count(1)


class World(Protocol):
    """What stands at which address, and whether anybody looks."""

    sites: dict[str, int]
    watched_at: datetime | None


class FakeSources:
    def __init__(self, world: World, collection: str) -> None:
        self._world = world
        self._collection = collection
        self._sources: dict[int, Source] = {}
        self.not_taken: dict[str, str] = {}  # of every source: address and reason

    def add(self, address: str, *, most: int) -> NewSource | Rejection:
        if known := self._named(address):
            return NewSource(known, known.articles, is_new=False)
        if len(self._sources) >= most:
            return Rejection(address, f"is beyond the {most:,} sources that may be here")
        if address not in self._world.sites:
            return Rejection(address, "is not there (404)")
        source = Source(
            id=next(NUMBERS),
            address=address,
            kind="feed",
            collection=self._collection,
            every=timedelta(minutes=30),
            paused=False,
            due_at=ADDED_AT,
            guest=True,
        )
        self._sources[source.id] = source
        return NewSource(source, self._world.sites[address])

    def all(self) -> list[Source]:
        return list(self._sources.values())

    def with_ills(self, limit: int) -> list[tuple[Source, Ills]]:
        last = [Refusal(url, reason, ADDED_AT) for url, reason in self.not_taken.items()]
        ills = Ills(Refusals(len(last), tuple(last[:limit])))
        return [(one, ills) for one in self.all()]

    def pause(self, name: str) -> Source | None:
        return self._put(name, paused=True)

    def resume(self, name: str) -> Source | None:
        return self._put(name, paused=False)

    def remove(self, name: str) -> Source | None:
        found = self._named(name)
        return self._sources.pop(found.id) if found else None

    def watched_at(self) -> datetime | None:
        return self._world.watched_at

    def _named(self, name: str) -> Source | None:
        return next((one for one in self.all() if name in (str(one.id), one.address)), None)

    def _put(self, name: str, *, paused: bool) -> Source | None:
        if found := self._named(name):
            self._sources[found.id] = replace(found, paused=paused)
        return found
