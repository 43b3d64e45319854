"""A trace of each question: its stages, each in its place, under the id that people know, and not a word of anybody."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.archive import Archive
from bot.client import Pullquote
from bot.measures import Measures, Traces
from index import IndexConfig, NewsIndex, Records
from tests.bot.conftest import World
from tests.bot.fake_index import SUMMIT
from tests.fakes import WordEncoder, WordReader

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra `traces` is not installed")

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

FIRST = "Who was first to suggest postponing the summit?"
STAGES = ["complete", "dense", "encode", "fuse", "lexical", "queue", "quotes", "read", "render", "search"]


@pytest.fixture
def sent() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def measures(sent: InMemorySpanExporter) -> Iterator[Measures]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(sent))
    traces = Traces(provider)
    yield Measures(traces)
    traces.close()


@pytest.fixture
def news(tmp_path: Path, measures: Measures) -> Iterator[NewsIndex]:
    config = IndexConfig(data=tmp_path / "news", min_confidence=0.0)
    index = NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader(), on_stage=measures.stage)
    index.add([replace(SUMMIT, url=f"https://a.example/{number}") for number in range(2)])
    yield index
    index.close()


@pytest.fixture
def archive(news: NewsIndex, records: Records, measures: Measures) -> Iterator[Archive]:
    """Over a real index, with models that can be worked out by hand."""
    archive = Archive(news, records, readers=2, waiting=1, deadline_s=30)
    archive.tell_waits_to(lambda seconds: measures.stage("queue", seconds))
    yield archive
    archive.close()


@pytest.fixture
def simcord_bot(archive: Archive, measures: Measures) -> Pullquote:
    return Pullquote(archive, measures=measures)


def root_of(spans: tuple[ReadableSpan, ...]) -> ReadableSpan:
    (root,) = [one for one in spans if one.parent is None]
    return root


def facts(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def above(span: ReadableSpan, spans: tuple[ReadableSpan, ...]) -> str:
    (parent,) = [one.name for one in spans if span.parent and one.context.span_id == span.parent.span_id]
    return parent


async def test_each_stage_is_a_span_in_its_place(
    world: World, sent: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    await world.alice.slash(world.channel, "ask", question=FIRST)
    spans = sent.get_finished_spans()
    root = root_of(spans)
    assert root.name == "ask"
    assert sorted(one.name for one in spans if one is not root) == STAGES
    assert {one.context.trace_id for one in spans} == {root.context.trace_id}
    assert {one.name for one in spans if one is not root and above(one, spans) == "search"} == {
        "dense",
        "lexical",
        "fuse",
    }
    assert all(above(one, spans) in ("ask", "search") for one in spans if one is not root)
    assert facts(root)["pullquote.outcome"] == "answer"
    assert f"question {facts(root)['pullquote.id']}:" in caplog.text
    assert all(not facts(one) for one in spans if one is not root)


async def test_each_question_has_its_own_trace(world: World, sent: InMemorySpanExporter) -> None:
    for question in (FIRST, FIRST, "???"):
        await world.alice.slash(world.channel, "ask", question=question)
    spans = sent.get_finished_spans()
    roots = [one for one in spans if one.parent is None]
    assert len({one.context.trace_id for one in spans}) == len(roots) == 3
    by_trace = [sorted(one.name for one in spans if one.context.trace_id == root.context.trace_id) for root in roots]
    assert by_trace[0] == sorted(["ask", *STAGES])
    assert by_trace[1] == ["ask", "complete", "queue", "render"], "it was known"
    assert facts(roots[2])["pullquote.outcome"] == "bad_question"


async def test_questions_at_once_are_not_mixed(measures: Measures, sent: InMemorySpanExporter) -> None:
    async def ask(number: str) -> None:
        with measures.question(number):
            await asyncio.sleep(0)
            await asyncio.to_thread(measures.stage, number, 0.1)
            await asyncio.sleep(0)

    await asyncio.gather(*map(ask, "abcd"))
    spans = sent.get_finished_spans()
    ids = {one.context.trace_id: facts(one)["pullquote.id"] for one in spans if one.parent is None}
    assert sorted(ids.values()) == list("abcd")
    assert all(one.name == ids[one.context.trace_id] for one in spans if one.parent)


async def test_a_failure_has_the_id_that_people_are_shown_and_no_words(
    world: World, sent: InMemorySpanExporter, news: NewsIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError(FIRST)

    monkeypatch.setattr(WordEncoder, "encode", fail)
    await world.alice.slash(world.channel, "ask", question=FIRST)
    world.env.errors.clear()
    root = root_of(sent.get_finished_spans())
    assert facts(root)["pullquote.outcome"] == "failed"
    assert facts(root)["pullquote.id"] in (world.shown().description or "")
    assert not any("summit" in one.to_json() for one in sent.get_finished_spans())
    del news


async def test_no_word_of_question_or_article_is_in_a_trace(world: World, sent: InMemorySpanExporter) -> None:
    await world.alice.slash(world.channel, "ask", question=FIRST)
    told = " ".join(one.to_json() for one in sent.get_finished_spans()).casefold()
    words = {word for text in (FIRST, SUMMIT.title, SUMMIT.text, SUMMIT.url) for word in text.casefold().split()}
    assert [word for word in words if len(word) > 5 and word in told] == []
    assert str(world.alice.id) not in told
    assert str(world.guild.id) not in told


def test_without_an_address_nothing_is_sent_and_a_question_goes_on() -> None:
    traces = Traces.open("")
    with traces.question("5f0c91aa"):
        traces.stage("read", 0.1)
        traces.ended("answer")
    traces.close()


def test_where_the_library_is_missing_the_log_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    Traces.open("http://127.0.0.1:4318").close()
    assert "pip install 'pullquote[traces]'" in caplog.text
