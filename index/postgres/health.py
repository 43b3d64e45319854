"""How watching goes: what sources named that was not taken, and when what is done now and then was done last."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from index.lives import GONE_DAYS
from index.postgres.database import Database
from index.postgres.gone import count_doubted, read_missing, those_held
from index.store import KEPT_OUT, Ills, MissingFile, Refusal, Refusals
from index.store.pages import optional_moment
from index.store.rows import to_microseconds, to_moment

_REFUSED = (
    "SELECT article_id, url, reason, coalesce(checked_at, listed_at) AS at FROM pages"
    " WHERE source_id = %s AND reason IS NOT NULL AND reason <> %s"
    ' ORDER BY at DESC, url COLLATE "C"'
)


class Health:
    """Calls may come from any thread. Raises `ArchiveUnusable`, from every method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refused(self, source_id: int, limit: int) -> Refusals:
        """What the source named and was not taken; the last of it first."""
        with self._database.reading() as connection:
            rows = connection.execute(_REFUSED, (source_id, KEPT_OUT)).fetchall()
            # A page that fails only now, or is gone, has its article in the archive still.
            held = those_held(connection, (row[0] for row in rows if row[0] is not None))
        refused = [Refusal(url, reason, to_moment(at)) for owner, url, reason, at in rows if owner not in held]
        return Refusals(len(refused), tuple(refused[:limit]))

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
        with self._database.changing() as connection:
            connection.execute(
                "INSERT INTO chores VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET done_at = EXCLUDED.done_at",
                (chore, to_microseconds(now)),
            )

    def undo(self, chore: str) -> None:
        """Let it be as if it had never been done."""
        with self._database.changing() as connection:
            connection.execute("DELETE FROM chores WHERE name = %s", (chore,))

    def when(self, chore: str) -> datetime | None:
        """When it was done last; None: never."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT done_at FROM chores WHERE name = %s", (chore,)).fetchone()
        return optional_moment(row[0]) if row else None
