"""How long a search and an answer take when several people ask at once, over one archive of real articles.

python -m benchmarks.concurrency [--archive DIR] [--articles N] [--questions N] [--shared FOLDER]

All askers are threads of one process, as in the bot. Every level asks the same questions, each once, of an archive that
was opened for that level: what an answer leaves in a cache helps no other.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.command import ROOT, Row, write_rows
from benchmarks.datasets import Shared
from benchmarks.results import write_result
from index import IndexConfig, NewsIndex

SET = "realtimeqa-2024"
LEVELS = (1, 2, 4, 8, 16)  # people who ask at once
CROWD = 8  # at which the 99th percentile is set against the median of one alone
K = 10
WARM = "Which city hosts the summit?"

Open = Callable[[], NewsIndex]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it, print it and write it down; 0 also when the data is not there, as it is not part of the project."""
    options = _parser().parse_args(arguments)
    shared = Shared(options.shared)
    if not shared.has(f"{SET}-questions"):
        print(f"concurrency: skipped, {shared.folder} does not hold the questions.")
        return 0
    questions = shared.rows(f"{SET}-questions")[: options.questions]
    with archive(options.archive, shared, options.articles) as folder:
        figures = run(partial(NewsIndex.open, IndexConfig(data=folder)), questions, LEVELS)
    print(table(figures))
    print(f"written to {write_result('concurrency', figures | {'load': os.getloadavg()})}")
    return 0


@contextmanager
def archive(named: Path | None, shared: Shared, articles: int | None) -> Iterator[Path]:
    """The folder of the archive that was named, else of one made of the articles, which goes again."""
    if named is not None:
        yield named
        return
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "articles.jsonl"
        write_rows(file, shared.rows(f"{SET}-articles")[:articles])
        print("making an archive of the articles: name one with --archive to spare that", flush=True)
        with _opened(partial(NewsIndex.open, IndexConfig(data=Path(temporary) / "data"))) as index:
            index.add_sources([str(file)])
        yield Path(temporary) / "data"


def run(opened: Open, questions: Sequence[Row], levels: Sequence[int]) -> Row:
    """For `search` and `ask`, at every level: percentiles, answers a second; the crowd against one alone."""
    with _opened(opened) as index:
        status = index.status()
    figures: Row = {"articles": status.articles, "passages": status.passages, "questions": len(questions)}
    for name, way in {"search": _search, "ask": _ask}.items():
        figures[name] = {}
        for askers in levels:
            with _opened(opened) as index:
                index.warm()
                index.search(WARM, K)
                figures[name][str(askers)] = level(partial(way, index), questions, askers)
            print(name, askers, figures[name][str(askers)], flush=True)
        if 1 in levels and CROWD in levels:
            alone, crowd = figures[name]["1"]["p50_ms"], figures[name][str(CROWD)]["p99_ms"]
            figures[f"{name}_p99_at_{CROWD}_over_p50_alone"] = round(crowd / alone, 2)
    return figures


def level(way: Callable[[Row], object], questions: Sequence[Row], askers: int) -> Row:
    """Every question once, by so many askers who each put the next one as soon as they have an answer."""

    def timed(question: Row) -> float:
        started = time.perf_counter()
        way(question)
        return 1000 * (time.perf_counter() - started)

    with ThreadPoolExecutor(askers) as pool:
        started = time.perf_counter()
        times = list(pool.map(timed, questions))
        seconds = time.perf_counter() - started
    p50, p95, p99 = (round(float(one), 2) for one in np.percentile(times, [50, 95, 99]))
    return {"p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "a_second": round(len(questions) / seconds, 1)}


def table(figures: Row) -> str:
    """For the terminal."""
    lines = [f"{figures['passages']:,} passages, {figures['questions']} questions"]
    for name in ("search", "ask"):
        lines.append(f"{name:8}{'askers':>8}{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}{'a second':>10}")
        for askers, one in figures[name].items():
            lines.append(
                f"{'':8}{askers:>8}{one['p50_ms']:>10.1f}{one['p95_ms']:>10.1f}{one['p99_ms']:>10.1f}"
                f"{one['a_second']:>10.1f}"
            )
        if (times := figures.get(f"{name}_p99_at_{CROWD}_over_p50_alone")) is not None:
            lines.append(f"p99 at {CROWD} askers is {times} times the p50 of one alone")
    return "\n".join(lines)


def _search(index: NewsIndex, question: Row) -> object:
    return index.search(question["question"], K)


def _ask(index: NewsIndex, question: Row) -> object:
    return index.ask(question["question"], date.fromisoformat(question["asked_on"]))


@contextmanager
def _opened(opened: Open) -> Iterator[NewsIndex]:
    index = opened()
    try:
        yield index
    finally:
        index.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure searches and answers while several people ask.")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/")
    parser.add_argument("--archive", type=Path, help="folder of an archive that is there (default: one is made)")
    parser.add_argument("--articles", type=int, metavar="N", help="of 2024, where it is made: the first N only")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="a level (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
