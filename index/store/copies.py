"""Backups: a whole archive in one file, and back."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from index.errors import ArchiveDamaged, ArchiveUnusable
from index.store.checking import database_problems
from index.store.database import Database, transaction
from index.store.faults import explained
from index.store.generations import sync
from index.store.holds import hold, unless_held
from index.store.replaced import forget_unread
from index.store.rows import write_meta
from index.store.schema import fresh_token, migrate, version_of
from index.store.seals import watch
from index.store.versions import adopt_numbers, numbers_dealt_out


def write_backup(database: Database, file: Path) -> None:
    """Write all that is committed at this moment into the file, whole or not at all. Writers are not held up."""
    if not file.parent.is_dir():
        raise ArchiveUnusable(f"The folder {file.parent} for the backup does not exist.")
    with explained(file.parent), _temporary(file) as temporary:
        with database.reading() as connection:
            connection.rollback()  # VACUUM reads in a transaction of its own
            connection.execute("VACUUM INTO ?", (str(temporary),))
        with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
            _start_anew(copy)  # also for who copies the file into place by hand
        sync(temporary)
        temporary.replace(file)
        sync(file.parent)


def restore_backup(database: Database, file: Path) -> None:
    """Make the archive what the backup holds, in one transaction. The caller holds the writer lock.

    Raises:
        ArchiveDamaged: the file is not a whole backup; the archive is as it was.
    """
    with explained(database.file.parent), _temporary(database.file) as temporary:
        _stage(file, temporary)
        _keep_numbers(database, temporary)
        with closing(sqlite3.connect(temporary)) as source:
            try:
                _copy_into(source, database)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                _set_aside(database)  # what is there is no database any more
                _copy_into(source, database)


def _stage(file: Path, temporary: Path) -> None:
    """Copy the backup next to the archive, look at every row of it, and bring it to the latest schema."""
    try:
        shutil.copyfile(file, temporary)
    except OSError as error:
        raise ArchiveUnusable(
            f"The backup {file} could not be read ({error.strerror}); nothing was changed."
        ) from error
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            if version_of(connection, file) == 0:
                raise ArchiveDamaged(f"{file} is not a backup of a pullquote archive; nothing was changed.")
            _require_full_length(connection, temporary, file)
            migrate(connection, file)
            problems = list(database_problems(connection))
            _start_anew(connection)  # ids that were dealt out after the backup will be dealt out again
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(f"{file} is not a whole backup ({error}); nothing was changed.") from error
    if problems:
        raise ArchiveDamaged(f"{file} is not a whole backup ({problems[0]}); nothing was changed.")


def _require_full_length(connection: sqlite3.Connection, temporary: Path, file: Path) -> None:
    """SQLite reads zeros where the last page has been cut short, and they may look like data."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if temporary.stat().st_size != pages * size:
        raise ArchiveDamaged(f"{file} is not a whole backup (its end is missing); nothing was changed.")


def _start_anew(copy: sqlite3.Connection) -> None:
    """No publication that is there points to what is in the copy."""
    watch(copy)
    with transaction(copy):
        write_meta(copy, "lineage", fresh_token())
        forget_unread(copy, 0, 0)


def _keep_numbers(database: Database, temporary: Path) -> None:
    """Version numbers that the archive has dealt out since the backup was made must not come to mean other texts."""
    numbers = []
    if database.file.exists():
        with suppress(ArchiveUnusable):  # what cannot be read any more is what is being restored from
            database.prepare()
            with database.reading() as connection:
                numbers = numbers_dealt_out(connection)
    with closing(sqlite3.connect(temporary, isolation_level=None)) as staged:
        watch(staged)
        with transaction(staged):
            adopt_numbers(staged, numbers, datetime.now(UTC))


def _copy_into(source: sqlite3.Connection, database: Database) -> None:
    """Through SQLite: readers see the archive before or after, and a crash leaves it as it was."""
    with closing(sqlite3.connect(database.file)) as target:
        target.execute("PRAGMA journal_mode = WAL")
        source.backup(target)


def _set_aside(database: Database) -> None:
    """Nothing is thrown away: what cannot be read is kept under another name."""
    mark = f".damaged-{uuid4().hex[:8]}"
    for file in (database.wal, database.file.with_name(database.file.name + "-shm"), database.file):
        if file.exists():
            file.rename(file.with_name(file.name + mark))


@contextmanager
def _temporary(file: Path) -> Iterator[Path]:
    """A file beside the file, so that renaming is atomic; gone at the end, or with the next one after a crash."""
    for left in file.parent.iterdir():
        if left.name.startswith(f".{file.name}.") and left.name.endswith(".tmp"):
            with unless_held(left) as free:
                if free:
                    _unlink(left)
    temporary = file.with_name(f".{file.name}.{uuid4().hex[:8]}.tmp")
    temporary.touch()
    held = hold(temporary)
    try:
        yield temporary
    finally:
        _unlink(temporary)
        del held


def _unlink(database: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
