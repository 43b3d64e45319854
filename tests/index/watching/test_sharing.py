"""Several watch one archive: whoever is free looks, and nobody ends where another looks or the archive is away."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from index import ArchiveUnusable, NewsIndex, NewSource
from index.watching import Watcher
from tests.fakes import FakeClock
from tests.index.watching.press import Press


class ShortClock(FakeClock):
    """It is time to stop after some naps."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.stopping = len(self.slept) >= 3


@pytest.fixture
def watcher(index: NewsIndex, outlet: Press, follow: Callable[[str], NewSource], tmp_path: Path) -> Watcher:
    (tmp_path / "a.txt").write_text("Ferry\n\nThe ferry Alma struck the pier at noon.")
    follow(str(tmp_path / "a.txt"))
    return index.watcher(ShortClock(outlet.clock.now()))


def test_while_another_one_looks_nothing_is_looked_at_and_afterwards_it_is(watcher: Watcher) -> None:
    with watcher._store.watching():
        assert list(watcher.share()) == []
    assert isinstance(watcher._clock, ShortClock)
    watcher._clock.slept.clear()
    watcher._clock.stopping = False
    assert [found.report.added for found in watcher.share()] == [1]


def test_an_archive_that_is_away_for_a_while_ends_no_watch(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    there = watcher._store.watching
    tries: list[int] = []

    def watching() -> AbstractContextManager[None]:
        tries.append(1)
        if len(tries) == 1:
            raise ArchiveUnusable("away")
        return there()

    monkeypatch.setattr(watcher._store, "watching", watching)
    found = list(watcher.share())
    assert [one.error for one in found] == ["away", None]
    assert found[1].report.added == 1
