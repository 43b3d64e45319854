"""The only importer of Ray, which would tell its maker over the network how it is used."""

import logging
import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any

os.environ.update(RAY_USAGE_STATS_ENABLED="0")  # before the import, and for all that a local cluster starts

import numpy as np
import ray
from ray.exceptions import ActorDiedError, RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from index.cluster.likeness import Likeness
from index.cluster.places import LEFT_FREE, Node, Place
from index.cluster.remote import Call, Lost
from index.cluster.seats import AT_ONCE
from index.cluster.worker import EncodingWorker
from index.errors import ClusterUnusable
from index.types import Vectors

LOCAL = "local"  # the address of a cluster that is started on this machine, and ends with the run
REACHED_S = 10  # for a first word from a cluster; Ray itself would try for minutes
LOCAL_STORE_BYTES = 100 * 2**20  # for texts and vectors under way; Ray would take a third of the memory


@contextmanager
def joined(address: str, model: str, precision: str) -> Iterator["Rays"]:
    """Be part of the cluster at the address while the block lasts. What Ray prints goes to stderr.

    Raises:
        ClusterUnusable: there is none.
    """
    with (
        redirect_stdout(sys.stderr),
        tempfile.TemporaryDirectory(prefix="pullquote-", ignore_cleanup_errors=True) as folder,
    ):
        try:
            _reach(address)
            ray.init(log_to_driver=False, logging_level=logging.CRITICAL, **_where(address, folder))
        except (RayError, OSError, OverflowError, RuntimeError, ValueError) as error:
            raise ClusterUnusable(f"There is no Ray cluster to be had at {address}: {_last_line(error)}") from error
        try:
            yield Rays(model, precision)
        finally:
            ray.shutdown()


def _reach(address: str) -> None:
    """Raises OSError where nobody listens at a HOST:PORT."""
    host, colon, port = address.rpartition(":")
    if colon:
        socket.create_connection((host, int(port)), REACHED_S).close()


def _where(address: str, folder: str) -> dict[str, Any]:
    """A local cluster keeps its files in the folder, and gives all cores to workers.

    It listens on every interface; Ray lets nobody in without the token in ~/.ray/auth_token, which it makes.
    """
    if address != LOCAL:
        return {"address": address}
    return {
        "address": "local",
        "num_cpus": len(os.sched_getaffinity(0)) + LEFT_FREE,
        "include_dashboard": False,
        "object_store_memory": LOCAL_STORE_BYTES,
        "_temp_dir": folder,
    }


class Rays:
    """The `Engine` that this process has joined."""

    def __init__(self, model: str, precision: str) -> None:
        self._model, self._precision = model, precision

    def nodes(self) -> list[Node]:
        """Those that are alive; none where the cluster does not say."""
        try:
            told: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]  # Ray's types stop there
        except RayError:
            return []
        return [
            Node(node["NodeID"], node["NodeManagerAddress"], node["Resources"].get("CPU", 0.0))
            for node in told
            if node["Alive"]
        ]

    def start(self, place: Place) -> "RayWorker":
        """A worker, which begins to start."""
        return RayWorker(place, self._model, self._precision)


class RayWorker:
    """A `Remote`: an actor that is bound to its node. Ray neither restarts it nor repeats its calls: `Seat` does."""

    def __init__(self, place: Place, model: str, precision: str) -> None:
        options = {
            "num_cpus": place.cores,
            "max_concurrency": AT_ONCE,
            "max_restarts": 0,
            "max_task_retries": 0,
            "scheduling_strategy": NodeAffinitySchedulingStrategy(place.node, soft=False),
        }
        actor: Any = ray.remote(EncodingWorker)
        self._actor = actor.options(**options).remote(model, precision, place.cores)
        self._likeness: Call | None = None

    def likeness(self, wait_s: float) -> Likeness | None:
        """None: it is still starting after so long."""
        if self._likeness is None:
            self._likeness = self._actor.likeness.remote()
        done = _first([self._likeness], wait_s)
        return done[1] if done else None

    def begin(self, texts: Sequence[str]) -> Call:
        """Have them encoded."""
        call: Call = self._actor.encode.remote(texts)
        return call

    def first(self, calls: Sequence[Call], wait_s: float) -> tuple[Call, Vectors] | None:
        """One of the calls that is done; the vectors are a copy, so that Ray's memory is free again."""
        done = _first(calls, wait_s)
        return (done[0], np.array(done[1])) if done else None

    def end(self) -> None:
        """Let it go, whatever it is at."""
        with suppress(RayError):
            ray.kill(self._actor)


def _first(calls: Sequence[Call], wait_s: float) -> tuple[Call, Any] | None:
    try:
        done, _ = ray.wait(list(calls), num_returns=1, timeout=wait_s)
        return (done[0], ray.get(done[0])) if done else None
    except RayError as error:
        raise Lost(_reason(error)) from error


def _reason(error: RayError) -> str:
    if isinstance(error, ActorDiedError) and not error.actor_init_failed:
        return "its process or its node is gone"
    if "ModuleNotFoundError" in str(error):
        return f"{_last_line(error)}; install the same release there, pip install 'pullquote[ray]'"
    return _last_line(error)


def _last_line(error: Exception) -> str:
    """Of a traceback that Ray tells as one text, with colours, the error itself."""
    lines = re.sub(r"\x1b\[\d+m", "", str(error)).strip().splitlines()
    return lines[-1].strip() if lines else type(error).__name__
