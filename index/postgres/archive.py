"""The archive in PostgreSQL: one database holds the truth, and the indexes that are searched."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.clock import utc_now
from index.errors import ArchiveLocked, ArchiveUnusable
from index.postgres import facts, publishing
from index.postgres.carrying import read_carried
from index.postgres.checking import problems
from index.postgres.database import Database, see
from index.postgres.dense import INDEXED_FROM
from index.postgres.examining import examine
from index.postgres.health import Health
from index.postgres.locks import held
from index.postgres.memory import Memory
from index.postgres.reach import EXACT
from index.postgres.rows import articles_after, read_articles, read_known, read_state
from index.postgres.schema import migrate, version_of
from index.postgres.snapshot import Snapshot
from index.postgres.watched import Watched
from index.postgres.writer import Writer
from index.store import Carried, Draft, Examined, Manifest
from index.store.draft import drop_draft, open_draft
from index.types import Filters, Status, StoredArticle

_NO_BACKUP = (
    "The archive is in PostgreSQL, which has tools of its own for this: pg_dump writes one to a file while it is in "
    "use, pg_restore puts it back. `pullquote copy` makes a folder of it that every command can read."
)


class PostgresStore:
    """Many readers, one writer. Every method may be called from any thread."""

    def __init__(
        self,
        url: str,
        folder: Path,
        clock: Callable[[], datetime] = utc_now,
        *,
        exact: int = EXACT,
        indexed_from: int = INDEXED_FROM,
    ) -> None:
        self._database = Database(url)
        self._folder = folder  # of this machine: for what a rebuild has done so far
        self._clock = clock
        self._exact = exact
        self._indexed_from = indexed_from
        self.watched = Watched(self._database)
        self.health = Health(self._database)
        self.memory = Memory(self._database, clock)

    @classmethod
    def open(
        cls,
        url: str,
        folder: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        exact: int = EXACT,
        indexed_from: int = INDEXED_FROM,
    ) -> "PostgresStore":
        """Open the archive; make its tables where there are none; show what a writer stored who was killed.

        `folder` is one of this machine, for what a rebuild has done so far. `exact` and `indexed_from` are passages: up
        to so many that filters leave all are looked at, and from so many on there is an index of vectors.

        Raises:
            ArchiveUnusable: the database cannot be reached, lacks pgvector, or is of a newer pullquote.
        """
        store = cls(url, folder, clock, exact=exact, indexed_from=indexed_from)
        migrate(store._database)
        store._mend()
        return store

    @staticmethod
    def exists(url: str) -> bool:
        """Whether there is an archive in the database; `open` would make one."""
        database = Database(url)
        with database.plain() as connection:
            return version_of(connection) > 0

    @staticmethod
    def examine(url: str) -> Examined:
        """What a quick look at the archive in the database shows; it is left as it is. Raises ArchiveUnusable."""
        return examine(Database(url))

    def close(self) -> None:
        """Let go of all connections. What is called afterwards opens them anew."""
        self._database.close()

    def manifest(self) -> Manifest | None:
        """What the archive was built with; None when nothing was written yet."""
        with self._database.reading() as connection:
            return read_state(connection).manifest

    def snapshot(self) -> Snapshot:
        """The newest publication, by whatever process: one for each question."""
        with self._database.reading() as connection:
            return Snapshot(self._database, read_state(connection), exact=self._exact)

    def find(self, url: str) -> list[StoredArticle]:
        """The articles under this address, of any collection."""
        with self._database.reading() as connection:
            return read_articles(connection, "url = %s", (url,))

    def articles(self) -> Iterator[StoredArticle]:
        """Every article in id order, a few in memory at a time, each as it is when its turn comes."""
        page, last = True, ""
        while page:
            with self._database.reading() as connection:
                found = articles_after(connection, last)
            yield from found
            page, last = bool(found), found[-1].article.id if found else last

    def carried(self, after: str, limit: int, dimension: int) -> list[Carried]:
        """The next articles by id, whatever became of them, as another archive takes them over."""
        with self._database.reading() as connection:
            return read_carried(connection, after, limit, dimension)

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are already of texts with these sha256 (of exactly what the encoder is given)."""
        with self._database.reading() as connection:
            return read_known(connection, sources, read_state(connection).model)

    def newest(self, limit: int, filters: Filters, offset: int = 0) -> list[StoredArticle]:
        """The last articles added, the newest first, after `offset` of them; those of one moment by id."""
        with self._database.reading(filters.collections) as connection:
            return facts.read_newest(connection, filters, limit, offset)

    def info(self, collections: Sequence[str] | None = None) -> Status:
        """What the archive holds now, or what these collections of it do."""
        with self._database.reading(collections) as connection:
            return facts.read_status(connection, collections)

    def publishers(self, filters: Filters) -> tuple[str, ...]:
        """Sorted names of the publishers in the collections of the filters; the rest of the filters is not asked."""
        with self._database.reading(filters.collections) as connection:
            return facts.read_publishers(connection, filters.collections)

    def check(self) -> tuple[str, ...]:
        """Look at every row; each problem is a sentence that says what to run. Empty: all is as it was stored."""
        try:
            with self._database.writing() as connection, connection.transaction():  # no time limit, unlike readers
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                see(connection, None)
                return tuple(problems(connection))
        except ArchiveUnusable as error:
            return (str(error),)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Be the only one that watches the sources, on whatever machine. Raises ArchiveLocked where another does."""
        with self._database.writing() as connection, held(self._database, connection, "watch"):
            yield

    def backup(self, file: Path) -> None:
        """Not here: PostgreSQL has tools for it. Raises ArchiveUnusable, which names them."""
        raise ArchiveUnusable(f"{file} was not written. {_NO_BACKUP}")

    @contextmanager
    def writer(self, manifest: Manifest) -> Iterator[Writer]:
        """The only way to change the archive. On the way out, also after an error, what was stored is published.

        Raises:
            ArchiveLocked: another holds it; the message names process and host.
            ArchiveStale: the archive was built with another model or by other passage rules.
        """
        with self._database.writing() as connection, held(self._database, connection, "writer"):
            publishing.publish(connection, indexed_from=self._indexed_from)  # what one left who was killed
            writer = Writer(connection, manifest, self._clock, indexed_from=self._indexed_from)
            manifest.require(writer.built_with)
            try:
                yield writer
            except BaseException:
                with suppress(Exception):  # the first error is the one to tell
                    writer.publish()
                raise
            writer.publish()

    @contextmanager
    def draft(self, manifest: Manifest) -> Iterator[Draft]:
        """What a rebuild for this model and these rules has done so far, on this machine; one at a time on all.

        Raises:
            ArchiveLocked: another process is rebuilding; the message names it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (
            self._database.writing() as connection,
            held(self._database, connection, "rebuild"),
            open_draft(self._folder, manifest) as draft,
        ):
            yield draft

    def drop_draft(self) -> None:
        """Forget what a rebuild has done so far on this machine: it has ended, or is not wanted any more."""
        drop_draft(self._folder)

    def _mend(self) -> None:
        """Publish what a writer stored who was killed before he could; leave it to one who is at work."""
        with self._database.reading() as connection:
            if not read_state(connection).pending:
                return
        with (
            suppress(ArchiveLocked),
            self._database.writing() as connection,
            held(self._database, connection, "writer", patience_s=0),
        ):
            publishing.publish(connection, indexed_from=self._indexed_from)
