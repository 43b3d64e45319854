"""The second variant's examples: news questions with weak labels, the sentences of TREC, the speakers of PolNeAR.

python -m training.weak --data FOLDER --archives FOLDER GROUPS.jsonl

The sets state no licence that would let weights made from them be shipped without a word: the model card says when they
are. A weak label is a passage that holds the answer's words and is near what the people who wrote the question gave as
their evidence; a rival is one that is found for the question and does not hold them. Found is by words alone, so that
the articles of two years need not be encoded. Deterministic for a seed.
"""

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from index.articles.headings import find_headings
from index.config import IndexConfig
from index.minilm import bundled_folder
from index.news import NewsIndex
from index.search import fuse, prefer_timely
from index.store import Snapshot, Store
from index.timing import timing_of
from index.types import Article, Filters, Hit, ModelId, Vectors
from training.groups import Candidate, Group, read_jsonl, write_groups

YEARS = (2022, 2023)
POOL = 200  # passages that the lexical leg gives
DEPTH = 30  # passages found for the question, and for its evidence
RIGHT, RIVALS = 2, 3  # passages of a question that become groups, and what each competes with
SENTENCES, SENTENCE_RIVALS = 3, 6  # the same for TREC
WINDOW = 450  # characters of an article on either side of what somebody said
SAID = range(4, 26)  # words of it


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the groups of all sets, shuffled."""
    parser = argparse.ArgumentParser(description="Make the weakly labelled examples of the second variant.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the sets")
    parser.add_argument("--archives", type=Path, required=True, help="where archives of the years are kept")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("groups", type=Path)
    options = parser.parse_args(arguments)
    draw = random.Random(options.seed)  # noqa: S311  not for secrets
    news = [group for year in YEARS for group in _news(options.data, options.archives, year, draw)]
    sentences = list(_sentences(options.data / "trecqa-train.jsonl.xz", draw))
    speakers = list(_speakers(options.data / "polnear-train.jsonl.xz", draw))
    print(f"news {len(news)}, sentences {len(sentences)}, speakers {len(speakers)}")
    groups = news + sentences + speakers
    draw.shuffle(groups)
    print(f"{write_groups(groups, options.groups)} groups")


class _Blind:
    """An encoder to which all texts are the same: the archive's lexical leg is all that is used."""

    model = ModelId("blind", "", 8, 256)

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(bundled_folder() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.full((len(texts), self.model.dimension), self.model.dimension**-0.5, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(one.ids) for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def _news(data: Path, archives: Path, year: int, draw: random.Random) -> Iterator[Group]:
    folder = archives / f"{year}"
    with closing(NewsIndex.open(IndexConfig(data=folder), encoder=_Blind())) as archive:
        archive.add(_articles(data / f"realtimeqa-{year}-articles.jsonl.xz"))
    with closing(Store.open(folder)) as store:
        snapshot = store.snapshot()
        for row in read_jsonl(data / f"realtimeqa-{year}-questions.jsonl.xz"):
            yield from _of_question(row, snapshot, draw)


def _articles(file: Path) -> Iterator[Article]:
    for row in read_jsonl(file):
        day = datetime.fromisoformat(row["published_at"]).replace(tzinfo=UTC) if row["published_at"] else None
        yield Article(row["url"], row["title"], row["text"], published_at=day, headings=find_headings(row["text"]))


def _find(text: str, snapshot: Snapshot) -> list[Hit]:
    """What the lexical leg finds; its scores are those of ranks, as in the fusion of legs."""
    score = dict(fuse([[passage_id for passage_id, _ in snapshot.lexical(text, POOL, Filters())]]))
    return [Hit(one.passage_id, one.stored, one.passage, score[one.passage_id]) for one in snapshot.get(list(score))]


def _of_question(row: dict[str, Any], snapshot: Snapshot, draw: random.Random) -> Iterator[Group]:
    asked = row["question"]
    found = prefer_timely(_find(asked, snapshot), timing_of(asked, date.fromisoformat(row["asked_on"])))[:DEPTH]
    rivals = [_candidate(hit) for hit in found if not _answers_in(hit.text, row["answers"])]
    near = [hit.passage_id for hit in _find(row["evidence"], snapshot)[:DEPTH]] if row["evidence"] else []
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
            (source[0], said[0])
            for one in row["attributions"]
            if (source := one.get("source")) and (said := one.get("content")) and _is_name(text[slice(*source[0])])
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
