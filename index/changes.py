"""What changed between two versions of an article: its fields, and its sentences word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from index.passages import split_sentences
from index.types import Article

MOST_WORDS = 800  # of either side that are compared word by word: the work grows with the product
ALIKE = 0.5  # share of the shorter wording that the longer must hold, or they are shown one after the other

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both versions have, or one of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A fact about an article that changed, such as its title."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Changes:
    """`sentences`: each change with the whole of the sentences that it is in; white space does not count."""

    fields: tuple[Field, ...]
    sentences: tuple[tuple[Piece, ...], ...]


def changes(before: Article, after: Article) -> Changes:
    """What is different in `after`."""
    return Changes(tuple(_fields(before, after)), tuple(_changed(_sentences(before), _sentences(after))))


def _fields(before: Article, after: Article) -> Iterator[Field]:
    for name in ("title", "publisher", "author", "published_at"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Field(name, None if old is None else str(old), None if new is None else str(new))


def _sentences(article: Article) -> list[str]:
    """In the order of the text, the headings among them."""
    spans = [(sentence.start, sentence.end) for sentence in split_sentences(article)]
    spans += [(heading.start, heading.end) for heading in article.headings]
    return [" ".join(article.text[start:end].split()) for start, end in sorted(spans)]


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield tuple(_pieces(" ".join(before[start:end]), " ".join(after[new_start:new_end])))


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = _words(before), _words(after)
    if old and new and max(len(old), len(new)) <= MOST_WORDS:
        matcher = SequenceMatcher(None, _bare(old), _bare(new), autojunk=False)
        if sum(match.size for match in matcher.get_matching_blocks()) >= ALIKE * min(len(old), len(new)):
            return list(_merged(matcher, old, new))
    whole: list[Piece] = [Piece("removed", before), Piece("added", after)]
    return [piece for piece in whole if piece.text]


def _merged(matcher: "SequenceMatcher[str]", old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(new[new_start:new_end]))
            continue
        if end > start:
            yield Piece("removed", "".join(old[start:end]))
        if new_end > new_start:
            yield Piece("added", "".join(new[new_start:new_end]))


def _words(text: str) -> list[str]:
    """Words and marks, each with the white space behind it."""
    return re.findall(r"(?:\w+(?:[.,’'-]\w+)*|[^\w\s])\s*", text)


def _bare(words: Sequence[str]) -> list[str]:
    return [word.rstrip() for word in words]
