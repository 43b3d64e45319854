"""A quick look at an archive from outside: nothing is made, mended or brought up."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from index.store import generations
from index.store.database import Database
from index.store.facts import read_status
from index.store.lock import is_watched
from index.store.rows import Manifest, Stamp, read_stamp
from index.store.schema import LATEST, version_of
from index.store.watched import Source, Watched
from index.types import Status


class Legs(Enum):
    """How what is searched stands to what is stored."""

    CURRENT = "current"
    BEHIND = "behind"
    BROKEN = "broken"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was seen. Of an archive of an older release no more is known than that."""

    faults: tuple[str, ...] = ()  # that SQLite finds in its own file
    status: Status | None = None
    manifest: Manifest | None = None
    legs: Legs = Legs.MISSING
    generation: int = 0  # the number of the newest publication
    sources: tuple[Source, ...] = ()
    is_watched: bool = False  # by a process that runs now

    @property
    def is_of_older_release(self) -> bool:
        """Whether opening it would bring it up first."""
        return self.status is None


def examine(database: Database, legs: Path) -> Examined:
    """Look at the archive; seconds for hundreds of thousands of passages. Raises ArchiveUnusable."""
    try:
        with database.reading() as connection:
            if version_of(connection, database.file) < LATEST:
                return Examined()
            faults = tuple(row[0] for row in connection.execute("PRAGMA quick_check(1)") if row[0] != "ok")
            stamp = read_stamp(connection)
            status = read_status(connection, database.file.parent, None)
        newest = max(generations.numbers(legs), default=0)
        return Examined(
            faults=faults,
            status=status,
            manifest=stamp.manifest,
            legs=_legs(generations.read(legs, newest), stamp),
            generation=newest,
            sources=tuple(Watched(database).sources()),
            is_watched=is_watched(database.file.parent),
        )
    finally:
        database.close()


def _legs(newest: generations.Generation | None, stamp: Stamp) -> Legs:
    if newest is None:
        return Legs.MISSING
    if not newest.has_all_files():
        return Legs.BROKEN
    return Legs.CURRENT if newest.stamp == stamp else Legs.BEHIND
