"""A Citus cluster for tests: what they ask of a server they ask of its coordinator, and its workers follow.

PULLQUOTE_TEST_CITUS=/usr/lib/postgresql/15 python -m pytest tests/index
PULLQUOTE_TEST_CITUS=postgresql://postgres@a:5432,postgresql://postgres@b:5432,postgresql://postgres@c:5432 …

The first starts three servers from these binaries, which have Citus and pgvector. The second takes nodes that run
already, the coordinator first, each as its superuser reaches it, and makes databases and a role for the tests there.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.postgres_server import ROLE, running_server

SETTINGS = (
    "shared_preload_libraries=citus",
    "citus.node_conninfo=sslmode=disable",
    "max_connections=300",
    "max_worker_processes=64",  # Citus has one in every database
    "max_prepared_transactions=300",
)
NODES = 3
BARE = "template0"  # a database without pgvector
READY = "pullquote_ready"  # one with the extensions, and in no cluster yet


class Cluster:
    """The same as a `Server` to the tests; each database that it gives out is new, on every node."""

    def __init__(self, nodes: Sequence[str]) -> None:
        self._nodes = nodes  # the coordinator first
        self.databases: list[str] = []  # that it gave out

    def url(self, database: str, role: str = ROLE) -> str:
        """Where a database is, on the coordinator."""
        return _url(self._nodes[0], database, role)

    def new_database(self, template: str = "template1") -> str:
        """Its address. Tables that are distributed cannot be copied: all but the bare one lack them."""
        name = f"pullquote_t{len(self.databases)}"
        self.databases.append(name)
        for node in self._nodes:
            _drop(node, name)
            _run(node, "postgres", _copy(name, BARE if template == BARE else READY))
        if template != BARE:
            own, *others = map(_place, self._nodes)
            _run(self._nodes[0], name, f"SELECT citus_set_coordinator_host({own})")
            _run(self._nodes[0], name, *(f"SELECT citus_add_node({place})" for place in others))
        return self.url(name)

    def drop(self, databases: Sequence[str]) -> None:
        """Let go of databases, whoever is connected."""
        for name in databases:
            for node in self._nodes:
                _drop(node, name)

    def run(self, database: str, statement: str) -> None:
        """Run a statement as who may do everything."""
        _run(self._nodes[0], database, statement)

    def prepare(self) -> None:
        """Make the role, and what databases are copied from."""
        missing = f"SELECT FROM pg_roles WHERE rolname = '{ROLE}'"
        for node in self._nodes:
            with psycopg.connect(_url(node, "postgres"), autocommit=True) as connection:
                if connection.execute(missing).fetchone() is None:
                    connection.execute(f"CREATE ROLE {ROLE} LOGIN")
            _drop(node, READY)
            _run(node, "postgres", _copy(READY, BARE))
            _run(node, READY, "CREATE EXTENSION vector", "CREATE EXTENSION citus")
            close = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{READY}'"  # noqa: S608 - ours
            _run(node, "postgres", f"ALTER DATABASE {READY} ALLOW_CONNECTIONS false", close)


@contextmanager
def running_cluster(named: str) -> Iterator[Cluster]:
    """The cluster that is named, as above."""
    with ExitStack() as servers:
        nodes = named.split(",")
        if Path(named).is_dir():
            started = (servers.enter_context(running_server(Path(named), SETTINGS)) for _ in range(NODES))
            nodes = [server.url("postgres", "postgres") for server in started]
        cluster = Cluster(nodes)
        cluster.prepare()
        try:
            yield cluster
        finally:
            cluster.drop([*cluster.databases, READY])


def _copy(name: str, template: str) -> str:
    return f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE {template} ENCODING UTF8 STRATEGY file_copy"


def _drop(node: str, name: str) -> None:
    _run(node, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(node: str, database: str, *statements: str) -> None:
    with psycopg.connect(_url(node, database), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _url(node: str, database: str, role: str | None = None) -> str:
    facts = conninfo_to_dict(node)
    user = role or facts.get("user") or "postgres"
    secret = f":{facts['password']}" if role is None and facts.get("password") else ""
    return f"postgresql://{user}{secret}@{facts['host']}:{facts.get('port') or 5432}/{database}"


def _place(node: str) -> str:
    """As an argument of Citus' functions."""
    facts = conninfo_to_dict(node)
    return f"'{facts['host']}', {facts.get('port') or 5432}"
