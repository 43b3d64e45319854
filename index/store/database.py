"""The SQLite file: how it is opened for writing and for reading, also where nothing can be written."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

from index.store.faults import NO_WRITING, explained, primary_code
from index.store.schema import LATEST, migrate, version_of
from index.store.seals import seal_touched, watch

_BUSY_S = 10.0  # how long SQLite waits for a lock of its own: commits and checkpoints take milliseconds


class Database:
    """One SQLite file. Any number of threads may read at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._copy: tempfile.TemporaryDirectory[str] | None = None

    @property
    def wal(self) -> Path:
        """Where SQLite keeps commits that are not in the file itself yet."""
        return self.file.with_name(self.file.name + "-wal")

    def prepare(self) -> None:
        """Create or migrate what is there.

        Raises:
            ArchiveUnusable: it cannot be created, is damaged, or is not ours.
        """
        with explained(self.file.parent):
            if self.file.exists():
                with self.reading() as connection:
                    if version_of(connection, self.file) == LATEST:
                        return
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with closing(_connect(self.file, "rwc")) as connection:
                connection.execute("BEGIN")  # another process may be creating it just now: look at one moment
                version_of(connection, self.file)  # before anything is changed
                connection.rollback()
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection, self.file)

    def open_for_writing(self) -> sqlite3.Connection:
        """A connection whose commits survive a power cut."""
        connection = _connect(self.file, "rw")
        # WAL with synchronous=NORMAL may lose the last commits in a power cut; with FULL the log is synced before a
        # commit returns, one fsync a batch of articles.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted for good must not stand in free pages
        watch(connection)
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One read transaction: everything read inside is of one moment."""
        with explained(self.file.parent):
            connection, shared = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
                connection.rollback()
            except BaseException:
                connection.close()
                raise
            if shared:
                self._idle.put(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Let go of the file. Reading again opens it anew."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                break
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None

    def _borrow(self) -> tuple[sqlite3.Connection, bool]:
        try:
            return self._idle.get_nowait(), True
        except Empty:
            pass
        try:
            return _proven(_connect(self.file, "rw")), True
        except sqlite3.OperationalError as error:
            if primary_code(error) not in NO_WRITING:
                raise
        # Not kept: the way that works depends on whether somebody else is writing just now.
        return self._open_unwritable(), False

    def _open_unwritable(self) -> sqlite3.Connection:
        """Read where no file can be created: a folder mounted read-only, another user's, a full disk."""
        if not self.wal.exists() or self.wal.stat().st_size == 0:
            return _proven(_connect(self.file, "ro", immutable=True))
        try:
            return _proven(_connect(self.file, "ro"))
        except sqlite3.OperationalError:
            return _proven(_connect(self._copied(), "rw"))

    def _copied(self) -> Path:
        """A killed writer left a log that SQLite can only take up where it may write: take it up in a copy."""
        if self._copy is None:
            self._copy = tempfile.TemporaryDirectory(prefix="pullquote-")
            for file in (self.file, self.wal):
                shutil.copyfile(file, Path(self._copy.name) / file.name)
        return Path(self._copy.name) / self.file.name


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing of it, sealed where the connection is watched (seals.py)."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        seal_touched(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _connect(file: Path, mode: str, *, immutable: bool = False) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode={mode}{'&immutable=1' if immutable else ''}"
    # A connection serves one borrower at a time, but not always the thread that opened it.
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _proven(connection: sqlite3.Connection) -> sqlite3.Connection:
    """SQLite opens lazily: read something, so that a failure shows here."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
