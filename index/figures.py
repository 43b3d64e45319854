"""The archive in figures for a monitor: the same names, whichever program tells them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from index.types import Status


class Figure(NamedTuple):
    """A gauge in Prometheus' sense: its name says the unit."""

    name: str
    about: str
    value: float
    state: str | None = None  # where one name has several values: of the label `state`


def archive_figures(status: Status) -> Iterator[Figure]:
    """What it holds and how fresh that is. Moments are seconds since 1970; one that is unknown is left out."""
    yield Figure("pullquote_articles", "Articles in the archive", status.articles)
    yield Figure("pullquote_passages", "Passages that are searched", status.passages)
    yield Figure("pullquote_archive_bytes", "Size of the archive on disk", status.bytes_on_disk)
    for name, about, moment in (
        ("pullquote_newest_article_timestamp_seconds", "When the newest article was published", status.newest),
        ("pullquote_last_added_timestamp_seconds", "When an article came in or changed last", status.last_added_at),
    ):
        if moment is not None:
            yield Figure(name, about, moment.timestamp())
    yield from source_figures(
        {"ok": status.sources - status.failing_sources, "failing": status.failing_sources}.items()
    )


def open_figure(*, is_open: bool) -> Figure:
    """Whether there is anything to be told."""
    return Figure("pullquote_archive_open", "1 where the archive could be read at the last look", is_open)


def source_figures(states: Iterable[tuple[str, int]]) -> Iterator[Figure]:
    """How many watched sources are in which state."""
    for state, count in states:
        yield Figure("pullquote_sources", "Sources that are watched, by how they do", count, state)


class Figures(Collector):
    """Gauges that are asked for when somebody looks."""

    def __init__(self, figures: Callable[[], Iterable[Figure]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges as they are now."""
        families: dict[str, GaugeMetricFamily] = {}
        for one in self._figures():
            labels = () if one.state is None else ("state",)
            family = families.setdefault(one.name, GaugeMetricFamily(one.name, one.about, labels=labels))
            family.add_metric(() if one.state is None else (one.state,), one.value)
        yield from families.values()
