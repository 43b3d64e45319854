"""Figures of the archive and of the watch, as Prometheus reads them."""

import socket
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from index import (
    AddReport,
    Article,
    BadQuestion,
    Figures,
    IndexConfig,
    NewsIndex,
    Rejection,
    Round,
    archive_figures,
)
from index.listening import Listening, parse_listening
from index.stages import STAGES
from index.watch_measures import WatchMeasures, told_at
from index.watching import Look
from tests.fakes import WordEncoder, WordReader

FERRY = "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt."
PUBLISHED = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def timings() -> list[tuple[str, float]]:
    return []


@pytest.fixture
def index(tmp_path: Path, timings: list[tuple[str, float]]) -> Iterator[NewsIndex]:
    index = NewsIndex.open(
        IndexConfig(data=tmp_path / "data"),
        encoder=WordEncoder(),
        reader=WordReader(),
        on_stage=lambda stage, seconds: timings.append((stage, seconds)),
    )
    index.add([Article(url="https://a.example/1", title="Ferry", text=FERRY, published_at=PUBLISHED)])
    yield index
    index.close()


def test_every_question_tells_each_stage_once_in_order(index: NewsIndex, timings: list[tuple[str, float]]) -> None:
    for question in ("How many people were hurt?", "Who won?"):
        timings.clear()
        index.ask(question)
        assert tuple(stage for stage, _ in timings) == STAGES
        assert all(seconds >= 0 for _, seconds in timings)


def test_the_figures_are_those_of_the_status(index: NewsIndex) -> None:
    registry = CollectorRegistry()
    registry.register(Figures(lambda: archive_figures(index.status())))
    assert registry.get_sample_value("pullquote_articles") == 1
    assert registry.get_sample_value("pullquote_newest_article_timestamp_seconds") == PUBLISHED.timestamp()
    assert registry.get_sample_value("pullquote_sources", {"state": "failing"}) == 0


def test_a_round_is_counted(index: NewsIndex) -> None:
    every = timedelta(hours=1)
    source = index.sources.add("https://a.example/feed", "feed", "public", every=every, now=PUBLISHED)
    assert source
    looks = (Look(source, 2, 3, (Rejection("x", "is empty"),)), Look(source, error="is not there (404)"))
    measures = WatchMeasures(index)
    measures.count(Round(looks, AddReport(added=2, changed=1)))
    told = measures.registry.get_sample_value
    assert told("pullquote_looks_total", {"outcome": "failed"}) == 1
    assert told("pullquote_looks_total", {"outcome": "ok"}) == 1
    for outcome, count in (("added", 2), ("changed", 1), ("unchanged", 3), ("rejected", 1)):
        assert told("pullquote_taken_total", {"outcome": outcome}) == count


def test_the_watch_answers_while_it_watches_and_no_longer(index: NewsIndex) -> None:
    listening = Listening("127.0.0.1", free_port())
    address = f"http://127.0.0.1:{listening.port}/metrics"
    with told_at(listening, index):
        with urllib.request.urlopen(address) as answer:
            assert b"pullquote_articles 1.0" in answer.read()
        with pytest.raises(BadQuestion, match="PULLQUOTE_METRICS"), told_at(listening, index):
            pass
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("raw", "host", "port"),
    [("9464", "127.0.0.1", 9464), ("0.0.0.0:80", "0.0.0.0", 80), ("[::1]:1", "::1", 1), ("bot:9464", "bot", 9464)],  # noqa: S104
)
def test_an_address_is_read_and_a_port_alone_is_this_machine_s_own(raw: str, host: str, port: int) -> None:
    assert parse_listening(raw) == (host, port)


@given(st.text(max_size=12))
def test_what_is_no_address_is_refused_and_what_is_has_a_port(raw: str) -> None:
    try:
        host, port = parse_listening(raw)
    except ValueError:
        return
    assert host
    assert 1 <= port <= 65_535
