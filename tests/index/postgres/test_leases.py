"""A shard is one process's at a time, whoever is killed; all are shared evenly, and begun as fast as Discord lets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index import Share
from index.postgres import PostgresLeases
from tests.engines import Postgres


@pytest.fixture
def leases(postgres: Postgres, tmp_path: Path) -> Iterator[PostgresLeases]:
    opened = PostgresLeases.open(postgres.url(tmp_path))
    yield opened
    opened.close()


class Time:
    """Lets it pass for what stands in the tables."""

    def __init__(self, postgres: Postgres, database: str) -> None:
        self._postgres, self._database = postgres, database

    def begins_are_long_ago(self) -> None:
        self._run("UPDATE shards SET taken_at = taken_at - interval '1 hour'")

    def ends_for(self, holder: str) -> None:
        self._run(f"UPDATE shards SET held_until = now() - interval '1 s' WHERE holder = '{holder}'")  # noqa: S608
        self._run(f"UPDATE bots SET there_until = now() - interval '1 s' WHERE holder = '{holder}'")  # noqa: S608

    def _run(self, statement: str) -> None:
        self._postgres.server.run(self._database, statement)


@pytest.fixture
def time(postgres: Postgres, tmp_path: Path) -> Time:
    return Time(postgres, postgres.url(tmp_path).rpartition("/")[2])


def taken(leases: PostgresLeases, time: Time, holder: str) -> int | None:
    time.begins_are_long_ago()
    return leases.take(holder, 1)


def test_each_shard_goes_to_one_and_all_to_somebody(leases: PostgresLeases, time: Time) -> None:
    assert leases.agree("a", 8) == 8
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: leases.take(f"w{number % 3}", 8), range(12)))
    assert sorted(one for one in found if one is not None) == list(range(8))
    assert taken(leases, time, "a") is None


def test_shards_begin_no_faster_than_discord_lets(leases: PostgresLeases, time: Time) -> None:
    leases.agree("a", 4)
    assert [leases.take("a", 2) for _ in range(3)] == [0, 1, None]
    time.begins_are_long_ago()
    assert [leases.take("b", 1) for _ in range(2)] == [2, None]


def test_what_has_run_out_is_lost_to_its_holder_and_goes_to_another(leases: PostgresLeases, time: Time) -> None:
    leases.agree("killed", 2)
    assert (taken(leases, time, "killed"), taken(leases, time, "killed")) == (0, 1)
    assert leases.agree("other", 2) == 2
    assert taken(leases, time, "other") is None
    assert leases.renew("killed") == Share(frozenset({0, 1}), 1, 2)
    time.ends_for("killed")
    assert taken(leases, time, "other") == 0
    assert leases.renew("other") == Share(frozenset({0}), 2, 2)
    assert leases.renew("killed") == Share(frozenset(), 1, 2), "what nobody has taken meanwhile is lost too"
    leases.release("killed", 0)
    assert leases.renew("other").held == {0}


def test_who_leaves_or_gives_up_leaves_it_to_others_at_once(leases: PostgresLeases, time: Time) -> None:
    leases.agree("a", 2)
    leases.agree("b", 2)
    assert (taken(leases, time, "a"), taken(leases, time, "a")) == (0, 1)
    leases.release("a", 1)
    assert taken(leases, time, "b") == 1
    leases.leave("a")
    assert leases.renew("b").fair == 2
    assert taken(leases, time, "b") == 0


def test_all_agree_on_how_many_there_are_until_nobody_is_there(leases: PostgresLeases, time: Time) -> None:
    assert leases.agree("a", 2) == 2
    assert leases.agree("b", 3) == 2
    leases.leave("a")
    assert leases.agree("c", 3) == 2
    time.ends_for("b")
    leases.leave("c")
    assert leases.agree("d", 3) == 3
    leases.leave("d")
    assert leases.agree("e", 1) == 1
    assert (taken(leases, time, "e"), taken(leases, time, "e")) == (0, None)
