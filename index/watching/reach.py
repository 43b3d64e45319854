"""How far sources reach: those of guests to the hosts that are allowed, and until their collection is full."""

import threading
from dataclasses import dataclass

from index.archives import Watched
from index.articles import Fetcher
from index.store import Source


@dataclass(frozen=True, slots=True)
class GuestRules:
    """What the sources of guests may bring: pages on these hosts, until their collection holds `most` articles."""

    hosts: tuple[str, ...] = ()
    most: int = 0


NO_GUESTS = GuestRules()


class Reach:
    """Of the sources in one round; for all of its threads."""

    def __init__(self, watched: Watched, fetcher: Fetcher, guests: GuestRules) -> None:
        self._watched = watched
        self._fetcher = fetcher
        self._of_guests = fetcher.within(guests.hosts)
        self._most = guests.most
        self._turn = threading.Lock()
        self._room: dict[str, int] = {}  # by collection, as far as it was asked for
        self._admitted: set[str] = set()

    def fetcher(self, source: Source) -> Fetcher:
        """For what the source may name."""
        return self._of_guests if source.guest else self._fetcher

    @property
    def full(self) -> str:
        """Why nothing new may come in."""
        return f"is beyond the {self._most:,} articles that may be here"

    def has_room(self, source: Source) -> bool:
        """Whether anything new may come in."""
        with self._turn:
            return not source.guest or self._room_in(source.collection) > 0

    def admits(self, source: Source, article_id: str) -> bool:
        """Whether the article may come in: one that is there already always may, a new one takes room."""
        if not source.guest or self._watched.holds(article_id):
            return True
        with self._turn:
            if article_id in self._admitted:
                return True
            if self._room_in(source.collection) <= 0:
                return False
            self._room[source.collection] -= 1
            self._admitted.add(article_id)
            return True

    def _room_in(self, collection: str) -> int:
        if collection not in self._room:
            self._room[collection] = self._most - self._watched.count(collection)
        return self._room[collection]
