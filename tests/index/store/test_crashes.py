"""A writer may die at any moment: what it acknowledged is there, once, the archive is sound, and was read whole."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.store import Store
from tests.index.store import crashes
from tests.index.store.archives import article, ranked_by_vector, ranked_by_words, titles
from tests.index.store.dying_writer import DEEDS

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
        stored = store.memory.article(article(name).id)
        assert stored is not None
        assert (stored.article, stored.version) == (article(name), 1)
    found = ranked_by_vector(store)
    assert len({one.passage_id for one in found}) == len(found) == PASSAGES_EACH * store.info().articles
    assert {f"On {name}" for name in names} <= titles(found)
    assert {f"On {name}" for name in names} <= titles(ranked_by_words(store, names))
    store.close()


def test_what_a_killed_writer_acknowledged_batch_by_batch_is_there_once(tmp_path: Path) -> None:
    dice = random.Random(1)  # noqa: S311 - for moments, not for secrets
    for attempt in range(2):
        die_and_look(tmp_path / str(attempt), dice.uniform(0.0, 0.25))


def test_killed_at_a_few_steps_and_moments_a_writer_leaves_a_sound_archive(tmp_path: Path) -> None:
    done, asked = crashes.run(tmp_path, kills=7, seed=3)
    assert done.total() == 7
    assert asked > 0


def test_killed_while_it_restores_a_writer_leaves_the_archive_of_before_or_that_of_the_backup(
    tmp_path: Path,
) -> None:
    left = crashes.kill_while_restoring(tmp_path, kills=6, seed=5)
    assert left.total() == 6


@pytest.mark.slow
def test_killed_sixty_times_at_steps_and_moments_by_chance_writers_leave_a_sound_archive(tmp_path: Path) -> None:
    done, asked = crashes.run(tmp_path, kills=60, seed=4)  # 240 of them: CONTRIBUTING.md
    assert {what.split()[0] for what in done} == {*DEEDS, "anything"}
    assert asked > done.total()
