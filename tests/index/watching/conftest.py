from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from index import NewsIndex, NewSource, Round
from tests.engines import Engine, news_index
from tests.index.watching.press import Press, press

EVERY = timedelta(minutes=30)

Look = Callable[[], Round]


@pytest.fixture
def outlet() -> Iterator[Press]:
    with press() as found:
        yield found


@pytest.fixture
def index(engine: Engine, tmp_path: Path) -> Iterator[NewsIndex]:
    opened = news_index(engine, tmp_path / "archive")
    yield opened
    opened.close()


@pytest.fixture
def look(outlet: Press, index: NewsIndex) -> Look:
    """Let the time between two looks pass, and look once."""
    watcher = index.watcher(outlet.clock, web=outlet.site.rules(pause_s=1.0, tries=3))

    def once() -> Round:
        outlet.clock.pass_to(outlet.clock.now() + EVERY)
        return watcher.look_once()

    return once


@pytest.fixture
def follow(outlet: Press, index: NewsIndex) -> Callable[[str], NewSource]:
    """Add a source."""

    def add(address: str) -> NewSource:
        added = index.watcher(outlet.clock, web=outlet.site.rules()).add(address, every=EVERY)
        assert isinstance(added, NewSource), added
        return added

    return add
