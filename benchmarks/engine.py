"""One archive in a process of its own, which is asked questions as they come and says what memory it holds."""

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from typing import Self

from benchmarks.arrivals import answered
from benchmarks.command import Row
from benchmarks.processes import held
from index import IndexConfig, NewsIndex

Opens = Callable[[IndexConfig], NewsIndex]  # a function of a module: the process imports it

AGAIN = 200  # times that one question is asked again


def opened(config: IndexConfig) -> NewsIndex:
    """The archive with its models, ready."""
    index = NewsIndex.open(config)
    index.warm()
    return index


class Engine:
    """Calls wait for the process, which does one thing at a time."""

    def __init__(self, config: IndexConfig, opens: Opens = opened) -> None:
        self._config, self._opens = config, opens
        self._process = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    def holdings(self) -> Row:
        """How much is in the archive."""
        return self._call(_holdings)

    def ask(self, questions: Sequence[Row]) -> None:
        """One after the other; what they take is not told."""
        self._call(_ask, questions)

    def level(self, questions: Sequence[Row], moments: Sequence[float], rate: float, threads: int) -> Row:
        """Question n comes at moment n; how that was borne, and what else the machine did."""
        return self._call(_level, questions, moments, rate, threads)

    def end(self, question: Row) -> Row:
        """Memory, and milliseconds for an answer that is kept because somebody has just asked the same."""
        return self._call(_end, question)

    def _call(self, call: Callable[..., Row], *values: object) -> Row:
        return self._process.submit(call, self._config, self._opens, *values).result()


@cache
def _index(config: IndexConfig, opens: Opens) -> NewsIndex:
    return opens(config)


def _holdings(config: IndexConfig, opens: Opens) -> Row:
    status = _index(config, opens).status()
    return {"articles": status.articles, "passages": status.passages}


def _ask(config: IndexConfig, opens: Opens, questions: Sequence[Row]) -> Row:
    for row in questions:
        _answer(_index(config, opens), row)
    return {}


def _level(
    config: IndexConfig,
    opens: Opens,
    questions: Sequence[Row],
    moments: Sequence[float],
    rate: float,
    threads: int,
) -> Row:
    index, used = _index(config, opens), time.process_time()
    figures = answered(lambda n: _answer(index, questions[n]), moments, threads=threads)
    used = (time.process_time() - used) / len(moments)
    figures |= {"cpu_ms": round(1000 * used, 1), "resident_mb": round(held(os.getpid()).resident_bytes / 1e6)}
    return {"rate": rate, **figures, "load": round(os.getloadavg()[0], 1)}


def _end(config: IndexConfig, opens: Opens, question: Row) -> Row:
    index = _index(config, opens)
    _answer(index, question)
    times = []
    for _ in range(AGAIN):
        began = time.perf_counter()
        _answer(index, question)
        times.append(time.perf_counter() - began)
    return {"resident_bytes": held(os.getpid()).resident_bytes, "again_ms": round(1000 * statistics.median(times), 2)}


def _answer(index: NewsIndex, row: Row) -> object:
    return index.ask(row["question"], date.fromisoformat(row["asked_on"]))
