"""Connections to the database: a pool for readers, one for whoever writes, and what each transaction sees."""

import os
import socket
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg import sql
from psycopg_pool import ConnectionPool

from index.postgres import texts
from index.postgres.faults import explained, place_of

Connection = psycopg.Connection[tuple[Any, ...]]

_READERS = 16  # connections at most; more threads than that wait for their turn
_WAITING_S = 5.0  # for one of them, or for a server that is not there
_ANSWER_MS = 60_000  # after which the server gives a reader's statement up
# `force_custom_plan`: a plan made without the filters would choose the wrong index. JIT costs more than it gives here.
_OPTIONS = "-c plan_cache_mode=force_custom_plan -c jit=off"
_EVERYTHING = "SET LOCAL citus.propagate_set_commands = 'local'; SET LOCAL pullquote.everything = 'on'"


class Database:
    """Any number of threads may read at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.place = place_of(url)
        self._guard = threading.Lock()
        self._pool: ConnectionPool[Connection] | None = None

    @contextmanager
    def reading(self, collections: Sequence[str] | None = None) -> Iterator[Connection]:
        """One read transaction: everything read inside is of one moment, and of these collections, or of all."""
        with (
            explained(self.place),
            self._readers().connection(_WAITING_S) as connection,
            connection.transaction(),
        ):
            see(connection, collections)
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """One transaction that writes, for what needs no lock."""
        with (
            explained(self.place),
            self._readers().connection(_WAITING_S) as connection,
            connection.transaction(),
        ):
            connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE")
            see(connection, None)
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection of its own, with a transaction for each `transaction` within."""
        with explained(self.place), psycopg.connect(self._url, **_facts()) as connection:
            _prepare(connection)
            yield connection

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """A connection that expects no tables and no extension there yet."""
        with explained(self.place), psycopg.connect(self._url, **_facts()) as connection:
            texts.register(connection)
            yield connection

    def close(self) -> None:
        """Let go of all connections. Reading again opens new ones."""
        with self._guard:
            if self._pool is not None:
                self._pool.close()
            self._pool = None

    def _readers(self) -> "ConnectionPool[Connection]":
        with self._guard:
            if self._pool is None:
                self._pool = ConnectionPool(
                    self._url,
                    kwargs={**_facts(), "options": f"{_OPTIONS} -c statement_timeout={_ANSWER_MS}"},
                    configure=_prepare_reader,
                    check=ConnectionPool.check_connection,  # a server that was restarted is not noticed otherwise
                    min_size=0,
                    max_size=_READERS,
                    timeout=_WAITING_S,
                    open=True,
                )
                weakref.finalize(self, _shut, self._pool)
            return self._pool


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of it or nothing of it, seeing all collections."""
    with connection.transaction():
        see(connection, None)
        yield


def see(connection: Connection, collections: Sequence[str] | None) -> None:
    """Let the policies of the tables show these collections until the transaction ends; None: all of them.

    The second lock: a query that forgets its filters still gives out nothing of others. `SET LOCAL` in this form also
    reaches the workers of Citus, which `set_config` does not.
    """
    if collections is None:
        connection.execute(_EVERYTHING)
        return
    array = "{" + ",".join(_quoted(name) for name in collections) + "}"
    setting = sql.SQL(
        "SET LOCAL citus.propagate_set_commands = 'local'; SET LOCAL pullquote.everything = 'off';"
        " SET LOCAL pullquote.collections = {}"
    )
    connection.execute(setting.format(sql.Literal(array)))


def belong(connection: Connection, key: str | None) -> None:
    """Let the policy of what the bot keeps show what belongs to the server that the key begins with; None: all."""
    if key is not None:
        server = sql.Literal(texts.written(key.split("/")[0]))
        narrow = sql.SQL("SET LOCAL pullquote.everything = 'off'; SET LOCAL pullquote.server = {}")
        connection.execute(narrow.format(server))


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _facts() -> dict[str, Any]:
    return {
        "autocommit": True,
        "prepare_threshold": None,
        "connect_timeout": 10,
        "tcp_user_timeout": 30_000,  # ms: a server that hangs is given up
        "options": _OPTIONS,
        "application_name": f"pullquote {os.getpid()} on {socket.gethostname()}"[:63],
    }


def _prepare(connection: Connection) -> None:
    texts.register(connection)
    register_vector(connection)


def _prepare_reader(connection: Connection) -> None:
    _prepare(connection)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _shut(pool: "ConnectionPool[Connection]") -> None:
    with suppress(Exception):  # at the end of the program, or by the collector: nobody is there to be told
        pool.close(timeout=2)
