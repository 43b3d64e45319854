"""The wall to SQLite and the disk: what they raise becomes one sentence for the person at the keyboard."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import ArchiveDamaged, ArchiveLocked, ArchiveUnusable

# A connection that fails with one of these can often still be opened for reading alone.
NO_WRITING = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def primary_code(error: sqlite3.Error) -> int:
    """The SQLite result code without its extension; 0 when Python's own layer raised it."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn sqlite3.Error and OSError about `place` into the tree of `index.errors`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _about_database(error, place) from error
    except OSError as error:
        raise _about_disk(error, place) from error


def _about_database(error: sqlite3.Error, place: Path) -> ArchiveUnusable:
    code = primary_code(error)
    if code in _DAMAGED:
        return damaged(place, str(error))
    if code in _LOCKED:
        return ArchiveLocked(f"Another program keeps the archive at {place} locked; try again when it is done.")
    if code == sqlite3.SQLITE_FULL:
        return _full(place)
    if code == sqlite3.SQLITE_READONLY:
        return _read_only(place)
    return ArchiveUnusable(f"The archive at {place} could not be read or written ({error}); nothing stored was lost.")


def _about_disk(error: OSError, place: Path) -> ArchiveUnusable:
    if error.errno in _FULL:
        return _full(place)
    if error.errno in _READ_ONLY:
        return _read_only(place)
    reason = error.strerror or str(error)
    return ArchiveUnusable(f"The archive at {place} could not be read or written ({reason}); nothing stored was lost.")


def damaged(place: Path, reason: str) -> ArchiveDamaged:
    """The database itself is broken: only a backup helps."""
    return ArchiveDamaged(
        f"The database of the archive at {place} is damaged ({reason}); run `pullquote restore FILE`."
    )


def _full(place: Path) -> ArchiveUnusable:
    return ArchiveUnusable(f"The disk that holds {place} is full; nothing stored was lost: free some and try again.")


def _read_only(place: Path) -> ArchiveUnusable:
    return ArchiveUnusable(f"The archive at {place} cannot be written: allow this user to write there and try again.")
