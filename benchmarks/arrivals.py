"""Questions that come when they come: an open loop, in which nobody waits with asking for the answer to somebody else.

A closed loop, in which each asker waits, asks less of what is slow, and so flatters it.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from benchmarks.command import Row

TARGET_MS = 500.0  # that 95 of 100 answers must take less than


def arrivals(rate: float, seconds: float, seed: int) -> Iterator[float]:
    """Seconds from the beginning at which questions come, in order: a Poisson process, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - reproducible, not secret
    moment = dice.expovariate(rate)
    while moment < seconds:
        yield moment
        moment += dice.expovariate(rate)


def answered(ask: Callable[[int], object], moments: Sequence[float], *, threads: int) -> Row:
    """Let question 0, 1, … come at these moments, to so many threads, wait for every answer, and say how it went.

    Latencies are from the moment at which the question came: the wait in line is part of them.
    """
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()

        def serve(number: int) -> float:
            ask(number)
            return time.perf_counter() - began

        works = []
        for number, moment in enumerate(moments):
            time.sleep(max(0.0, moment - (time.perf_counter() - began)))
            works.append(pool.submit(serve, number))
        ended = [work.result() for work in works]
    latencies_ms = [1000 * (end - moment) for end, moment in zip(ended, moments, strict=True)]
    p50, p95, p99 = (round(float(one), 1) for one in np.percentile(latencies_ms, [50, 95, 99]))
    a_second = round(len(moments) / max(ended), 2)
    return {"questions": len(moments), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "a_second": a_second}


def highest(levels: Iterable[Row]) -> float:
    """The highest rate that was answered in time, as all below it were; 0 where the lowest was not."""
    borne = 0.0
    for level in sorted(levels, key=_rate):
        if level["p95_ms"] >= TARGET_MS:
            break
        borne = level["rate"]
    return borne


def at_target(levels: Iterable[Row]) -> float | None:
    """The rate at which the 95th percentile would be the target, on a line between the two rates beside it."""
    for low, high in pairwise(sorted(levels, key=_rate)):
        if low["p95_ms"] < TARGET_MS <= high["p95_ms"]:
            share = (TARGET_MS - low["p95_ms"]) / (high["p95_ms"] - low["p95_ms"])
            return round(float(low["rate"] + share * (high["rate"] - low["rate"])), 1)
    return None


def _rate(level: Row) -> float:
    return float(level["rate"])
