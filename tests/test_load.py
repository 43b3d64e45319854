"""The load that is put on both engines: questions come when they come, and a rate is borne or it is not."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.arrivals import TARGET_MS, answered, arrivals, at_target, highest
from benchmarks.command import Row
from benchmarks.load import distinct, run, table
from index import IndexConfig, NewsIndex
from tests.fakes import WordEncoder, WordReader
from tests.postgres_server import running_server

RISING = st.lists(st.tuples(st.floats(0.1, 100), st.floats(1, 2000)), min_size=1, unique_by=lambda pair: pair[0])
QUESTIONS: list[Row] = [{"question": f"Who spoke in town{number}?", "asked_on": "2024-01-05"} for number in range(140)]


patiently = settings(deadline=None, max_examples=40)  # the machine may be busy: time proves nothing


def level(rate: float, p95_ms: float) -> Row:
    return {"rate": rate, "p95_ms": p95_ms}


def opened_with_fakes(config: IndexConfig) -> NewsIndex:
    return NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader())


@patiently
@given(rate=st.floats(0.5, 50), seconds=st.floats(0.1, 20), seed=st.integers())
def test_questions_come_in_order_within_the_time_and_the_same_for_the_same_seed(
    rate: float, seconds: float, seed: int
) -> None:
    moments = list(arrivals(rate, seconds, seed))
    assert moments == sorted(moments)
    assert all(0 < moment < seconds for moment in moments)
    assert moments == list(arrivals(rate, seconds, seed))


def test_as_many_questions_come_as_the_rate_says() -> None:
    assert 9_500 < len(list(arrivals(10, 1000, 1))) < 10_500


def test_who_comes_while_another_is_served_has_waited_from_the_moment_of_coming() -> None:
    figures = answered(lambda _: time.sleep(0.05), [0.0, 0.0, 0.0, 0.0], threads=1)
    assert figures["p50_ms"] > 75, "the second and the third waited for one and two others"
    assert figures["p99_ms"] > 150


@patiently
@given(levels=RISING)
def test_a_rate_counts_only_where_every_lower_one_was_borne_too(levels: list[tuple[float, float]]) -> None:
    best = highest(level(*pair) for pair in levels)
    assert all(p95_ms < TARGET_MS for rate, p95_ms in levels if rate <= best)
    assert best == 0 or best in [rate for rate, _ in levels]


@patiently
@given(levels=RISING)
def test_the_rate_at_the_target_lies_between_one_that_was_borne_and_the_next(
    levels: list[tuple[float, float]],
) -> None:
    found = at_target(level(*pair) for pair in sorted(levels))
    assert found is None or min(rate for rate, _ in levels) - 0.05 <= found <= max(rate for rate, _ in levels) + 0.05


def test_halfway_between_two_rates_is_halfway_between_their_latencies() -> None:
    assert at_target([level(4, TARGET_MS - 100), level(8, TARGET_MS + 100)]) == 6
    assert at_target([level(4, 10), level(8, 20)]) is None


def test_a_question_that_stands_in_the_data_twice_is_asked_once() -> None:
    assert distinct([*QUESTIONS, *QUESTIONS]) == QUESTIONS


def test_too_few_questions_are_refused_as_answers_would_come_from_the_cache(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few"):
        run({"embedded": IndexConfig(data=tmp_path)}, QUESTIONS[:100], [1], 1)


@pytest.mark.slow
def test_both_engines_are_asked_the_same_at_every_rate(tmp_path: Path) -> None:
    file = tmp_path / "town.txt"
    file.write_text("Title\n\nThe mayor of town3 spoke on Monday. It was 3 degrees.", encoding="utf-8")
    with running_server() as server:
        embedded = IndexConfig(data=tmp_path / "data")
        configs = {"embedded": embedded, "postgres": replace(embedded, database_url=server.new_database())}
        for config in configs.values():
            index = opened_with_fakes(config)
            index.add_sources([str(file)])
            index.close()
        figures = run(configs, QUESTIONS, [5, 10], 1.0, opened_with_fakes)
    assert figures["articles"] == 1
    assert figures["postgres"]["server_bytes"] > 0
    assert "server_bytes" not in figures["embedded"]
    assert sum(one["server_cpu_ms"] for one in figures["postgres"]["levels"]) > 0
    asked = [[one["questions"] for one in figures[name]["levels"][:1]] for name in configs]
    assert asked[0] == asked[1]
    assert asked[0][0] > 0
    assert "postgres" in table(figures)
