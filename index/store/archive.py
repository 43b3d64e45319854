"""The archive on this machine: SQLite holds the truth, two legs derived from it are searched."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.clock import utc_now
from index.errors import ArchiveUnusable
from index.store import generations
from index.store.carrying import Carried, read_carried
from index.store.checking import database_problems, leg_problems
from index.store.copies import restore_backup, write_backup
from index.store.database import Database
from index.store.draft import Draft, drop_draft, open_draft
from index.store.examining import Examined, examine
from index.store.facts import read_status
from index.store.faults import explained
from index.store.health import Health
from index.store.labels import Labels
from index.store.legs import is_current, is_sound, legs_in_memory, open_legs, publish, serves
from index.store.lock import watch_lock, writer_lock
from index.store.memory import Memory
from index.store.newest import read_newest
from index.store.rows import Manifest, articles_after, read_articles, read_known, read_stamp
from index.store.snapshot import Snapshot
from index.store.watched import Watched
from index.store.writer import Writer
from index.types import Filters, Status, StoredArticle

_DATABASE = "archive.sqlite"
_LEGS = "legs"


class Store:
    """Many readers, one writer. Every method may be called from any thread."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self._folder = folder
        self._clock = clock
        self._database = Database(folder / _DATABASE)
        self.watched = Watched(self._database)
        self.health = Health(self._database)
        self.memory = Memory(self._database, clock)
        self._guard = threading.Lock()  # over the two below
        self._snapshot: Snapshot | None = None
        self._looked_at = -1  # the number of the generation that the snapshot was made of, or made for want of

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> "Store":
        """Open the archive; create it where there is none; mend its legs if they lag, and if that may be done.

        Raises:
            ArchiveUnusable: it cannot be created, is damaged, or was written by a newer pullquote.
        """
        store = cls(folder, clock)
        store._database.prepare()
        with store._database.reading() as connection:
            stamp = read_stamp(connection)
        if stamp.manifest is not None and not is_current(folder / _LEGS, stamp):
            store._mend()
        return store

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether there is an archive in the folder; `open` would create one."""
        return (folder / _DATABASE).exists()

    @staticmethod
    def examine(folder: Path) -> Examined:
        """What a quick look at the archive in the folder shows; it is left as it is. Raises ArchiveUnusable."""
        return examine(Database(folder / _DATABASE), folder / _LEGS)

    @classmethod
    def restore(cls, folder: Path, file: Path) -> int | None:
        """Make the archive in the folder what the backup holds; how many articles it held, None where that is unknown.

        Raises:
            ArchiveDamaged: the file is not a whole backup; nothing was changed.
            ArchiveLocked: somebody is writing.
        """
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(folder):
            database = Database(folder / _DATABASE)
            before = _articles_in(database)
            restore_backup(database, file)
            with database.reading() as connection:
                publish(folder / _LEGS, connection, from_scratch=True)
            database.close()
        return before

    def close(self) -> None:
        """Let go of files and memory. What is called afterwards opens them anew."""
        with self._guard:
            self._snapshot, self._looked_at = None, -1
        self._database.close()

    def manifest(self) -> Manifest | None:
        """What the archive was built with; None when nothing was written yet."""
        with self._database.reading() as connection:
            return read_stamp(connection).manifest

    def snapshot(self) -> Snapshot:
        """The newest publication, by whatever process. Cheap when there is none newer than at the last call."""
        current = self._snapshot
        if not self._guard.acquire(blocking=current is None) and current is not None:
            return current  # another thread is opening a newer one: go on with this one meanwhile
        try:
            there = generations.numbers(self._folder / _LEGS)
            number = there[-1] if there else 0
            if self._snapshot is None or number != self._looked_at:
                self._snapshot, self._looked_at = self._take(number)
            return self._snapshot
        finally:
            self._guard.release()

    def find(self, url: str) -> list[StoredArticle]:
        """The articles under this address, of any collection."""
        with self._database.reading() as connection:
            return read_articles(connection, "url = ?", (url,))

    def articles(self) -> Iterator[StoredArticle]:
        """Every article in id order, a few in memory at a time, each as it is when its turn comes."""
        page, last = True, ""
        while page:
            with self._database.reading() as connection:
                found = articles_after(connection, last)
            yield from (stored for stored, _ in found)
            page, last = bool(found), found[-1][0].article.id if found else last

    def carried(self, after: str, limit: int, dimension: int) -> list[Carried]:
        """The next articles by id, whatever became of them, as another archive takes them over."""
        with self._database.reading() as connection:
            return read_carried(connection, after, limit, dimension)

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are already of texts with these sha256 (of exactly what the encoder is given)."""
        with self._database.reading() as connection:
            manifest = read_stamp(connection).manifest
            return {} if manifest is None else read_known(connection, sources, manifest.model.dimension)

    def newest(self, limit: int, filters: Filters, offset: int = 0) -> list[StoredArticle]:
        """The last articles added, the newest first, after `offset` of them; those of one moment by id."""
        with self._database.reading() as connection:
            return read_newest(connection, filters, limit, offset)

    def info(self, collections: Sequence[str] | None = None) -> Status:
        """What the archive holds now, or what these collections of it do."""
        with self._database.reading() as connection:
            return read_status(connection, self._folder, collections)

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Sorted names of the publishers in the collections of the filters; the rest of the filters is not asked."""
        marks = ", ".join("?" * len(filters.collections))
        names = f"SELECT DISTINCT publisher FROM articles WHERE publisher NOT NULL AND collection IN ({marks})"  # noqa: S608 - question marks only
        with self._database.reading() as connection:
            return tuple(sorted(row[0] for row in connection.execute(names, filters.collections)))

    def check(self) -> tuple[str, ...]:
        """Look at every byte; each problem is a sentence that says what to run. Empty: all is as it was stored."""
        try:
            with self._database.reading() as connection:
                problems = tuple(database_problems(connection))
                return problems or tuple(leg_problems(connection, self._folder / _LEGS))
        except ArchiveUnusable as error:
            return (str(error),)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Be the only one that watches the sources. Raises ArchiveLocked where another does."""
        with watch_lock(self._folder):
            yield

    def backup(self, file: Path) -> None:
        """Write what is committed at this moment into one file; readers and a writer go on meanwhile."""
        write_backup(self._database, file)

    @contextmanager
    def writer(self, manifest: Manifest) -> Iterator[Writer]:
        """The only way to change the archive. On the way out, also after an error, what was stored is published.

        Raises:
            ArchiveLocked: another holds it; the message names process and host.
            ArchiveStale: the archive was built with another model or by other passage rules.
        """
        with writer_lock(self._folder):
            manifest.require(self.manifest())
            with _opened(self._folder, self._database) as connection:
                writer = Writer(self._folder, connection, manifest, self._clock)
                try:
                    yield writer
                except BaseException:
                    with suppress(ArchiveUnusable):  # the first error is the one to tell
                        writer.publish()
                    raise
                writer.publish()

    @contextmanager
    def draft(self, manifest: Manifest) -> Iterator[Draft]:
        """What a rebuild for this model and these rules has done so far; one at a time.

        Raises:
            ArchiveLocked: another process is rebuilding; the message names it.
        """
        with open_draft(self._folder, manifest) as draft:
            yield draft

    def drop_draft(self) -> None:
        """Forget what a rebuild has done so far: it has ended, or is not wanted any more."""
        drop_draft(self._folder)

    def _take(self, number: int) -> tuple[Snapshot, int]:
        """A snapshot of generation `number`, or of legs mended or made in memory where that one does not serve."""
        snapshot = self._from_disk(number)
        while snapshot is None and (newer := max(generations.numbers(self._folder / _LEGS), default=0)) > number:
            snapshot, number = self._from_disk(newer), newer  # a writer has published, and tidied up, meanwhile
        if snapshot is None and (mended := self._mend()):
            snapshot, number = self._from_disk(mended), mended
        return snapshot or self._from_memory(), number

    def _from_disk(self, number: int) -> Snapshot | None:
        generation = generations.read(self._folder / _LEGS, number)
        if generation is None or (held := generation.hold()) is None or (legs := open_legs(generation)) is None:
            return None
        with self._database.reading() as connection:
            stamp = read_stamp(connection)
            if not serves(generation, stamp):
                return None
            in_step = generation.stamp == stamp
            labels = Labels.read(connection, None if in_step else number)
            return Snapshot(self._database, stamp, labels, legs, in_step=in_step, held=held)

    def _from_memory(self) -> Snapshot:
        with self._database.reading() as connection:
            stamp = read_stamp(connection)
            legs = None if stamp.manifest is None else legs_in_memory(connection, stamp.manifest.model.dimension)
            return Snapshot(self._database, stamp, Labels.read(connection), legs, in_step=True)

    def _mend(self) -> int:
        """Publish legs that fit the truth; returns their number, 0 when a writer is at work or none may be written."""
        legs = self._folder / _LEGS
        with suppress(ArchiveUnusable), writer_lock(self._folder, patience_s=0), self._database.reading() as connection:
            if not is_sound(legs, read_stamp(connection)):
                publish(legs, connection)
            return max(generations.numbers(legs), default=0)
        return 0


def _articles_in(database: Database) -> int | None:
    """How many there are; None where that cannot be read."""
    if not database.file.exists():
        return 0
    try:
        with database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except ArchiveUnusable:
        return None
    finally:
        database.close()


@contextmanager
def _opened(folder: Path, database: Database) -> Iterator[sqlite3.Connection]:
    with explained(folder):
        connection = database.open_for_writing()
    with closing(connection):
        yield connection
