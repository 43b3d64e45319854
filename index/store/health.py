"""How watching goes: what sources named that was not taken, and when what is done now and then was done last."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from index.lives import GONE_DAYS
from index.store.database import Database, transaction
from index.store.faults import explained
from index.store.gone import MissingFile, count_doubted, read_missing
from index.store.pages import KEPT_OUT
from index.store.rows import to_microseconds, to_moment

# A page that fails only now, or is gone, has its article in the archive still.
_REFUSED = """FROM pages WHERE source_id = ? AND reason NOT NULL AND reason <> ?
    AND (article_id IS NULL OR NOT EXISTS (SELECT 1 FROM articles WHERE id = article_id))"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A page or file that was not taken when it was looked at last, and why."""

    url: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many pages of a source are not in the archive, though it was looked for an article in them; the last."""

    count: int
    last: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Ills:
    """What is wrong with a source besides its last look.

    `held_back`: pages that are gone together with most others of the source or of a host. Their articles stay.
    """

    refused: Refusals
    held_back: int = 0


class Health:
    """Calls may come from any thread. Raises `ArchiveUnusable`, from every method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refused(self, source_id: int, limit: int) -> Refusals:
        """What the source named and was not taken; the last of it first."""
        given = (source_id, KEPT_OUT)
        order = "ORDER BY coalesce(checked_at, listed_at) DESC, url LIMIT ?"
        with self._database.reading() as connection:
            count = connection.execute(f"SELECT count(*) {_REFUSED}", given).fetchone()[0]
            rows = connection.execute(
                f"SELECT url, reason, coalesce(checked_at, listed_at) {_REFUSED} {order}",
                (*given, limit),
            )
            return Refusals(count, tuple(Refusal(url, reason, to_moment(at)) for url, reason, at in rows))

    def ills(self, source_ids: Iterable[int], limit: int, now: datetime) -> dict[int, Ills]:
        """What is wrong with each; of what was not taken the last `limit`."""
        held = self.held_back(now)
        return {one: Ills(self.refused(one, limit), held.get(one, 0)) for one in source_ids}

    def held_back(self, now: datetime) -> dict[int, int]:
        """By source, pages whose articles stay though they are gone: most of the source's, or of a host's, are."""
        with self._database.reading() as connection:
            return count_doubted(connection, now - timedelta(days=GONE_DAYS))

    def missing(self, source_id: int) -> list[MissingFile]:
        """The files of a watched folder that are not there any more, whose articles are."""
        with self._database.reading() as connection:
            return read_missing(connection, source_id)

    def did(self, chore: str, now: datetime) -> None:
        """Write down that it was done."""
        self._write("INSERT OR REPLACE INTO chores VALUES (?, ?)", chore, to_microseconds(now))

    def undo(self, chore: str) -> None:
        """Let it be as if it had never been done."""
        self._write("DELETE FROM chores WHERE name = ?", chore)

    def when(self, chore: str) -> datetime | None:
        """When it was done last; None: never."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT done_at FROM chores WHERE name = ?", (chore,)).fetchone()
        return to_moment(row[0]) if row else None

    def _write(self, statement: str, *values: str | int) -> None:
        with (
            explained(self._database.file.parent),
            closing(self._database.open_for_writing()) as connection,
            transaction(connection),
        ):
            connection.execute(statement, values)
