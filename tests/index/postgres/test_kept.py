"""What the bot keeps in the database: whose it is, and who hears when it changes."""

import queue
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from index import Records
from index.postgres import PostgresRecords
from index.postgres.database import Database, belong
from tests.engines import Postgres
from tests.postgres_server import running_server

Told = tuple[str, str]
ANYTHING = ("", "")


class Ears:
    """Hears, and waits for what is to be heard."""

    def __init__(self, records: Records) -> None:
        self._heard: queue.Queue[Told] = queue.Queue()
        records.listen(lambda kind, key: self._heard.put((kind, key)))

    def next(self) -> Told:
        return self._heard.get(timeout=30)


@pytest.fixture
def two(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[Records, Records]]:
    both = postgres.records(tmp_path), postgres.records(tmp_path)
    yield both
    for one in both:
        one.close()


def test_what_one_process_tells_of_another_one_hears(two: tuple[Records, Records]) -> None:
    one, other = two
    ears = Ears(other)
    assert ears.next() == ANYTHING
    one.write("guild", "1", "{}", tell=True)
    one.write("follow", "1/a", "{}")
    one.remove("guild", "1", tell=True)
    assert [ears.next(), ears.next()] == [("guild", "1")] * 2


def test_who_has_lost_the_connection_hears_that_anything_may_have_changed(
    two: tuple[Records, Records], postgres: Postgres, tmp_path: Path
) -> None:
    one, other = two
    ears = Ears(other)
    assert ears.next() == ANYTHING
    name = postgres.url(tmp_path).rpartition("/")[2]
    postgres.server.run(
        "postgres",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608
    )
    assert ears.next() == ANYTHING
    one.write("guild", "1", "{}", tell=True)
    assert ears.next() == ("guild", "1")


def test_a_query_without_any_condition_still_reads_what_is_of_one_server(
    two: tuple[Records, Records], postgres: Postgres, tmp_path: Path
) -> None:
    for key in ("1", "1/a", "12/a", "2/b"):
        two[0].write("follow", key, key)
    database = Database(postgres.url(tmp_path))
    for server, seen in (
        ("1/", {"1", "1/a"}),
        ("12/x", {"12/a"}),
        ("'; --", set[str]()),
        (None, {"1", "1/a", "12/a", "2/b"}),
    ):
        with database.reading() as connection:
            belong(connection, server)
            assert {row[0] for row in connection.execute("SELECT key FROM records")} == seen
    with database.changing() as connection:
        belong(connection, "1/a")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("INSERT INTO records VALUES ('follow', '2/c', '', NULL)")
    database.close()


@pytest.mark.slow  # a server that is gone is waited for
def test_after_the_server_was_killed_what_was_kept_is_there_and_heard_of(tmp_path: Path) -> None:
    del tmp_path
    with running_server() as server:
        records = PostgresRecords.open(server.new_database())
        ears = Ears(records)
        assert ears.next() == ANYTHING
        records.write("guild", "1", "{}")
        server.kill()
        server.start()
        assert ears.next() == ANYTHING
        assert records.items("guild") == [("1", "{}")]
        records.write("guild", "2", "{}", tell=True)
        assert ears.next() == ("guild", "2")
        records.close()
