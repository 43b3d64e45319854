"""The dense leg against a brute-force oracle: exact where it is small, in cells where it is large, and changing."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.store.dense import Dense, write_dense
from index.store.nearest import EXACT, Among, Floats, Ids, Nearest

DIMENSION = 24
LEAST_RECALL = 0.98  # of the ten that exact search finds
COUNT = 6_000


@dataclass(frozen=True)
class World:
    """Vectors in clouds, as those of news are, under ids that are not their positions."""

    vectors: Floats  # float16 numbers: what is stored

    def source(self, ids: Ids) -> Floats:
        return self.vectors[ids // 3]

    def ids(self, start: int, stop: int) -> Ids:
        return np.arange(start, stop) * 3

    def nearest(self, question: Floats, k: int, ids: Ids) -> list[int]:
        scores = self.source(ids) @ question
        return [int(passage_id) for passage_id in ids[np.lexsort((ids, -scores))][:k]]


def unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def world_of(size: int, seed: int = 0) -> World:
    rng = np.random.default_rng(seed)
    clouds = rng.standard_normal((40, DIMENSION))
    rows = clouds[rng.integers(0, 40, size)] + 0.9 * rng.standard_normal((size, DIMENSION))
    return World(unit(rows.astype(np.float32)).astype("<f2").astype(np.float32))


def questions(count: int = 100) -> Floats:
    rng = np.random.default_rng(99)
    return unit(rng.standard_normal((count, DIMENSION)).astype(np.float32))


def recall(world: World, leg: Nearest | Dense, ids: Ids, among: Ids | None = None) -> float:
    chosen = None if among is None else Among(among)
    hits = total = 0
    for question in questions():
        expected = world.nearest(question, 10, ids if among is None else among)
        found = [passage_id for passage_id, _ in leg.search(question, 10, chosen)]
        hits, total = hits + len(set(found) & set(expected)), total + len(expected)
    return hits / total


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(COUNT + 2_000)


@pytest.fixture(scope="module")
def cells(world: World) -> Nearest:
    return Nearest.build(DIMENSION, world.ids(0, COUNT), world.source, exact=0)


def test_cells_find_nearly_all_that_exact_search_finds(world: World, cells: Nearest) -> None:
    assert recall(world, cells, world.ids(0, COUNT)) >= LEAST_RECALL


def test_what_cells_find_has_the_score_that_exact_search_gives_it(world: World, cells: Nearest) -> None:
    for question in questions(20):
        for passage_id, score in cells.search(question, 50, None):
            assert score == pytest.approx(float(world.source(np.array([passage_id]))[0] @ question), abs=1e-6)


@pytest.mark.parametrize("share", [0.5, 0.1, 0.01, 0.001])
def test_a_filter_finds_what_exact_search_finds_however_few_it_keeps(
    world: World, cells: Nearest, share: float
) -> None:
    rng = np.random.default_rng(1)
    kept = np.sort(rng.choice(world.ids(0, COUNT), round(share * COUNT), replace=False))
    assert recall(world, cells, world.ids(0, COUNT), kept) >= LEAST_RECALL


def test_a_filter_finds_what_lies_far_from_the_question(world: World, cells: Nearest) -> None:
    question = questions(1)[0]
    farthest = np.sort(np.array(world.nearest(question, COUNT, world.ids(0, COUNT))[-60:]))
    found = [passage_id for passage_id, _ in cells.search(question, 60, Among(farthest))]
    assert found == world.nearest(question, 60, farthest)


@pytest.mark.parametrize("exact", [0, COUNT])
def test_as_many_are_found_as_are_asked_for(world: World, exact: int) -> None:
    leg = Nearest.build(DIMENSION, world.ids(0, 900), world.source, exact=exact)
    for k in (1, 10, 500, 900, 5_000):
        found = leg.search(questions(1)[0], k, None)
        assert len({passage_id for passage_id, _ in found}) == min(k, 900)
        assert all(before >= after for (_, before), (_, after) in pairwise(found))


def test_cells_that_change_go_on_finding(world: World) -> None:
    leg = Nearest.build(DIMENSION, world.ids(0, COUNT), world.source, exact=0)
    leg.change(world.ids(0, 1_500), world.ids(COUNT, COUNT + 2_000), world.source)
    left = world.ids(1_500, COUNT + 2_000)
    assert np.array_equal(leg.ids, left)
    assert recall(world, leg, left) >= LEAST_RECALL


@pytest.mark.parametrize("exact", [0, COUNT])
@pytest.mark.parametrize("mapped", [True, False])
def test_what_is_written_is_found_again(world: World, tmp_path: Path, *, exact: int, mapped: bool) -> None:
    leg = Nearest.build(DIMENSION, world.ids(0, 3_000), world.source, exact=exact)
    leg.write(tmp_path / "leg")
    again = Nearest.read(tmp_path / "leg", mapped=mapped)
    assert np.array_equal(again.ids, world.ids(0, 3_000))
    assert np.array_equal(again.vectors(again.ids), world.source(again.ids))
    assert all(again.search(one, 20, None) == leg.search(one, 20, None) for one in questions(10))


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=6))
def test_a_leg_written_out_of_the_one_before_finds_what_exact_search_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    folder, world, previous = tmp_path_factory.mktemp("legs"), world_of(3_000), None
    start, stop = 0, 600
    for number, (gone, new) in enumerate([(0, 0), *steps]):
        start, stop = min(start + gone, stop), stop + new
        ids = world.ids(start, stop)
        write_dense(folder / str(number), previous, DIMENSION, ids, world.source)
        previous = folder / str(number)
        leg = Dense.read(previous)
        assert np.array_equal(leg.ids, ids)
        assert np.array_equal(leg.vectors(ids), world.source(ids))
        for question in questions(3):
            assert [one for one, _ in leg.search(question, 25, None)] == world.nearest(question, 25, ids)


def test_little_that_changes_leaves_the_large_file_as_it_is(tmp_path: Path) -> None:
    world = world_of(2 * EXACT)
    write_dense(tmp_path / "1", None, DIMENSION, world.ids(0, EXACT + 1_000), world.source)
    write_dense(tmp_path / "2", tmp_path / "1", DIMENSION, world.ids(500, EXACT + 1_500), world.source)
    write_dense(tmp_path / "3", tmp_path / "2", DIMENSION, world.ids(500, EXACT + 9_000), world.source)
    files = [tmp_path / number / "base.faiss" for number in "123"]
    assert [files[0].samefile(file) for file in files] == [True, True, False]
    for number, ids in (("2", world.ids(500, EXACT + 1_500)), ("3", world.ids(500, EXACT + 9_000))):
        assert np.array_equal(Dense.read(tmp_path / number).ids, ids)
        assert recall(world, Dense.read(tmp_path / number), ids) >= LEAST_RECALL


def test_an_archive_that_shrinks_is_searched_exactly_again(tmp_path: Path) -> None:
    world = world_of(EXACT + 100)
    write_dense(tmp_path / "1", None, DIMENSION, world.ids(0, EXACT + 100), world.source)
    write_dense(tmp_path / "2", tmp_path / "1", DIMENSION, world.ids(0, 900), world.source)
    assert recall(world, Dense.read(tmp_path / "2"), world.ids(0, 900)) == 1
