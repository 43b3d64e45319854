"""What the bot keeps comes back as it was last written, for as long as it was to be kept."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import ArchiveUnusable, IndexConfig, Records, open_records
from tests.engines import Engine, Postgres

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)
KINDS = st.sampled_from(["guild", "follow"])
KEYS = st.text("ab/%_é", min_size=1, max_size=3)
WRITES = st.tuples(st.just("write"), KINDS, KEYS, st.text(max_size=5))
REMOVALS = st.tuples(st.sampled_from(["remove", "remove_all", "remove_everywhere"]), KINDS, KEYS, st.just(""))


@pytest.fixture
def records(engine: Engine, tmp_path: Path) -> Iterator[Records]:
    records = engine.records(tmp_path, clock=lambda: NOON)
    yield records
    records.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(WRITES | REMOVALS, max_size=12))
def test_after_any_changes_a_key_reads_as_last_written(records: Records, changes: list[tuple[str, ...]]) -> None:
    records.remove_all("guild", "")
    records.remove_all("follow", "")
    truth: dict[tuple[str, str], str] = {}
    for what, kind, key, value in changes:
        if what == "write":
            records.write(kind, key, value)
            truth[kind, key] = value
        elif what == "remove":
            assert records.remove(kind, key) == (truth.pop((kind, key), None) is not None)
        else:
            everywhere = what == "remove_everywhere"
            gone = [known for known in truth if (everywhere or known[0] == kind) and known[1].startswith(key)]
            removed = records.remove_everywhere(key) if everywhere else records.remove_all(kind, key)
            assert removed == len(gone)
            for known in gone:
                del truth[known]
    for kind in ("guild", "follow"):
        assert records.items(kind) == sorted((key, value) for (of, key), value in truth.items() if of == kind)
        assert records.items(kind, "a") == [item for item in records.items(kind) if item[0].startswith("a")]
    assert all(records.read(kind, key) == value for (kind, key), value in truth.items())


def test_what_has_expired_is_not_read_and_can_be_deleted(engine: Engine, tmp_path: Path) -> None:
    now = [NOON]
    records = engine.records(tmp_path, clock=lambda: now[0])
    records.write("question", "1/a", "who?", expires_at=NOON + timedelta(days=1))
    records.write("question", "1/b", "why?")
    now[0] += timedelta(days=1)
    assert records.read("question", "1/a") is None
    assert records.items("question") == [("1/b", "why?")]
    assert (records.expire(), records.expire()) == (1, 0)
    records.close()


def test_two_processes_see_one_another_s_records(engine: Engine, tmp_path: Path, records: Records) -> None:
    other = engine.records(tmp_path)
    records.write("guild", "1", "{}")
    assert other.read("guild", "1") == "{}"
    other.close()


def test_a_file_that_is_no_database_is_named_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(ArchiveUnusable):
        open_records(IndexConfig(data=tmp_path))


def test_what_stands_there_first_stays_and_only_what_stands_there_is_written_over(
    engine: Engine, tmp_path: Path
) -> None:
    now = [NOON]
    records = engine.records(tmp_path, clock=lambda: now[0])
    assert not records.rewrite("follow", "1/a", "x")
    assert records.write_first("secret", "s", "first") == records.write_first("secret", "s", "second") == "first"
    assert records.rewrite("secret", "s", "third")
    assert records.read("secret", "s") == "third"
    records.write("secret", "t", "old", expires_at=NOON + timedelta(days=1))
    now[0] += timedelta(days=1)
    assert not records.rewrite("secret", "t", "x")
    assert records.write_first("secret", "t", "new") == "new"
    assert records.read("secret", "t") == "new"
    records.close()


def test_of_many_who_write_first_all_hear_of_the_same_one(engine: Engine, tmp_path: Path) -> None:
    several = [engine.records(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        there = list(pool.map(lambda one: one[1].write_first("secret", "s", str(one[0])), enumerate(several)))
    assert len(set(there)) == 1
    for one in several:
        one.close()


def test_the_other_engine_takes_everything_over(engine: Engine, postgres: Postgres, tmp_path: Path) -> None:
    records, other = engine.records(tmp_path / "from"), postgres.records(tmp_path / "to")
    records.write("guild", "1", "{}")
    records.write("question", "1/a/b", "who?", expires_at=NOON + timedelta(days=9999))
    other.write("guild", "1", "another")
    assert other.take_over(records.every()) == 2
    assert sorted(other.every()) == sorted(records.every())
    assert other.items("question") == [("1/a/b", "who?")]
    records.close()
    other.close()
