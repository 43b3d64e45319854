"""The doctor over a database: what the server lacks, and what waits for an indexer that is not there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from index import Finding, IndexConfig, Patient, look_at
from index.doctor.server import look_at_server
from index.errands import Errand, Queue
from index.postgres import PostgresErrands
from index.postgres.schema import LATEST
from index.vitals import Citus, Vitals
from tests.engines import Postgres, news_index
from tests.index.store.archives import article
from tests.postgres_server import Server

SOUND = Vitals(
    place="a.example/news", version="16.14", took=timedelta(milliseconds=3), clock_off=timedelta(seconds=-2),
    role="pullquote", is_above_policies=False, pgvector="0.8.5", offered_pgvector="0.8.5", oldest_pgvector="0.8",
    schema=LATEST, latest_schema=LATEST, citus=None, queue=Queue(0, 0.0, 0),
)  # fmt: skip
CITUS = Citus(version="13.2-1", is_coordinator=True, workers=2, is_spread=True)


def found_of(vitals: Vitals) -> dict[str, Finding]:
    return {one.looked_at: one for one in look_at_server(vitals)}


def findings(url: str, folder: Path, *, off: timedelta = timedelta()) -> dict[str, list[Finding]]:
    patient = Patient(config=IndexConfig(data=folder, database_url=url), now=lambda: datetime.now(UTC) + off)
    found: dict[str, list[Finding]] = {}
    for one in look_at(patient):
        found.setdefault(one.looked_at, []).append(one)
    return found


@pytest.fixture
def url(postgres: Postgres, tmp_path: Path) -> str:
    index = news_index(postgres, tmp_path)
    index.add([article("a")])
    index.close()
    return postgres.url(tmp_path)


def test_a_sound_server_is_sound(url: str, tmp_path: Path) -> None:
    found = findings(url, tmp_path)
    seen = [found[name][0] for name in ("database", "pgvector", "role", "tables", "citus", "orders", "clock")]
    assert {one.state for one in seen} == {"ok"}, seen
    assert "127.0.0.1" in found["database"][0].found


def test_who_is_above_row_level_security_is_told_how_not_to_be(url: str, tmp_path: Path) -> None:
    (role,) = findings(url.replace("pullquote@", "postgres@"), tmp_path)["role"]
    assert role.state == "warning"
    assert 'ALTER ROLE "postgres" NOSUPERUSER NOBYPASSRLS' in role.mend


def test_a_clock_that_is_not_the_server_s_is_found(url: str, tmp_path: Path) -> None:
    clock = findings(url, tmp_path, off=timedelta(minutes=-5))["clock"][0]
    assert clock.state == "warning"
    assert "ahead of" in clock.found


def test_a_server_that_is_not_there_is_one_finding_without_the_password(tmp_path: Path) -> None:
    found = findings("postgresql://me:secret@127.0.0.1:1/news", tmp_path)
    assert [one.state for one in found["archive"]] == ["wrong"]
    assert "secret" not in repr(found)


def test_a_new_database_says_what_is_missing_and_stays_as_it_is(postgres_server: Server, tmp_path: Path) -> None:
    for _ in range(2):
        found = findings(postgres_server.new_database("template0"), tmp_path)
        assert found["pgvector"][0].state == "wrong"
        assert found["pgvector"][0].mend.endswith("CREATE EXTENSION vector")
        assert "tables" not in found
        assert "pullquote add" in found["archive"][0].mend


def test_orders_that_nobody_takes_for_a_minute_ask_for_an_indexer(postgres: Postgres, url: str, tmp_path: Path) -> None:
    queue, name = PostgresErrands.open(url), url.rpartition("/")[2]
    for number in ("7/a", "8/b"):
        queue.order(Errand(id=number, deed="page", collection="guild-7"))
    assert findings(url, tmp_path)["orders"][0].state == "ok"
    postgres.server.run(name, "UPDATE errands SET ordered_at = now() - interval '2 minutes'")
    (orders,) = findings(url, tmp_path)["orders"]
    assert orders.state == "warning"
    assert orders.found.startswith("2 wait, one for 0:02:0")
    assert "pullquote watch" in orders.mend
    standing = queue.standing("8/b")
    assert standing
    assert standing.idle_s >= 120
    assert queue.take("an indexer")
    assert findings(url, tmp_path)["orders"][0].found.endswith("1 are being done")
    standing = queue.standing("8/b")
    assert standing
    assert standing.idle_s == 0, "an indexer is there, and at work on another one"
    queue.close()


def test_tables_of_an_older_release_are_named_and_what_was_ordered_in_them_is_done(
    postgres: Postgres, url: str, tmp_path: Path
) -> None:
    queue = PostgresErrands.open(url)
    queue.order(Errand(id="7/a", deed="page", collection="guild-7"))
    older = "ALTER TABLE errands DROP COLUMN ordered_at; UPDATE pullquote_schema SET version = 2"
    postgres.server.run(url.rpartition("/")[2], older)
    found = findings(url, tmp_path)
    assert found["tables"][0].state == "warning"
    assert "orders" not in found
    again = PostgresErrands.open(url)
    assert findings(url, tmp_path)["tables"][0].state == "ok"
    assert again.take("an indexer")
    for one in (queue, again):
        one.close()


@pytest.mark.parametrize(
    ("vitals", "looked_at", "state", "mend"),
    [
        ({"pgvector": "0.7.4"}, "pgvector", "wrong", "ALTER EXTENSION vector UPDATE"),
        ({"pgvector": None, "offered_pgvector": None}, "pgvector", "wrong", "install it on the server"),
        ({"pgvector": "0.10.0"}, "pgvector", "ok", ""),
        ({"schema": LATEST - 1, "queue": None}, "tables", "warning", "pullquote status"),
        ({"schema": LATEST + 1, "queue": None}, "tables", "wrong", "upgrade pullquote"),
        ({"citus": CITUS}, "citus", "ok", ""),
        ({"citus": replace(CITUS, is_coordinator=False)}, "citus", "wrong", "the coordinator"),
        ({"citus": replace(CITUS, is_spread=False)}, "citus", "warning", "pullquote copy"),
        ({"citus": replace(CITUS, is_spread=False), "schema": 0, "queue": None}, "citus", "ok", ""),
    ],
)
def test_what_a_server_lacks_is_found_with_its_mend(
    vitals: dict[str, Any], looked_at: str, state: str, mend: str
) -> None:

    found = found_of(replace(SOUND, **vitals))[looked_at]
    assert found.state == state, found
    assert mend in found.mend
