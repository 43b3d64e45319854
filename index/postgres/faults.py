"""The wall to PostgreSQL: what it raises becomes one sentence for the person at the keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Error, OperationalError, errors
from psycopg.conninfo import conninfo_to_dict

from index.errors import ArchiveLocked, ArchiveUnusable


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn psycopg's errors about the database at `place` into the tree of `index.errors`."""
    try:
        yield
    except UnicodeEncodeError:
        raise  # of what was to be stored, not of the database
    except Error as error:
        raise _about(error, place) from error


def place_of(url: str) -> str:
    """Which database that is, without the password: for messages. Raises ArchiveUnusable where it names none."""
    try:
        facts = conninfo_to_dict(url)
    except Error as error:
        raise ArchiveUnusable("PULLQUOTE_DATABASE_URL is no address such as postgresql://user@host/name.") from error
    port = f":{facts['port']}" if facts.get("port") else ""
    return f"{facts.get('host') or 'localhost'}{port}/{facts.get('dbname') or facts.get('user') or ''}"


def _about(error: Error, place: str) -> ArchiveUnusable:
    reason = " ".join(str(error.diag.message_primary or error).split())
    if isinstance(error, errors.DiskFull):
        return ArchiveUnusable(
            f"The disk of the database {place} is full; nothing stored was lost: free some and try again."
        )
    if isinstance(error, errors.InsufficientPrivilege):
        return ArchiveUnusable(f"The database {place} does not let this user do that ({reason}): grant it.")
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected):
        return ArchiveLocked(f"Another program keeps the database {place} locked; try again when it is done.")
    if isinstance(error, OperationalError):
        return ArchiveUnusable(
            f"The database {place} could not be reached or did not answer ({reason}); nothing stored was lost: see "
            "that it runs, and try again."
        )
    return ArchiveUnusable(f"The database {place} could not be read or written ({reason}); nothing stored was lost.")
