"""From 10,000 to 1,000,000 passages: what building, opening, searching, adding and deleting cost, and what is found.

python -m benchmarks.growth [--largest N] [--work DIR] [--shared FOLDER]

The passages are synthetic (`synthetic.py`), their vectors given: nothing is encoded but the questions, and the few
articles that are added while it answers. One archive grows from size to size; each measurement is a process of its own.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread

import numpy as np
from numpy.typing import NDArray

from benchmarks.apart import apart
from benchmarks.command import ROOT, Row, write_rows
from benchmarks.datasets import Shared
from benchmarks.results import write_result
from benchmarks.synthetic import EVERYTHING, PASSAGES, Seeds, article_of, keeps, narrow
from index import IndexConfig, NewsIndex
from index.articles import read_sources
from index.build import manifest_of
from index.config import BUNDLED_MODEL
from index.encoder import open_encoder
from index.store import Snapshot, Store
from index.types import Article, Encoder, Filters

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SET = "realtimeqa-2024"
SEEDS = ROOT / "data/benchmarks/growth-seeds"
K = 10
DELETED = (100, 50)  # of a hundred articles the one of this number is deleted again: recall is measured without them
TOGETHER = 200  # articles in one transaction, or compared in one product of matrices
LIVING = 10_000_000  # numbers of the articles that come and go while it answers
COMING = 10  # so many
TIE = 1e-4  # two scores nearer than that are equal: float16 and the order of sums leave no more

Opened = Callable[[], Encoder]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Work:
    """What every process gets."""

    archive: Path
    seeds: Path
    opened: Opened


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and write it down; 0 also when the data is not there, as it is not part of the project."""
    options = _parser().parse_args(arguments)
    shared = Shared(options.shared)
    if not shared.has(f"{SET}-questions"):
        print(f"growth: skipped, {shared.folder} does not hold the articles.")
        return 0
    questions = [row["question"] for row in shared.rows(f"{SET}-questions")][: options.questions]
    opened = partial(open_encoder, BUNDLED_MODEL)
    sizes = [size for size in SIZES if size <= options.largest]
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        if not options.seeds.is_dir():
            print(f"encoding real passages; they are kept in {options.seeds}", flush=True)
            file = Path(folder) / "articles.jsonl"
            write_rows(file, shared.rows(f"{SET}-articles")[: options.articles])
            apart(take_seeds, file, opened, options.seeds)
        work = Work(Path(folder) / "archive", options.seeds, opened)
        steps = []
        for before, size in zip([0, *sizes], sizes, strict=False):
            steps.append(step(work, questions, before // PASSAGES, size // PASSAGES))
            print(steps[-1], flush=True)
    print(f"written to {write_result('growth', {'load': os.getloadavg(), 'steps': steps})}")
    return 0


def step(work: Work, questions: Sequence[str], first: int, until: int) -> Row:
    """Grow the archive by the articles `first` to `until`, and measure it."""
    built, build_peak = apart(grow, work, first, until)
    served, serve_peak = apart(serve, work, questions)
    found, _ = apart(recall, work, questions, until)
    return {
        **built,
        **served,
        **found,
        "build_peak_mb": round(build_peak / 1e6),
        "serve_peak_mb": round(serve_peak / 1e6),
    }


def take_seeds(file: Path, opened: Opened, folder: Path) -> None:
    """From a file of real articles."""
    Seeds.of((item for item in read_sources([str(file)]) if isinstance(item, Article)), opened()).save(folder)


def grow(work: Work, first: int, until: int) -> Row:
    """Write and publish the articles, then delete a hundredth of them and publish that; seconds of both."""
    seeds, manifest = Seeds.load(work.seeds), manifest_of(work.opened())
    store = Store.open(work.archive)
    started = time.perf_counter()
    with store.writer(manifest) as writer:
        for start in range(first, until, TOGETHER):
            writer.put([article_of(seeds, number) for number in range(start, min(start + TOGETHER, until))])
        written = time.perf_counter()
    published = time.perf_counter()
    gone = [article_of(seeds, number)[0].id for number in range(first, until) if is_deleted(number)]
    deleting = time.perf_counter()
    with store.writer(manifest) as writer:
        writer.delete(gone)
    deleted = time.perf_counter()
    status = store.info()
    store.close()
    return {
        "passages": status.passages,
        "write_s": round(written - started, 2),
        "publish_s": round(published - written, 2),
        "delete_s": round(deleted - deleting, 2),
        "gb_on_disk": round(status.bytes_on_disk / 1e9, 3),
    }


def serve(work: Work, questions: Sequence[str]) -> Row:
    """Open it, search, search within filters, and search while articles come and go."""
    encoder = work.opened()
    encoder.encode(["warm"])
    started = time.perf_counter()
    index = NewsIndex.open(IndexConfig(data=work.archive), encoder=encoder)
    index.search(questions[0], K, EVERYTHING)
    figures: Row = {"open_s": round(time.perf_counter() - started, 3)}  # the first search is in it
    figures["search"] = _percentiles(_searched(index, questions, EVERYTHING))
    for name, filters in narrow().items():
        figures[f"search_{name}"] = _percentiles(_searched(index, questions, filters))
    figures["living"] = _living(index, Seeds.load(work.seeds), questions)
    index.close()
    return figures


def recall(work: Work, questions: Sequence[str], until: int) -> Row:
    """The share of the ten nearest passages that the dense leg finds, of all and within each filter."""
    seeds, vectors = Seeds.load(work.seeds), work.opened().encode(questions)
    everywhere = {"all": EVERYTHING, **narrow()}
    needed = least_scores(seeds, vectors, everywhere, until)
    snapshot = Store.open(work.archive).snapshot()
    figures: Row = {}
    for name, filters in everywhere.items():
        times, shares = [], []
        for vector, least in zip(vectors, needed[name], strict=True):
            started = time.perf_counter()
            found = snapshot.dense(vector, K, filters)
            times.append(1000 * (time.perf_counter() - started))
            shares.append(_share(_scores_of(snapshot, seeds, vector, [one for one, _ in found]), least))
        figures[f"recall_{name}"] = round(float(np.mean(shares)), 4)
        figures[f"dense_{name}"] = _percentiles(times)
    return figures


def least_scores(seeds: Seeds, vectors: Scores, everywhere: dict[str, Filters], until: int) -> dict[str, Scores]:
    """By filter, for each question the scores of its K nearest passages, ascending, by brute force.

    Shape (questions, K), with -inf where there are fewer.
    """
    best = {name: np.full((len(vectors), K), -np.inf, np.float32) for name in everywhere}
    for start in range(0, until, TOGETHER):
        numbers = range(start, min(start + TOGETHER, until))
        made = [article_of(seeds, number) for number in numbers if not is_deleted(number)]
        scores = vectors @ np.concatenate([_stored(rows) for _, _, rows in made]).T
        for name, filters in everywhere.items():
            kept = np.repeat([keeps(filters, article) for article, _, _ in made], [len(rows) for _, _, rows in made])
            both = np.concatenate([best[name], scores[:, kept]], axis=1)
            best[name] = np.sort(both, axis=1)[:, -K:]
    return best


def is_deleted(number: int) -> bool:
    """Whether the article of that number is deleted again after it was added."""
    every, which = DELETED
    return number % every == which


def _share(found: Scores, best: Scores) -> float:
    """How many of the K best there are were found; a passage that scores as the last of them is as good."""
    there = best[np.isfinite(best)]
    return 1.0 if not len(there) else min(1.0, float(np.sum(found >= there[0] - TIE)) / len(there))


def _scores_of(snapshot: Snapshot, seeds: Seeds, vector: Scores, ids: Sequence[int]) -> Scores:
    """Exact scores of what was found, from the vectors that were given and not from what the leg says."""
    scores = []
    for found in snapshot.get(ids):
        number = int(found.stored.article.url.rpartition("/")[2])
        _, passages, vectors = article_of(seeds, number)
        scores.append(float(_stored(vectors)[passages.index(found.passage)] @ vector))
    return np.array(scores, np.float32)


def _stored(vectors: Scores) -> Scores:
    """As the archive keeps them."""
    return vectors.astype(np.float16).astype(np.float32)


def _searched(index: NewsIndex, questions: Iterable[str], filters: Filters) -> list[float]:
    """Milliseconds of each search."""
    times = []
    for question in questions:
        started = time.perf_counter()
        index.search(question, K, filters)
        times.append(1000 * (time.perf_counter() - started))
    return times


def _living(index: NewsIndex, seeds: Seeds, questions: Sequence[str]) -> Row:
    """Searches in one thread while another adds articles, one by one, and removes them again."""
    over, times = Event(), list[float]()

    def ask() -> None:
        while not over.is_set():
            times.extend(_searched(index, questions[len(times) % len(questions) :][:1], EVERYTHING))

    asker = Thread(target=ask)
    asker.start()
    coming = [article_of(seeds, LIVING + number)[0] for number in range(COMING)]
    try:
        adding = [_seconds(partial(index.add, [article])) for article in coming]
        removing = _seconds(lambda: index.remove([article.id for article in coming]))
    finally:
        over.set()
        asker.join()
    return {
        "search": _percentiles(times),
        "add_one_s": round(float(np.median(adding)), 3),
        "remove_s": round(removing, 3),
    }


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _percentiles(times: Sequence[float]) -> Row:
    p50, p95 = np.percentile(times, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure an archive that grows to a million passages.")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/")
    parser.add_argument("--articles", type=int, default=2_000, metavar="N", help="real ones (default: %(default)s)")
    parser.add_argument("--seeds", type=Path, default=SEEDS, help="where what is encoded of them is kept")
    parser.add_argument("--work", type=Path, help="where the archive is made, and removed again: 20 GB for a million")
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="N", help="passages (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=200, metavar="N", help="searches (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
