"""Spans of the read path for OpenTelemetry, made of the stages that Prometheus hears of. Nothing that anybody wrote.

A question's stages are gathered while it is answered, on whatever thread, and become spans at its end.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple, Self

from index import PARTS_OF_SEARCH

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

log = logging.getLogger(__name__)

UNABLE = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and no traces are sent: pip install 'pullquote[traces]'"
PATH = "/v1/traces"  # https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp


class Stage(NamedTuple):
    """When a stage began and ended, in nanoseconds since 1970."""

    name: str
    began_ns: int
    ended_ns: int


@dataclass(slots=True)
class _Question:
    number: str
    outcome: str = ""
    stages: list[Stage] = field(default_factory=list)


_current: ContextVar[_Question | None] = ContextVar(
    "question", default=None
)  # of this task and the threads it waits for


class Traces:
    """Sends a trace of each question; none without a provider. Calls may come from any thread."""

    def __init__(self, provider: "TracerProvider | None" = None) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("pullquote") if provider else None

    @classmethod
    def open(cls, address: str) -> Self:
        """To a collector at that address, as OpenTelemetry's other variables say; to nowhere where there is none."""
        return cls(_provider(address) if address else None)

    def close(self) -> None:
        """Send what is left."""
        if self._provider:
            self._provider.shutdown()

    @contextmanager
    def question(self, number: str) -> Iterator[None]:
        """Gather what happens inside; `number` is the id that the log and people know it by."""
        if self._tracer is None:
            yield
            return
        asked, began_ns = _Question(number), time.time_ns()
        token = _current.set(asked)
        try:
            yield
        finally:
            _current.reset(token)
            self._send(self._tracer, asked, Stage("ask", began_ns, time.time_ns()))

    def stage(self, name: str, seconds: float) -> None:
        """A stage of the question that is answered here has taken so long, up to now."""
        if asked := _current.get():
            now = time.time_ns()
            asked.stages.append(Stage(name, now - round(seconds * 1e9), now))

    def ended(self, outcome: str) -> None:
        """The question that is answered here has this outcome."""
        if asked := _current.get():
            asked.outcome = outcome

    def _send(self, tracer: "Tracer", asked: _Question, whole: Stage) -> None:
        facts = {"pullquote.id": asked.number, "pullquote.outcome": asked.outcome}
        stages: Sequence[Stage] = tuple(asked.stages)  # a thread that is late may still add to them
        root = _span(tracer, whole, facts=facts)
        spans = {one.name: _span(tracer, one, root) for one in stages if one.name not in PARTS_OF_SEARCH}
        for one in stages:
            if one.name in PARTS_OF_SEARCH:
                _span(tracer, one, spans.get("search", root))


def _span(tracer: "Tracer", stage: Stage, parent: "Span | None" = None, facts: dict[str, str] | None = None) -> "Span":
    from opentelemetry.context import Context  # noqa: PLC0415 - an extra: most bots send none
    from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - as above

    above = set_span_in_context(parent, Context()) if parent else Context()
    span = tracer.start_span(stage.name, above, attributes=facts, start_time=stage.began_ns)
    span.end(stage.ended_ns)
    return span


def _provider(address: str) -> "TracerProvider | None":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - as above
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
    except ModuleNotFoundError:  # the variable may have been set for every program of the machine
        log.warning(UNABLE)
        return None
    given = Resource.create()
    if str(given.attributes["service.name"]).startswith("unknown_service"):
        given = given.merge(Resource({"service.name": "pullquote", "service.version": version("pullquote")}))
    provider = TracerProvider(resource=given, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{address.rstrip('/')}{PATH}")))
    return provider
