"""A watch may die at any moment: the archive is sound, what was noted is there, and the next round goes on from it."""

from pathlib import Path

import pytest

from tests.index.watching import crashes


def test_killed_a_few_times_a_watch_loses_nothing_and_asks_for_nothing_twice(tmp_path: Path) -> None:
    done = crashes.run(tmp_path, kills=3, seed=3)
    assert done["killed by steps"] + done["killed by seconds"] == 3


@pytest.mark.slow
def test_killed_twenty_times_by_chance_a_watch_loses_nothing_and_asks_for_nothing_twice(tmp_path: Path) -> None:
    done = crashes.run(tmp_path, kills=20, seed=4)  # 200 of them: CONTRIBUTING.md
    assert done["killed by steps"] + done["killed by seconds"] == 20
    assert done["pages that were in flight"] > 0
