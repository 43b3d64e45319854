"""A writer may die at any moment: what it acknowledged is there, once, and the archive is sound."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.store import Store
from tests.index.store.archives import article, ranked_by_vector, ranked_by_words, titles

ROOT = Path(__file__).parents[3]
PASSAGES_EACH = 2


def write_until_killed(folder: Path, seconds: float) -> list[str]:
    """The names of the articles that were acknowledged before the kill."""
    command = [sys.executable, "-m", "tests.index.store.crashing_writer", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(seconds)
        process.kill()
        return process.stdout.read().split()


def die_and_look(folder: Path, seconds: float) -> None:
    names = write_until_killed(folder, seconds)
    store = Store.open(folder)
    assert store.check() == ()
    for name in names:
        stored = store.article(article(name).id)
        assert stored is not None
        assert (stored.article, stored.version) == (article(name), 1)
    found = ranked_by_vector(store)
    assert len({one.passage_id for one in found}) == len(found) == PASSAGES_EACH * store.info().articles
    assert {f"On {name}" for name in names} <= titles(found)
    assert {f"On {name}" for name in names} <= titles(ranked_by_words(store, names))
    store.close()


def test_what_a_killed_writer_acknowledged_is_there_once(tmp_path: Path) -> None:
    dice = random.Random(1)  # noqa: S311 - for moments, not for secrets
    for attempt in range(2):
        die_and_look(tmp_path / str(attempt), dice.uniform(0.0, 0.25))


@pytest.mark.slow
def test_what_twenty_killed_writers_acknowledged_is_there_once(tmp_path: Path) -> None:
    dice = random.Random(2)  # noqa: S311 - for moments, not for secrets
    for attempt in range(20):
        die_and_look(tmp_path / str(attempt), dice.uniform(0.0, 0.6))
