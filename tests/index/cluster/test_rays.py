"""A real cluster of two nodes and the real encoder: the archive is the one that this machine alone would have made."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import IndexConfig, NewsIndex, Progress
from index.__main__ import DONE, UNUSABLE, USAGE, main
from index.cluster import open_cluster
from index.config import BUNDLED_MODEL
from tests.index.stored import texts_in, vectors_in

SOURCES = str(Path(__file__).parents[3] / "samples" / "articles")
NODES = 2
CPUS = 2  # of each, one of which stays free: a worker each
STORE_BYTES = 80 * 2**20
ALIKE = 1e-3
PATIENCE_S = 30.0


@pytest.fixture(scope="module", autouse=True)
def small_batches() -> Iterator[None]:
    """So that the samples are several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.build.BATCH_PASSAGES", 16)
        patch.setattr("index.build.STEP_PASSAGES", 4)
        yield


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is to be compared with."""
    folder = tmp_path_factory.mktemp("alone")
    NewsIndex.open(IndexConfig(data=folder)).add_sources([SOURCES])
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of one."""
    from ray.cluster_utils import Cluster  # noqa: PLC0415  slow to import

    from index.cluster import rays  # noqa: F401, PLC0415  tells nobody that Ray is used, from here on

    node: Any = {"num_cpus": CPUS, "object_store_memory": STORE_BYTES, "include_dashboard": False}
    started = Cluster(initialize_head=True, head_node_args=node)
    try:
        for _ in range(NODES - 1):
            started.add_node(**node)
        yield started.address
    finally:
        started.shutdown()  # type: ignore[no-untyped-call]  # Ray's types stop there


def same(folder: Path, other: Path) -> bool:
    vectors, others = vectors_in(folder), vectors_in(other)
    return texts_in(folder) == texts_in(other) and float(np.abs(vectors - others).max()) <= ALIKE


def workers_here() -> list[int]:
    """The processes in which workers run."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes().startswith(b"ray::EncodingWorker"):
                found.append(int(process.name))
        except OSError:  # it has ended
            pass
    return sorted(found)


def wait_until(holds: Callable[[], bool]) -> None:
    """Ray lets go of a worker and does not wait for its end."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


class KillOne:
    """Kills a worker in the middle of a run."""

    def __init__(self) -> None:
        self.killed: int | None = None

    def __call__(self, now: Progress) -> None:
        if now.stage == "adding" and now.done >= 20 and self.killed is None:
            self.killed = workers_here()[0]
            os.kill(self.killed, signal.SIGKILL)


def stop_at_30(now: Progress) -> None:
    if now.done >= 30:
        raise KeyboardInterrupt


@pytest.mark.slow
def test_a_run_in_which_a_worker_is_killed_makes_the_same_archive(alone: Path, cluster: str, tmp_path: Path) -> None:
    told, kill = list[str](), KillOne()
    with open_cluster(cluster, BUNDLED_MODEL, "auto", tell=told.append) as encoder:
        assert encoder.lanes == 2 * NODES
        index = NewsIndex.open(IndexConfig(data=tmp_path), encoder=encoder, lanes=encoder.lanes)
        index.add_sources([SOURCES], on_progress=kill)
    assert kill.killed
    assert any("is lost (its process or its node is gone)" in sentence for sentence in told)
    assert same(tmp_path, alone)
    wait_until(lambda: not workers_here())


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_with_another_cluster(alone: Path, cluster: str, tmp_path: Path) -> None:
    with open_cluster(cluster, BUNDLED_MODEL, "auto", tell=print) as encoder:
        index = NewsIndex.open(IndexConfig(data=tmp_path), encoder=encoder, lanes=encoder.lanes)
        with pytest.raises(KeyboardInterrupt):
            index.add_sources([SOURCES], on_progress=stop_at_30)
    stored = texts_in(tmp_path)["articles"]
    assert stored
    assert main(["--data", str(tmp_path), "add", "--ray", "local", SOURCES]) == DONE
    assert set(stored) < set(texts_in(tmp_path)["articles"])
    assert same(tmp_path, alone)


@pytest.mark.slow
def test_where_nobody_listens_is_said_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "add", "--ray", "127.0.0.1:1", SOURCES]) == UNUSABLE
    assert "no Ray cluster to be had at 127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.slow
def test_ray_tells_nobody_that_it_is_used() -> None:
    asked = "import index.cluster.rays; from ray._common.usage import usage_lib; print(usage_lib.usage_stats_enabled())"
    environment = {"PATH": os.environ["PATH"], "RAY_USAGE_STATS_ENABLED": "1"}
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.split() == ["False"]


@pytest.mark.parametrize("address", ["ray://head:10001", "head", "head:", "a b:6379"])
def test_an_address_that_is_none_is_wrong_usage(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=str(USAGE)):
        main(["add", "--ray", address, SOURCES])
    assert "local, auto or HOST:PORT" in capsys.readouterr().err


def test_without_ray_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "index.cluster.rays", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["--data", str(tmp_path), "add", "--ray", "local", SOURCES]) == UNUSABLE
    assert "pip install 'pullquote[ray]'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
