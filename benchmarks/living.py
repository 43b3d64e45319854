"""An archive that goes on: what it costs to add articles, to add them again, and to follow changes and removals.

python -m benchmarks.living [--encoder fake|real] [--articles N] [--shared FOLDER]
"""

import argparse
import re
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.command import ROOT, Row, write_rows
from benchmarks.datasets import Shared
from benchmarks.results import write_result
from index import IndexConfig, NewsIndex
from index.config import BUNDLED_MODEL
from index.encoder import open_encoder
from index.types import Encoder, ModelId, Vectors

SETS = ("realtimeqa-2023-articles", "realtimeqa-2024-articles")
TENTH = 10  # every tenth article is changed, and every tenth removed
FOLLOWED = 5  # single articles of which the time until they can be found is measured
SENTENCE = "This paragraph was corrected on the following day."

Result = TypeVar("Result")


class FakeEncoder:
    """Vectors of the size of the real ones that depend on the text alone, in no time: what is left is the archive."""

    model = ModelId(name="fake", revision="1", dimension=384, max_tokens=256)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), 384), each of unit length."""
        made = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(384) for text in texts]
        rows = np.array(made, np.float32).reshape(len(texts), 384)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About as many as there would be word pieces."""
        return [len(re.findall(r"\w{1,6}|[^\w\s]", text)) for text in texts]


class Counted:
    """An encoder that counts its calls and texts."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.calls = self.texts = 0

    @property
    def model(self) -> ModelId:
        """As of the encoder."""
        return self._encoder.model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does."""
        self.calls, self.texts = self.calls + 1, self.texts + len(texts)
        return self._encoder.encode(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder does."""
        return self._encoder.count_tokens(texts)


@dataclass(frozen=True, slots=True)
class Bench:
    """One archive and what is done to it."""

    index: NewsIndex
    encoder: Counted
    folder: Path

    def measured(self, call: Callable[[], Result]) -> tuple[Result, float, int, int]:
        """What the call returned, its seconds, and the calls and texts that the model had."""
        calls, texts, started = self.encoder.calls, self.encoder.texts, time.perf_counter()
        result = call()
        return result, time.perf_counter() - started, self.encoder.calls - calls, self.encoder.texts - texts

    def add(self, rows: Sequence[Row]) -> Row:
        """Import the rows from a file, as the command line does."""
        file = self.folder / "import.jsonl"
        write_rows(file, rows)
        report, seconds, calls, texts = self.measured(lambda: self.index.add_sources([str(file)]))
        counts = {name: getattr(report, name) for name in ("added", "changed", "unchanged", "repeated")}
        return {
            **counts,
            "rejected": len(report.rejected),
            "seconds": _rounded(seconds),
            "calls": calls,
            "texts": texts,
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it and write the figures down; 0 also when the data is not there, as it is not part of the project."""
    options = _parser().parse_args(arguments)
    shared = Shared(options.shared)
    if not all(shared.has(name) for name in SETS):
        print(f"living: skipped, {shared.folder} does not hold the articles.")
        return 0
    rows = [row for name in SETS for row in shared.rows(name)][: options.articles]
    with tempfile.TemporaryDirectory(dir=options.data) as folder:
        figures = run(Path(folder), rows, open_encoder(BUNDLED_MODEL) if options.encoder == "real" else FakeEncoder())
    for name, value in figures.items():
        print(f"{name:24} {value}")
    print(f"written to {write_result(f'living-{options.encoder}', figures)}")
    return 0


def run(folder: Path, rows: Sequence[Row], encoder: Encoder) -> Row:
    """Add, add again, change and remove a tenth; the figures."""
    counted = Counted(encoder)
    bench = Bench(NewsIndex.open(IndexConfig(data=folder / "data"), encoder=counted), counted, folder)
    counted.encode(["warm"])
    first = bench.add(rows)
    figures: Row = {"first": first, "articles_an_hour": round(3600 * len(rows) / first["seconds"])}
    status = bench.index.status()
    figures |= {"articles": status.articles, "passages": status.passages}
    figures["bytes_an_article"] = round(status.bytes_on_disk / max(1, status.articles))
    figures["again"] = again = bench.add(rows)
    figures["times_faster"] = _rounded(first["seconds"] / again["seconds"])
    figures["tenth_changed"] = bench.add([_changed(row) for row in rows[::TENTH]])
    figures["tenth_removed"] = _remove(bench, rows[1::TENTH])
    figures["answerable_s"] = sorted(_answerable_s(bench, number) for number in range(FOLLOWED))
    _, seconds, calls, _ = bench.measured(bench.index.rebuild)
    figures["rebuild"] = {"seconds": _rounded(seconds), "calls": calls}
    problems, seconds, _, _ = bench.measured(bench.index.check)
    figures["check"] = {"seconds": _rounded(seconds), "problems": list(problems)}
    figures["bytes_an_article_later"] = round(
        bench.index.status().bytes_on_disk / max(1, bench.index.status().articles)
    )
    bench.index.close()
    return figures


def _changed(row: Row) -> Row:
    """The article with one paragraph corrected."""
    paragraphs = str(row["text"]).split("\n")
    paragraphs[len(paragraphs) // 2] += f" {SENTENCE}"
    return {**row, "text": "\n".join(paragraphs)}


def _remove(bench: Bench, rows: Sequence[Row]) -> Row:
    ids = [stored.article.id for row in rows for stored in bench.index.find(str(row["url"]))]
    removed, seconds, calls, _ = bench.measured(lambda: bench.index.remove(ids))
    return {"removed": removed, "seconds": _rounded(seconds), "calls": calls}


def _answerable_s(bench: Bench, number: int) -> float:
    """From handing over one new article until a search finds it."""
    word = f"zyxgate{number}"
    row = {"url": f"https://living.example/{word}", "title": "News", "text": f"The {word} inquiry opened on Monday."}

    def follow() -> bool:
        bench.add([row])
        return any(word in hit.text for hit in bench.index.search(word, 10))

    found, seconds, _, _ = bench.measured(follow)
    if not found:
        sys.exit(f"An article with the word {word} was added and is not found.")
    return _rounded(seconds)


def _rounded(seconds: float) -> float:
    return round(seconds, 2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure what an archive costs that articles keep coming to.")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder with data/")
    parser.add_argument("--data", type=Path, help="where the archive is made, and removed again (default: temporary)")
    parser.add_argument("--encoder", choices=["fake", "real"], default="real", help="fake: no model, in minutes")
    parser.add_argument("--articles", type=int, metavar="N", help="the first N articles only")
    return parser


if __name__ == "__main__":
    sys.exit(main())
