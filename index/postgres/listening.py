"""What other processes tell of, heard on a thread of its own (LISTEN and NOTIFY).

PostgreSQL tells only those who are connected. So a connection that was lost is made again, and whenever one is made,
anything may have changed.
"""

import threading
from collections.abc import Callable

from index.errors import ArchiveUnusable
from index.postgres.database import Connection, Database

LOOKS_EVERY_S = 1.0  # whether the server is still there, and whether it is time to end
AGAIN_S = 0.5  # after a connection that was lost, or could not be made

Hear = Callable[[str | None], None]  # what was told; None: something may have been missed


class Listener:
    """Hears what is told on one channel, from `start` to `close`."""

    def __init__(self, database: Database, channel: str, hear: Hear) -> None:
        self._database = database
        self._channel = channel
        self._hear = hear
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"listening to {channel}", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Hear nothing any more. A server that hangs is not waited for."""
        self._over.set()
        self._thread.join(2 * LOOKS_EVERY_S)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with self._database.plain() as connection:
                    connection.execute(f"LISTEN {self._channel}".encode())
                    self._hear(None)
                    self._listen(connection)
            except ArchiveUnusable:
                self._over.wait(AGAIN_S)

    def _listen(self, connection: Connection) -> None:
        while not self._over.is_set():
            for told in connection.notifies(timeout=LOOKS_EVERY_S):
                self._hear(told.payload)
                if self._over.is_set():
                    return
            connection.execute("SELECT 1")


def tell(connection: Connection, channel: str, what: str) -> None:
    """Tell those who listen, once the transaction has ended well."""
    connection.execute("SELECT pg_notify(%s, %s)", (channel, what))
