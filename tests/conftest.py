"""Both engines, for tests of what is true of either."""

import os
from collections.abc import Iterator

import pytest

from index.postgres import PostgresStore
from tests.citus_cluster import Cluster, running_cluster
from tests.engines import Embedded, Engine, Postgres
from tests.postgres_server import Server, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server | Cluster]:
    named = os.environ.get("PULLQUOTE_TEST_CITUS")
    with running_cluster(named) if named else running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres(postgres_server: Server | Cluster, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """Its databases are copies of one that has its tables already."""
    template = postgres_server.new_database()
    PostgresStore.open(template, tmp_path_factory.mktemp("template")).close()
    return Postgres(postgres_server, template.rpartition("/")[2])


@pytest.fixture(autouse=True)
def without_leftovers(request: pytest.FixtureRequest) -> Iterator[None]:
    """The databases that a test has made go with it: each is of 8 MB."""
    if "engine" not in request.fixturenames or request.getfixturevalue("engine").name != "postgres":
        yield
        return
    server: Server | Cluster = request.getfixturevalue("postgres_server")
    before = len(server.databases)
    yield
    server.drop(server.databases[before:])


@pytest.fixture(scope="session", params=["embedded", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "embedded":
        return Embedded()
    opened: Postgres = request.getfixturevalue("postgres")
    return opened
