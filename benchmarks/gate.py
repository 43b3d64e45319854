"""The quality gate over `samples/`: figures that may not fall, on a corpus that may not change unnoticed.

    python -m benchmarks.gate          measure, and compare with gate.json

The floors and the digest of the corpus stand in `gate.json` and are written by hand: lowering one is seen in review.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.command import ROOT, Pullquote, Row, read_rows

SAMPLES = ROOT / "samples"
PINNED = Path(__file__).parent / "gate.json"

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Gate:
    """What was agreed on: shares from 0 to 1, and the corpus that they were measured on."""

    corpus_sha256: str
    floors: Mapping[str, float]

    @classmethod
    def read(cls, file: Path = PINNED) -> "Gate":
        """The gate as `gate.json` has it."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def problems(self, digest: str, figures: Figures) -> list[str]:
        """Why the gate stays shut, a sentence each; empty when it opens."""
        found = [
            f"{name} is {figures[name]:.4f} and must not be under {floor}: mend what lowered it."
            for name, floor in self.floors.items()
            if figures[name] < floor
        ]
        if digest != self.corpus_sha256:
            found.append(
                f"samples/ has changed: measure anew and put corpus_sha256 {digest} into benchmarks/gate.json."
            )
        return found


def corpus_digest(samples: Path = SAMPLES) -> str:
    """SHA-256 over the names and bytes of all articles and of the questions."""
    digest = hashlib.sha256()
    articles = sorted(file for file in (samples / "articles").rglob("*") if file.is_file())
    for file in [*articles, samples / "questions.jsonl"]:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(samples).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def measure(data: Path, samples: Path = SAMPLES) -> Figures:
    """Index the samples into the folder `data`, ask all questions and score the answers."""
    pullquote = Pullquote(data)
    pullquote.add(samples / "articles")
    questions = read_rows(samples / "questions.jsonl")
    answers, _ = pullquote.ask({key: row[key] for key in ("id", "question")} for row in questions)
    return score(questions, answers)


def score(questions: list[Row], answers: list[Row]) -> Figures:
    """Shares: an answer stands in the first quote, in the first three; a question without an answer is declined."""
    by_id = {answer["id"]: answer for answer in answers}
    answerable = [row for row in questions if row["answerable"]]
    foreign = [row for row in questions if not row["answerable"]]
    return {
        **{
            f"quote_hit@{k}": sum(_hit(row, by_id[row["id"]], k) for row in answerable) / len(answerable)
            for k in (1, 3)
        },
        "declined_unanswerable": sum(by_id[row["id"]]["outcome"] == "no_evidence" for row in foreign) / len(foreign),
    }


def _hit(question: Row, answer: Row, k: int) -> bool:
    quotes = [_plain(quote["text"]) for quote in answer["quotes"][:k]]
    return any(_plain(wanted) in quote for wanted in question["answers"] for quote in quotes)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def main() -> int:
    """Print the figures; exit code 1 and the reasons when the gate stays shut."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder) / "archive")
    print(json.dumps({"corpus_sha256": corpus_digest(), **{name: round(share, 4) for name, share in figures.items()}}))
    problems = Gate.read().problems(corpus_digest(), figures)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
