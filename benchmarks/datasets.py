"""The evaluation data beside the project, turned into what `pullquote` reads. Nothing of it is kept in the project."""

import json
import lzma
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from benchmarks.command import Row

SEED = 2024  # samples are the same on every machine
SUPPORTING = 3  # articles of a sampled question: those that share most words with it and hold an answer


@dataclass(frozen=True, slots=True)
class Shared:
    """The folder with `data/` and `eval/score.py`."""

    folder: Path

    def has(self, name: str) -> bool:
        """Whether the file `data/NAME.jsonl.xz` and the scorer are there."""
        return self._file(name).is_file() and self._scorer().is_file()

    def rows(self, name: str) -> list[Row]:
        """All lines of `data/NAME.jsonl.xz`."""
        with lzma.open(self._file(name), "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def score(self, measure: str, *files: Path) -> Row:
        """What `score.py MEASURE FILE...` prints."""
        command = [sys.executable, str(self._scorer()), measure, *map(str, files)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        figures: Row = json.loads(printed)
        figures.pop("set")
        return figures

    def holds(self) -> Callable[[Sequence[str], str], bool]:
        """`score.py`'s own rule for whether a text holds one of the answers."""
        spec = spec_from_file_location("score", self._scorer())
        if spec is None or spec.loader is None:
            raise FileNotFoundError(self._scorer())
        scorer = module_from_spec(spec)
        spec.loader.exec_module(scorer)
        rule: Callable[[Sequence[str], str], bool] = scorer.holds
        return rule

    def _file(self, name: str) -> Path:
        return self.folder / "data" / f"{name}.jsonl.xz"

    def _scorer(self) -> Path:
        return self.folder / "eval" / "score.py"


def sample_of(rows: Sequence[Row], count: int | None) -> list[Row]:
    """`count` of the rows in their order, always the same ones; all when `count` is None."""
    return list(rows) if count is None else [rows[n] for n in _fixed_sample(range(len(rows)), count)]


def archive_for(questions: Iterable[Row], articles: Sequence[Row], count: int) -> list[Row]:
    """`count` articles or a few more: the supporting ones of each question and a random fill. Easier than the whole."""
    texts = [_plain(f"{article['title']} {article['text']}") for article in articles]
    needed: set[int] = set()
    for question in questions:
        asked = set(_plain(f"{question['question']} {question['evidence']}").split())
        answers = [_plain(answer) for answer in question["answers"]]
        holding = [n for n, text in enumerate(texts) if any(answer in text for answer in answers)]
        needed.update(sorted(holding, key=lambda n: -sum(f" {word} " in texts[n] for word in asked))[:SUPPORTING])
    others = [n for n in range(len(articles)) if n not in needed]
    needed.update(_fixed_sample(others, max(0, count - len(needed))))
    return [articles[n] for n in sorted(needed)]


def newsqa_articles(rows: Iterable[Row]) -> list[Row]:
    """Import rows of newsqa: the data has no titles and no dates, so none that could help is made up."""
    return [{"url": _newsqa_url(row), "title": "CNN article", "publisher": "CNN", "text": row["text"]} for row in rows]


def newsqa_questions(rows: Iterable[Row]) -> list[Row]:
    """Batch rows of newsqa: each question is asked within its own article."""
    return [
        {"id": question["id"], "question": question["question"], "article": _newsqa_url(row)}
        for row in rows
        for question in row["questions"]
    ]


def _newsqa_url(row: Row) -> str:
    return f"https://newsqa.example/{row['id']}"


def _fixed_sample(numbers: Sequence[int], count: int) -> list[int]:
    chooser = random.Random(SEED)  # noqa: S311  reproducible, not secret
    return sorted(chooser.sample(numbers, min(count, len(numbers))))


def _plain(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
