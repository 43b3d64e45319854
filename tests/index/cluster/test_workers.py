"""Steps go to whichever worker is free; none is lost with a worker, and nobody waits for ever."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from index import ClusterUnusable
from index.cluster import workers as module
from index.cluster.likeness import Likeness
from index.cluster.places import Node
from index.cluster.steps import TRIES
from index.cluster.workers import Workers
from index.types import Vectors
from tests.fakes import WordEncoder
from tests.index.cluster.engines import (
    LIKE,
    POISON,
    Deed,
    DiesAfter,
    FakeEngine,
    dies,
    dies_of_poison,
    unlike,
)

STEPS = [[f"text {n}", f"and {n} more"] for n in range(40)]
SOON_S = 0.3
LATER_S = 60.0  # than any test takes


def encode_all(workers: Workers, steps: Sequence[Sequence[str]] = STEPS) -> list[Vectors]:
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(workers.encode, steps))


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.05)


@pytest.mark.parametrize(
    "deeds",
    [
        [],
        [dies],
        [DiesAfter(3), DiesAfter(1), DiesAfter(5)],
        [dies, dies, dies],  # on one place or on both: one of them goes on
    ],
)
def test_every_text_is_encoded_just_once_however_many_workers_are_lost(deeds: list[Deed]) -> None:
    engine, told = FakeEngine(2, deeds), list[str]()
    engine.to_die = len(deeds)
    with Workers(engine, LIKE, told.append) as workers:
        vectors = encode_all(workers)
    assert all(np.array_equal(found, WordEncoder().encode(step)) for found, step in zip(vectors, STEPS, strict=True))
    assert sorted(engine.encoded) == sorted(text for step in STEPS for text in step)
    assert len(told) == len(deeds)
    assert all("is lost (its process is gone)" in sentence for sentence in told)


def test_what_a_hanging_worker_holds_is_done_by_another() -> None:
    engine, told = FakeEngine(1, [None]), list[str]()
    with Workers(engine, LIKE, told.append, step_s=SOON_S) as workers:
        encode_all(workers)
    assert sorted(engine.encoded) == sorted(text for step in STEPS for text in step)
    assert "has not answered" in told[0]


def test_a_text_that_no_worker_survives_ends_the_run_and_not_the_cluster() -> None:
    engine = FakeEngine(3, [dies_of_poison] * 40)
    with Workers(engine, LIKE, print) as workers:
        with pytest.raises(ClusterUnusable, match=f"lost with {TRIES} workers.*stays stored"):
            workers.encode([POISON])
        assert len(encode_all(workers)) == len(STEPS)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (unlike(model=replace(LIKE.model, revision="2")), "install the same model"),
        (unlike(precision="half words"), "PULLQUOTE_PRECISION=float32"),
        (unlike(probes=LIKE.probes + np.float32(0.002)), "off by 0.0020"),
    ],
)
def test_a_worker_that_would_make_other_vectors_is_refused_with_the_mend(other: Likeness, named: str) -> None:
    engine, told = FakeEngine(2), list[str]()
    engine.likeness = other
    with pytest.raises(ClusterUnusable, match=named), Workers(engine, LIKE, told.append):
        pass
    assert len(told) == len(engine.started) == 2
    assert not engine.encoded


def test_a_worker_may_differ_by_what_processors_differ() -> None:
    engine = FakeEngine(1)
    engine.likeness = unlike(probes=LIKE.probes + np.float32(0.0009))
    with Workers(engine, LIKE, print) as workers:
        assert len(workers.encode(["text"])) == 1


def test_a_cluster_on_which_nothing_starts_is_given_up() -> None:
    engine = FakeEngine(1)
    engine.likeness = None
    with (
        pytest.raises(ClusterUnusable, match="No worker has started"),
        Workers(engine, LIKE, print, patience_s=SOON_S),
    ):
        pass


def test_a_cluster_whose_nodes_have_no_cpu_to_spare_is_given_up() -> None:
    engine = FakeEngine(0)
    engine.here["a"] = Node("a", "host", 1.0)
    with pytest.raises(ClusterUnusable, match="keeps one of its own free"), Workers(engine, LIKE, print):
        pass


def test_when_all_nodes_are_gone_for_long_the_run_ends_with_a_sentence() -> None:
    engine = FakeEngine(2)
    with Workers(engine, LIKE, print, patience_s=SOON_S) as workers:
        encode_all(workers)
        engine.here.clear()
        with pytest.raises(ClusterUnusable, match=r"no worker left.*stays stored"):
            workers.encode(["text"])


def test_a_node_that_joins_takes_the_work_of_those_that_have_left() -> None:
    engine = FakeEngine(1)
    with Workers(engine, LIKE, print, patience_s=LATER_S) as workers:
        encode_all(workers)
        engine.here.clear()
        engine.here["new"] = Node("new", "host9", 9.0)
        assert len(encode_all(workers)) == len(STEPS)
    assert engine.started[-1].node == "new"


def test_who_waits_for_vectors_when_the_run_is_stopped_hears_of_it() -> None:
    engine = FakeEngine(1, [None])
    with ThreadPoolExecutor(1) as thread:
        with Workers(engine, LIKE, print) as workers:
            waiting = thread.submit(workers.encode, ["text"])
            engine.begun.wait()
        with pytest.raises(ClusterUnusable, match="stopped"):
            waiting.result()
