"""The registry, and what is counted as it happens. Calls may come from any thread."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from bot.measures.traces import Traces
from index import STAGES, Figure, Figures

OUTCOMES = ("answer", "no_evidence", "bad_question", "busy", "too_late", "stopping", "failed")
BOT_STAGES = ("queue", *STAGES, "render")

_QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # loop lag; p99 should be under 0.05
_SLOW_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)  # up to PULLQUOTE_DEADLINE's default


class Measures:
    """Everything that is counted, in a registry of its own: two bots in one process do not mix."""

    def __init__(self, traces: Traces | None = None) -> None:
        self._traces = traces or Traces()
        self.registry = CollectorRegistry(auto_describe=False)
        self._questions = Counter(
            "pullquote_questions", "Questions that people asked, by outcome", ["outcome"], registry=self.registry
        )
        self._stages = Histogram(
            "pullquote_stage_seconds",
            "Time that each stage of a question took",
            ["stage"],
            buckets=_SLOW_S,
            registry=self.registry,
        )
        self._took = Histogram(
            "pullquote_question_seconds",
            "Time from the question to the finished answer, delivery not counted",
            buckets=_SLOW_S,
            registry=self.registry,
        )
        self._failures = Counter(
            "pullquote_failures", "Failures that were logged under an id, by kind", ["kind"], registry=self.registry
        )
        self._lag = Histogram(
            "pullquote_loop_lag_seconds",
            "How much later than it should the event loop came to a waiting task",
            buckets=_QUICK_S,
            registry=self.registry,
        )
        self._reconnects = Counter(
            "pullquote_gateway_reconnects", "Connections to Discord's gateway after the first", registry=self.registry
        )
        for outcome in OUTCOMES:  # so that a rate is 0 and not unknown, until something happens
            self._questions.labels(outcome)
        for stage in BOT_STAGES:
            self._stages.labels(stage)

    def question(self, number: str) -> AbstractContextManager[None]:
        """What happens inside is of one question, which people and the log know by this id."""
        return self._traces.question(number)

    def asked(self, outcome: str) -> None:
        """A question ended in one of `OUTCOMES`."""
        self._questions.labels(outcome).inc()
        self._traces.ended(outcome)

    def took(self, seconds: float) -> None:
        """A question got its answer after so long."""
        self._took.observe(seconds)

    def stage(self, stage: str, seconds: float) -> None:
        """One of `BOT_STAGES` took so long."""
        self._stages.labels(stage).observe(seconds)
        self._traces.stage(stage, seconds)

    def failed(self, kind: str) -> None:
        """Something failed; `kind` is the name of a class of errors."""
        self._failures.labels(kind).inc()

    def lagged(self, seconds: float) -> None:
        """The event loop came so late."""
        self._lag.observe(seconds)

    def reconnected(self) -> None:
        """The gateway was connected to again."""
        self._reconnects.inc()

    def show(self, figures: Callable[[], Iterable[Figure]]) -> None:
        """Tell these, too, as they are whenever somebody looks."""
        self.registry.register(Figures(figures))

    def told(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
