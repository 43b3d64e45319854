"""A quick look at an archive from outside: nothing is made, mended or brought up."""

from index.postgres.database import Database
from index.postgres.facts import read_status
from index.postgres.locks import is_held
from index.postgres.rows import read_state
from index.postgres.schema import LATEST, version_of
from index.postgres.watched import Watched
from index.store import Examined, Legs


def examine(database: Database) -> Examined:
    """Look at the archive. The server looks after its own files. Raises ArchiveUnusable."""
    try:
        with database.reading() as connection:
            if version_of(connection) < LATEST:
                return Examined()
            state, status = read_state(connection), read_status(connection, None)
            is_watched = is_held(connection, "watch")
        return Examined(
            status=status,
            manifest=state.manifest,
            legs=_legs(state.publication, pending=state.pending),
            generation=state.publication,
            sources=tuple(Watched(database).sources()),
            is_watched=is_watched,
        )
    finally:
        database.close()


def _legs(publication: int, *, pending: bool) -> Legs:
    if pending:
        return Legs.BEHIND
    return Legs.CURRENT if publication else Legs.MISSING
