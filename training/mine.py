"""Questions to groups: the passage that answers, against the passages that an archive of the same texts finds instead.

python -m training.mine --data FOLDER --archive FOLDER GROUPS.jsonl

The archive is the program's own: what is learned to tell apart is what it will have to tell apart. A group is one of
three kinds, drawn for each question: the passage alone, the passage against one that was found, or the sentence that
answers against others of its paragraph. Deterministic for one seed.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from index.config import BUNDLED_MODEL, IndexConfig
from index.encoder import open_encoder
from index.news import NewsIndex
from index.passages import split_sentences
from index.search import retrieve
from index.store import Store
from index.types import Article, Filters, Hit
from training.groups import Candidate, Group, Paragraph, Question, read_paragraphs, write_groups

# set, whether its titles say something, how often each of its questions is taken
SETS = (
    ("squad2", True, 2.0),
    ("squadshifts-new_wiki", True, 2.0),
    ("squadshifts-reddit", False, 0.5),
    ("squadshifts-amazon_reviews", False, 0.5),
)
DEPTH = 20  # passages found for a question
SKIPPED = 0.25  # share of groups without a rival passage
SENTENCES = 0.25  # share of groups of sentences
RIVALS = 5  # sentences against the one that answers
NEAREST = 8  # of the passages found, those that a rival is drawn from
BATCH = 512  # questions encoded at once


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the groups of all sets, shuffled."""
    parser = argparse.ArgumentParser(description="Make the examples that the reader is trained on.")
    parser.add_argument("--data", type=Path, required=True, help="folder with squad2.jsonl.xz and the others")
    parser.add_argument("--archive", type=Path, required=True, help="where the archive of their texts is kept")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("groups", type=Path)
    options = parser.parse_args(arguments)
    draw = random.Random(options.seed)  # noqa: S311  not for secrets
    groups: list[Group] = []
    for name, titled, times in SETS:
        paragraphs, questions = read_paragraphs(options.data / f"{name}.jsonl.xz", titled=titled)
        chosen = draw.sample(questions, round(len(questions) * (times % 1))) + questions * int(times)
        with closing(NewsIndex.open(IndexConfig(data=options.archive / name))) as archive:
            archive.add(_article(paragraph) for paragraph in paragraphs)
        groups += _groups(chosen, paragraphs, options.archive / name, draw)
        print(f"{name}: {len(chosen)} of {len(questions)} questions", flush=True)
    draw.shuffle(groups)
    print(f"{write_groups(groups, options.groups)} groups")


def _groups(
    questions: Sequence[Question], paragraphs: Sequence[Paragraph], archive: Path, draw: random.Random
) -> Iterator[Group]:
    by_id = {paragraph.id: paragraph for paragraph in paragraphs}
    rivalled = []
    for question in questions:
        kind, paragraph = draw.random(), by_id[question.paragraph]
        if kind < SENTENCES and (sentences := _sentences(question, paragraph, draw)):
            yield Group(question.text, sentences)
        elif kind < SENTENCES + SKIPPED and question.answers:
            yield Group(question.text, (_own(question, paragraph),))
        else:
            rivalled.append(question)
    for question, hits in _find(rivalled, archive):
        paragraph = by_id[question.paragraph]
        rivals = [hit for hit in hits if _is_rival(hit, question, paragraph)][:NEAREST]
        yield Group(
            question.text, (_own(question, paragraph), *map(_candidate, draw.sample(rivals, min(1, len(rivals)))))
        )


def _find(questions: Sequence[Question], archive: Path) -> Iterator[tuple[Question, list[Hit]]]:
    """What the archive finds for each question, in order."""
    encoder = open_encoder(BUNDLED_MODEL)
    with closing(Store.open(archive)) as store:
        snapshot = store.snapshot()
        for start in range(0, len(questions), BATCH):
            batch = questions[start : start + BATCH]
            vectors = encoder.encode([question.text for question in batch])
            for question, vector in zip(batch, vectors, strict=True):
                yield question, retrieve(snapshot, question.text, vector, Filters(), limit=DEPTH)


def _own(question: Question, paragraph: Paragraph) -> Candidate:
    """The question's paragraph as it is; the few that are too long are cut by the network's limit."""
    return Candidate(paragraph.title, paragraph.text, question.answers)


def _candidate(hit: Hit) -> Candidate:
    article = hit.stored.article
    return Candidate("" if article.url == f"file:{article.title}" else article.title, hit.text)


def _is_rival(hit: Hit, question: Question, paragraph: Paragraph) -> bool:
    """Whether it is of another paragraph and holds no answer: one that does may be right."""
    text = hit.text.casefold()
    answers = [paragraph.text[start:end].casefold() for start, end in question.answers]
    return hit.stored.article.url != _url(paragraph) and not any(answer in text for answer in answers)


def _sentences(question: Question, paragraph: Paragraph, draw: random.Random) -> tuple[Candidate, ...]:
    """The sentence of the first answer, and others of the paragraph that hold none; nothing when there is only one."""
    if not question.answers:
        return ()
    start, end = question.answers[0]
    right, wrong = None, []
    for sentence in split_sentences(_article(paragraph)):
        spans = tuple(
            (a - sentence.start, b - sentence.start)
            for a, b in question.answers
            if sentence.start <= a and b <= sentence.end
        )
        candidate = Candidate("", paragraph.text[sentence.start : sentence.end], spans)
        if sentence.start <= start and end <= sentence.end:
            right = candidate
        elif not spans:
            wrong.append(candidate)
    return (right, *draw.sample(wrong, min(RIVALS, len(wrong)))) if right and wrong else ()


def _article(paragraph: Paragraph) -> Article:
    return Article(_url(paragraph), paragraph.title or paragraph.id, paragraph.text)


def _url(paragraph: Paragraph) -> str:
    return f"file:{paragraph.id}"


if __name__ == "__main__":
    main()
