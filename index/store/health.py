"""How watching goes: what sources named that was not taken, and when what is done now and then was done last."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from index.store.database import Database, transaction
from index.store.faults import explained
from index.store.pages import KEPT_OUT
from index.store.rows import to_microseconds, to_moment

# A page that fails only now, or is gone, has its article in the archive still.
_REFUSED = """FROM pages WHERE source_id = ? AND reason NOT NULL AND reason <> ?
    AND (article_id IS NULL OR article_id NOT IN (SELECT id FROM articles))"""


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

    def did(self, chore: str, now: datetime) -> None:
        """Write down that it was done."""
        values = (chore, to_microseconds(now))
        with (
            explained(self._database.file.parent),
            closing(self._database.open_for_writing()) as connection,
            transaction(connection),
        ):
            connection.execute("INSERT OR REPLACE INTO chores VALUES (?, ?)", values)

    def when(self, chore: str) -> datetime | None:
        """When it was done last; None: never."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT done_at FROM chores WHERE name = ?", (chore,)).fetchone()
        return to_moment(row[0]) if row else None
