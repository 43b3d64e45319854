"""The examples of the training: a question with the texts that are compared for it. One group a JSON line."""

import json
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage or a sentence. `spans` are the answers in `text`, as (start, end); empty: it does not answer."""

    title: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One question and what competes to answer it; at most one candidate has spans, and it comes first.

    `ranked`: the first candidate is right though nobody said which words of it are the answer.
    """

    question: str
    candidates: tuple[Candidate, ...]
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question on one paragraph, with every annotator's answer as (start, end); none where it has no answer."""

    text: str
    paragraph: str  # its id
    answers: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text that questions were asked about."""

    id: str
    title: str
    text: str


def read_jsonl(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON lines file, xz-compressed or not."""
    with lzma.open(file, "rt", encoding="utf-8") if file.suffix == ".xz" else file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def read_paragraphs(file: Path, *, titled: bool) -> tuple[list[Paragraph], list[Question]]:
    """A set in the form of SQuAD. `titled`: its titles are of the subject, not of the collection."""
    paragraphs, questions = [], []
    for number, row in enumerate(read_jsonl(file)):
        name = f"{file.name.split('.')[0]}-{number}"
        title = row["title"].replace("_", " ") if titled else ""
        paragraphs.append(Paragraph(name, title, row["text"]))
        for asked in row["questions"]:
            answers = {(a["start"], a["start"] + len(a["text"])) for a in asked["answers"]}
            questions.append(Question(asked["question"].strip(), name, tuple(sorted(answers))))
    return paragraphs, questions


def write_groups(groups: Iterable[Group], file: Path) -> int:
    """Write one group a line; gives how many."""
    count = 0
    with file.open("w", encoding="utf-8") as lines:
        for group in groups:
            lines.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_groups(file: Path) -> list[Group]:
    """What `write_groups` wrote."""
    return [
        Group(
            row["question"],
            tuple(
                Candidate(c["title"], c["text"], tuple((start, end) for start, end in c["spans"]))
                for c in row["candidates"]
            ),
            row.get("ranked", False),
        )
        for row in read_jsonl(file)
    ]
