"""Pullquote beside txtai (hybrid) and llama-index with faiss (dense): in turn, on the same articles and weights.

python -m benchmarks.speed --rivals PYTHON [--articles N] [--rounds N] [--bfloat16] [--bare] [--shared FOLDER]

Each is a process of its own, which may use all cores; the rounds take turns in who goes first. What is compared are
ratios within a round, so that what else the machine does falls on all alike.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.command import ROOT, Row, write_rows
from benchmarks.contest import Job
from benchmarks.datasets import Shared
from benchmarks.results import write_result
from index.articles import read_sources
from index.build import cut, described
from index.config import BUNDLED_MODEL
from index.encoder import open_encoder
from index.minilm import bundled_folder
from index.types import Article

SET = "realtimeqa-2024"
LOCK = Path(__file__).parent / "rivals.lock"
OURS, RIVALS = "pullquote", ("txtai", "llama_index")
HALF = "bfloat16"
K = 10
# What a shell may have set for one of them; all are to find the same, and none may look for models on a hub.
UNSET = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TOKENIZERS_PARALLELISM", "PYTHONPATH")
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
# by figure: whether more is better, so that a ratio always says how many times better Pullquote is
FIGURES = {"words_s": True, "search_p50_ms": False, "search_p95_ms": False, "peak_mb": False}


@dataclass(frozen=True, slots=True)
class Entry:
    """Who takes part: a file of `benchmarks/contestants`, the Python that runs it, the precision it is told."""

    contestant: str
    python: str
    precision: str = "float32"

    @property
    def name(self) -> str:
        """In results and plots."""
        return self.contestant if self.precision == "float32" else f"{self.contestant} ({self.precision})"


class ContestantFailed(Exception):
    """It ended without figures; the message holds the end of what it said."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it, print it and write it down; 0 also when the data is not there, as it is not part of the project."""
    options = _parser().parse_args(arguments)
    shared = Shared(options.shared)
    if not shared.has(f"{SET}-articles"):
        print(f"speed: skipped, {shared.folder} does not hold the articles.")
        return 0
    if options.rivals is None or not Path(options.rivals).is_file():
        print(how_to_make_rivals(), file=sys.stderr)
        return 2
    rows = shared.rows(f"{SET}-articles")[: options.articles]
    questions = [row for row in shared.rows(f"{SET}-questions") if row["answerable"]][: options.questions]
    entries = entries_of(options.rivals, bfloat16=options.bfloat16)
    try:
        rounds = list(_told(run(rows, questions, entries, rounds=options.rounds, bare=options.bare)))
    except ContestantFailed as failure:
        print(f"speed: {failure}", file=sys.stderr)
        return 1
    figures = summary(rounds, shared, questions)
    figures |= {"articles": len(rows), "words": words_in(rows), "bare": options.bare, "load": os.getloadavg()}
    figures["versions"] = _pinned()
    print(table(figures))
    print(f"written to {write_result('speed', figures)}")
    return 0


def entries_of(python: str, *, bfloat16: bool) -> list[Entry]:
    """Pullquote and its rivals; with `bfloat16` those a second time, told to use it."""
    precisions = ("float32", HALF) if bfloat16 else ("float32",)
    return [Entry(OURS, sys.executable), *(Entry(name, python, how) for how in precisions for name in RIVALS)]


def run(
    rows: Sequence[Row], questions: Sequence[Row], entries: Sequence[Entry], *, rounds: int, bare: bool = False
) -> Iterator[dict[str, Row]]:
    """For each round what every entry told, by its name, the words a second among it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_rows(folder / "articles.jsonl", rows)
        job, texts = job_of(folder / "articles.jsonl", [row["question"] for row in questions], bare=bare)
        for number in range(rounds):
            turn = number % len(entries)
            told = {}
            for entry in [*entries[turn:], *entries[:turn]]:
                figures = contest(entry, job, folder)
                figures["found"] = [[texts.get(one, one) for one in found] for found in figures["found"]]
                told[entry.name] = figures | {"words_s": words_in(rows) / figures["index_s"]}
            yield {entry.name: told[entry.name] for entry in entries}


def job_of(articles: Path, questions: list[str], *, bare: bool) -> tuple[Job, dict[str, str]]:
    """The same for all: passages as Pullquote cuts them, and, unless `bare`, described as it encodes them.

    With them what of each is the article's: an answer that stands in the title only is not found.
    """
    encoder = open_encoder(BUNDLED_MODEL)
    cuts = [cut(item, encoder) for item in read_sources([str(articles)]) if isinstance(item, Article)]
    plain = [article.text[one.start : one.end] for article, found in cuts for one in found]
    full = [text for one in cuts for _, text in described([one], encoder)[one[0].id]]
    passages = plain if bare else full
    return Job(str(articles), passages, questions, str(bundled_folder()), "", K), dict(zip(full, plain, strict=True))


def contest(entry: Entry, job: Job, folder: Path) -> Row:
    """What the contestant told of itself.

    Raises:
        ContestantFailed: it told nothing.
    """
    environment = {name: value for name, value in os.environ.items() if name not in UNSET} | OFFLINE
    with tempfile.TemporaryDirectory(dir=folder) as own:
        file = folder / "job.json"
        file.write_text(json.dumps(asdict(replace(job, folder=own, precision=entry.precision))), encoding="utf-8")
        command = [entry.python, "-m", "benchmarks.contest", entry.contestant, str(file)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        raise ContestantFailed(f"{entry.name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    figures: Row = json.loads(done.stdout.splitlines()[-1])
    p50, p95 = np.percentile(figures["search_ms"], [50, 95])
    return figures | {"search_p50_ms": p50, "search_p95_ms": p95, "peak_mb": figures["peak_bytes"] / 1e6}


def summary(rounds: Sequence[dict[str, Row]], shared: Shared, questions: Sequence[Row]) -> Row:
    """Medians of every entry, its share of questions whose answer is in what it found, ratios of the pairs."""
    holds = shared.holds()
    medians: dict[str, Row] = {}
    for name, told in rounds[0].items():
        medians[name] = {figure: _rounded([one[name][figure] for one in rounds]) for figure in ("load_s", *FIGURES)}
        pairs = zip(questions, told["found"], strict=True)
        found = [any(holds(row["answers"], text) for text in texts) for row, texts in pairs]
        medians[name]["found"] = round(sum(found) / max(1, len(found)), 3)
    others = [name for name in rounds[0] if name != OURS]
    every = [
        {name: {figure: round(told[figure], 3) for figure in FIGURES} for name, told in one.items()} for one in rounds
    ]
    return {"medians": medians, "ratios": {name: ratios(rounds, name) for name in others}, "rounds": every}


def ratios(rounds: Sequence[dict[str, Row]], other: str) -> Row:
    """How many times better Pullquote is, within each round: median, least and most."""
    found = {}
    for figure, more_is_better in FIGURES.items():
        pairs = [(one[OURS][figure], one[other][figure]) for one in rounds]
        times = [ours / theirs if more_is_better else theirs / ours for ours, theirs in pairs]
        found[figure] = {
            "median": round(statistics.median(times), 2),
            "least": round(min(times), 2),
            "most": round(max(times), 2),
        }
    return found


def table(figures: Row) -> str:
    """For the terminal."""
    head = f"{'':24}{'words/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'peak MB':>9}{'load s':>8}{'found':>7}"
    lines = [f"{figures['articles']} articles, {figures['words']:,} words", head]
    for name, one in figures["medians"].items():
        lines.append(
            f"{name:24}{one['words_s']:>10,.0f}{one['search_p50_ms']:>9.1f}{one['search_p95_ms']:>9.1f}"
            f"{one['peak_mb']:>9,.0f}{one['load_s']:>8.1f}{one['found']:>7.3f}"
        )
    lines.append("Pullquote, times better: median (least to most) of the rounds")
    for name, of_each in figures["ratios"].items():
        told = (f"{figure} {one['median']} ({one['least']} to {one['most']})" for figure, one in of_each.items())
        lines.append(f"  than {name}: {', '.join(told)}")
    return "\n".join(lines)


def how_to_make_rivals() -> str:
    """What to run where there is none."""
    return (
        "speed: name a Python that has txtai and llama-index with --rivals. To make one (1.7 GB; PyTorch's CPU build\n"
        "first, or pip fetches several GB of CUDA):\n"
        "  python3 -m venv .rivals\n"
        "  .rivals/bin/pip install torch==2.13.0\n"
        f"  .rivals/bin/pip install -r {LOCK.relative_to(ROOT)}\n"
        "  .venv/bin/python -m benchmarks.speed --rivals .rivals/bin/python"
    )


def words_in(rows: Sequence[Row]) -> int:
    """Of the texts as they came, whatever becomes of them."""
    return sum(len(str(row["text"]).split()) for row in rows)


def _told(rounds: Iterator[dict[str, Row]]) -> Iterator[dict[str, Row]]:
    for number, one in enumerate(rounds, start=1):
        speeds = ", ".join(f"{name} {told['words_s']:,.0f}" for name, told in one.items())
        print(f"round {number}: words a second: {speeds} (load {os.getloadavg()[0]:.1f})", flush=True)
        yield one


def _rounded(values: Sequence[float]) -> float:
    return round(statistics.median(values), 2)


def _pinned() -> dict[str, str]:
    """The rivals' versions, by name."""
    lines = [line.split("==") for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line]
    wanted = ("txtai", "llama-index-core", "faiss-cpu", "sentence-transformers", "transformers", "torch")
    return {name: version for name, version in lines if name in wanted}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure Pullquote beside txtai and llama-index, in turn.")
    parser.add_argument("--rivals", metavar="PYTHON", help="the Python that has them installed (rivals.lock)")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/")
    parser.add_argument("--articles", type=int, default=150, metavar="N", help="the first N (default: %(default)s)")
    parser.add_argument("--questions", type=int, default=100, metavar="N", help="searches (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="repetitions (default: %(default)s)")
    parser.add_argument("--bfloat16", action="store_true", help="the rivals once more, told to use bfloat16")
    parser.add_argument("--bare", action="store_true", help="rivals get passages without title, publisher and date")
    return parser


if __name__ == "__main__":
    sys.exit(main())
