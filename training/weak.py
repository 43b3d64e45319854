"""The second variant's examples: news questions with weak labels, the sentences of TREC, the speakers of PolNeAR.

python -m training.weak --data FOLDER --archives FOLDER GROUPS.jsonl

ARCHIVES holds `realtimeqa-2022` and `realtimeqa-2023`, each made by `pullquote add`. The sets state no licence that
would let weights made from them be shipped without a word: the model card says when they are.
A weak label is a passage that holds the answer's words and is near what the people who wrote the question gave as their
evidence; a rival is one that the archive finds for the question and that does not hold them. Deterministic for a seed.
"""

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from index.config import BUNDLED_MODEL
from index.encoder import open_encoder
from index.search import prefer_timely, retrieve
from index.store import Snapshot, Store
from index.timing import timing_of
from index.types import Encoder, Filters, Hit
from training.groups import Candidate, Group, read_jsonl, write_groups

YEARS = (2022, 2023)
DEPTH = 30  # passages found for the question, and for its evidence
RIGHT, RIVALS = 2, 3  # passages of a question that become groups, and what each competes with
SENTENCES, SENTENCE_RIVALS = 3, 6  # the same for TREC
WINDOW = 450  # characters of an article on either side of what somebody said
SAID = range(4, 26)  # words of it


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the groups of all sets, shuffled."""
    parser = argparse.ArgumentParser(description="Make the weakly labelled examples of the second variant.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the sets")
    parser.add_argument("--archives", type=Path, required=True, help="folder with an archive of each year")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("groups", type=Path)
    options = parser.parse_args(arguments)
    draw = random.Random(options.seed)  # noqa: S311  not for secrets
    news = [
        group
        for year in YEARS
        for group in _news(options.data / f"realtimeqa-{year}-questions.jsonl.xz", options.archives, year, draw)
    ]
    sentences = list(_sentences(options.data / "trecqa-train.jsonl.xz", draw))
    speakers = list(_speakers(options.data / "polnear-train.jsonl.xz", draw))
    print(f"news {len(news)}, sentences {len(sentences)}, speakers {len(speakers)}")
    groups = news + sentences + speakers
    draw.shuffle(groups)
    print(f"{write_groups(groups, options.groups)} groups")


@dataclass(frozen=True, slots=True)
class _Finder:
    """What one year's archive finds."""

    snapshot: Snapshot
    encoder: Encoder

    def find(self, text: str) -> list[Hit]:
        return retrieve(self.snapshot, text, self.encoder.encode([text])[0], Filters())


def _news(file: Path, archives: Path, year: int, draw: random.Random) -> Iterator[Group]:
    with closing(Store.open(archives / f"realtimeqa-{year}")) as store:
        finder = _Finder(store.snapshot(), open_encoder(BUNDLED_MODEL))
        for row in read_jsonl(file):
            yield from _of_question(row, finder, draw)


def _of_question(row: dict[str, Any], finder: _Finder, draw: random.Random) -> Iterator[Group]:
    asked = row["question"]
    found = prefer_timely(finder.find(asked), timing_of(asked, date.fromisoformat(row["asked_on"])))[:DEPTH]
    rivals = [_candidate(hit) for hit in found if not _answers_in(hit.text, row["answers"])]
    near = [hit.passage_id for hit in finder.find(row["evidence"])[:DEPTH]] if row["evidence"] else []
    right = [hit for hit in found if hit.passage_id in near and _answers_in(hit.text, row["answers"])]
    right.sort(key=lambda hit: near.index(hit.passage_id))
    first = [_candidate(hit, _answers_in(hit.text, row["answers"])) for hit in right[:RIGHT]]
    if not first and (spans := _answers_in(row["evidence"], row["answers"])):
        first = [Candidate("", row["evidence"], spans)]
    for candidate in first:
        yield Group(asked, (candidate, *draw.sample(rivals, min(RIVALS, len(rivals)))))


def _answers_in(text: str, answers: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the words of an answer stand, in any case and with any marks between them."""
    found = set()
    for answer in answers:
        words = re.findall(r"\w+", answer)
        if words:
            wanted = r"\b" + r"[\W_]+".join(map(re.escape, words)) + r"\b"
            found |= {match.span() for match in re.finditer(wanted, text, re.IGNORECASE)}
    return tuple(sorted(found))


def _candidate(hit: Hit, spans: tuple[tuple[int, int], ...] = ()) -> Candidate:
    return Candidate(hit.stored.article.title, hit.text, spans)


def _sentences(file: Path, draw: random.Random) -> Iterator[Group]:
    """TREC: sentences that people marked as answering, each against some that do not."""
    for row in read_jsonl(file):
        right = [Candidate("", c["text"]) for c in row["candidates"] if c["label"]]
        wrong = [Candidate("", c["text"]) for c in row["candidates"] if not c["label"]]
        for candidate in draw.sample(right, min(SENTENCES, len(right))) if wrong else ():
            rivals = draw.sample(wrong, min(SENTENCE_RIVALS, len(wrong)))
            yield Group(row["question"], (candidate, *rivals), ranked=True)


def _speakers(file: Path, draw: random.Random) -> Iterator[Group]:
    """PolNeAR: who said it, one attribution an article, where the source has a name."""
    for row in read_jsonl(file):
        text = row["text"]
        named = [
            (row_source[0], said[0])
            for one in row["attributions"]
            if (row_source := one["source"]) and (said := one["content"]) and _is_name(text[slice(*row_source[0])])
        ]
        fitting = [(source, said) for source, said in named if len(text[slice(*said)].split()) in SAID]
        if fitting:
            source, said = draw.choice(fitting)
            start, end = max(0, min(source[0], said[0]) - WINDOW), max(source[1], said[1]) + WINDOW
            question = f"Who said {' '.join(text[slice(*said)].split()).rstrip('.,')}?"
            yield Group(question, (Candidate("", text[start:end], ((source[0] - start, source[1] - start),)),))


def _is_name(text: str) -> bool:
    return re.fullmatch(r"(?:[A-Z][\w.’'-]+ ?){1,4}", text) is not None


if __name__ == "__main__":
    main()
