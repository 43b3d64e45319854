"""Sources of guests, who do not run the archive: each of one collection, on hosts that are allowed, up to a number."""

from datetime import datetime, timedelta

from index.archives import Store
from index.articles import Fetcher, is_web_address
from index.clock import Clock
from index.store import Ills, Source
from index.types import Rejection
from index.watching.adding import NewSource, Wanted, add_source

WATCH = "watch"  # the chore: a round over what is due
EVERY = timedelta(minutes=30)  # between two looks at what a guest has added


class GuestSources:
    """The sources that guests have added to one collection. No other source is shown or changed here.

    Calls block, and may come from any thread. What they are named by is a number or an address, as `named` takes it.
    """

    def __init__(self, collection: str, store: Store, fetcher: Fetcher, clock: Clock) -> None:
        self._collection = collection
        self._store = store
        self._fetcher = fetcher
        self._clock = clock

    def add(self, address: str, *, most: int) -> NewSource | Rejection:
        """Look at the web address once, and watch it from now on, unless there are `most` sources already.

        It opens no file, whatever is named.
        """
        if not is_web_address(address):
            return Rejection(address, "is no web address: it must start with http:// or https://")
        if self.named(address) is None and len(self.all()) >= most:
            return Rejection(address, f"is beyond the {most:,} sources that may be here")
        wanted = Wanted(address, self._collection, EVERY, guest=True)
        return add_source(wanted, self._store.watched, self._fetcher, self._clock)

    def all(self) -> list[Source]:
        """In the order in which they were added."""
        return self._store.watched.of_guests(self._collection)

    def named(self, name: str) -> Source | None:
        """The one with this number or address."""
        return next((one for one in self.all() if name in (str(one.id), one.address)), None)

    def with_ills(self, limit: int) -> list[tuple[Source, Ills]]:
        """Them all, and what is wrong with each: of what was not taken the last `limit`."""
        found = self.all()
        ills = self._store.health.ills((one.id for one in found), limit, self._clock.now())
        return [(one, ills[one.id]) for one in found]

    def pause(self, name: str) -> Source | None:
        """Look at it no more until it is resumed; None where there is none."""
        if found := self.named(name):
            self._store.watched.pause(found.id)
        return found

    def resume(self, name: str) -> Source | None:
        """Look at it again, as soon as may be."""
        if found := self.named(name):
            self._store.watched.resume(found.id, self._clock.now())
        return found

    def remove(self, name: str) -> Source | None:
        """Forget it; its articles stay."""
        if found := self.named(name):
            self._store.watched.remove(found.id)
        return found

    def watched_at(self) -> datetime | None:
        """When somebody looked at what is due last, at sources of whomever; None: never."""
        return self._store.health.when(WATCH)
