"""The queue of errands, a table that is local to the coordinator.

The server's own clock says who holds what, so that the clocks of the machines need not agree.
"""

from collections.abc import Callable
from typing import Any, Self

from index.errands import Errand, Outcome, Queue, Standing
from index.postgres.database import Connection, Database, belong
from index.postgres.listening import Listener, tell
from index.postgres.rows import one
from index.postgres.schema import migrate
from index.types import Progress

CHANNEL = "pullquote_errands"
HELD_S = 30.0
_KEPT_S = 2 * 86_400  # after the end, for who comes to look only then

_TAKE = """
UPDATE errands SET holder = %(holder)s, held_until = clock_timestamp() + make_interval(secs => %(held)s),
    tries = tries + 1, progress = NULL
WHERE id = (
    SELECT id FROM errands
    WHERE outcome IS NULL AND (held_until IS NULL OR held_until < clock_timestamp())
    ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id, facts, data, tries"""
_HOLD = """
UPDATE errands SET held_until = clock_timestamp() + make_interval(secs => %(held)s), progress = %(progress)s
WHERE id = %(id)s AND holder = %(holder)s AND outcome IS NULL RETURNING called_off"""
_END = """
UPDATE errands SET outcome = %(outcome)s, ended_at = clock_timestamp(), data = NULL
WHERE id = %(id)s AND holder = %(holder)s AND outcome IS NULL"""
_PUT_BACK = """
UPDATE errands SET holder = NULL, held_until = clock_timestamp() + make_interval(secs => %(pause)s),
    tries = tries - %(uncounted)s
WHERE id = %(id)s AND holder = %(holder)s AND outcome IS NULL"""
_CALL_OFF = """
WITH free AS (
    UPDATE errands SET outcome = %(never)s, ended_at = clock_timestamp(), data = NULL
    WHERE id = %(id)s AND outcome IS NULL AND (held_until IS NULL OR held_until < clock_timestamp()) RETURNING id
) UPDATE errands SET called_off = TRUE WHERE id = %(id)s AND id NOT IN (SELECT id FROM free)"""
# Free since it was ordered, put back, or lost by who held it; in the future for one that is held.
_STANDING = """
SELECT progress, outcome, extract(epoch FROM clock_timestamp() - greatest(ordered_at, held_until))::float8
FROM errands WHERE id = %s"""
_QUEUE = """
SELECT count(*) FILTER (WHERE NOT held), coalesce(max(idle_s) FILTER (WHERE NOT held), 0), count(*) FILTER (WHERE held)
FROM (
    SELECT holder IS NOT NULL AND held_until >= clock_timestamp() AS held,
        extract(epoch FROM clock_timestamp() - greatest(ordered_at, held_until))::float8 AS idle_s
    FROM errands WHERE outcome IS NULL
) AS every"""
_FORGET = "DELETE FROM errands WHERE ended_at < clock_timestamp() - make_interval(secs => %s)"


class PostgresErrands:
    """See `index.archives.Errands`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: list[Listener] = []

    @classmethod
    def open(cls, url: str) -> Self:
        """The queue in the database; its table is made where there is none."""
        database = Database(url)
        migrate(database)
        return cls(database)

    def order(self, errand: Errand) -> None:
        """Let an indexer take it. An id that is known already is no new errand."""
        put = "INSERT INTO errands (id, facts, data, number) VALUES (%s, %s, %s, nextval('numbers'))"
        with self._database.changing() as connection:
            belong(connection, errand.id)
            connection.execute(f"{put} ON CONFLICT (id) DO NOTHING".encode(), (errand.id, errand.facts, errand.data))
            tell(connection, CHANNEL, errand.id)

    def standing(self, number: str) -> Standing | None:
        """How the errand of this id stands; None where there is none, or it has ended days ago."""
        with self._database.reading() as connection:
            held = read_queue(connection).held
            belong(connection, number)
            row = connection.execute(_STANDING, (number,)).fetchone()
        if row is None:
            return None
        progress, outcome, idle_s = row
        return Standing(_progress(progress), outcome and Outcome.read(outcome), 0.0 if held else max(idle_s, 0.0))

    def call_off(self, number: str) -> None:
        """Let it end at its next step, or never begin."""
        with self._database.changing() as connection:
            belong(connection, number)
            connection.execute(_CALL_OFF, {"id": number, "never": Outcome("called off").written})
            tell(connection, CHANNEL, number)

    def take(self, holder: str) -> Errand | None:
        """The one that has waited longest of those that nobody holds; it is the holder's now. None: nothing waits."""
        with self._database.changing() as connection:
            connection.execute(_FORGET, (_KEPT_S,))
            row = connection.execute(_TAKE, {"holder": holder, "held": HELD_S}).fetchone()
        return None if row is None else Errand.read(*row)

    def hold(self, holder: str, number: str, progress: Progress | None) -> bool | None:
        """Go on holding it, and show how far it is; whether it is called off. None: the holder has lost it."""
        written = progress and f"{progress.done} {progress.total} {progress.stage}"
        row = self._change(_HOLD, holder, number, held=HELD_S, progress=written)
        return None if row is None else bool(row[0])

    def end(self, holder: str, number: str, outcome: Outcome) -> bool:
        """It has ended; False where the holder has lost it, and then nothing is written."""
        return self._change(f"{_END} RETURNING TRUE", holder, number, outcome=outcome.written) is not None

    def put_back(self, holder: str, number: str, *, pause_s: float, counted: bool) -> None:
        """Let it be taken again after so many seconds; whether this was one of its tries."""
        self._change(f"{_PUT_BACK} RETURNING TRUE", holder, number, pause=pause_s, uncounted=int(not counted))

    def listen(self, hear: Callable[[str], None]) -> None:
        """Let `hear` be called, on a thread of its own, with the id of what has changed; '': perhaps everything."""
        self._listeners.append(Listener(self._database, CHANNEL, lambda told: hear(told or "")))
        self._listeners[-1].start()

    def close(self) -> None:
        """Let go of the connections."""
        for listener in self._listeners:
            listener.close()
        self._database.close()

    def _change(self, statement: str, holder: str, number: str, **values: Any) -> tuple[Any, ...] | None:
        """The row that it gives; who follows the errand hears of it."""
        with self._database.changing() as connection:
            belong(connection, number)
            row = connection.execute(statement.encode(), {"holder": holder, "id": number, **values}).fetchone()
            tell(connection, CHANNEL, number)
        return row


def read_queue(connection: Connection) -> Queue:
    """How it stands in a transaction that sees everything."""
    waiting, longest_s, held = one(connection, _QUEUE)
    return Queue(waiting, max(longest_s, 0.0), held)


def _progress(written: str | None) -> Progress | None:
    if written is None:
        return None
    done, total, stage = written.split(" ", 2)
    return Progress(stage, int(done), None if total == "None" else int(total))
