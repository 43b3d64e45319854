"""What makes the wording of an article its own: word shingles, figures and names, the page's furniture left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from index.furniture import is_furniture
from index.types import Article, sha256

SHINGLE = 3  # words: of a text with every tenth word changed seven tenths of the shingles are left
HEAD_WORDS = 200  # where reports of one event differ most, and what an editor who cuts from below keeps
KEPT = 64  # wordings in memory, some 100 kB each: what resembles a new article has mostly been looked at just before
FEWEST_WORDS = 20  # of an article's own; one with fewer is taken with what it quotes

Shingles = frozenset[tuple[str, ...]]

_QUOTED = re.compile(r"“[^”\n]*”|\"[^\"\n]*\"")
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # Thai, kana, Han: every character is a word
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(r"\w+")
_WORD_OR_CHARACTER = re.compile(rf"[^\W{_UNSPACED}]+|[{_UNSPACED}]")  # four times slower
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_WITHIN = re.compile(r"(?<=[\w,;:] )\w+")  # words that do not start a sentence: their capital means something


@dataclass(frozen=True, slots=True)
class Wording:
    """The shingles of an article's own words, quotations left out, and what it is about in particular."""

    words: str  # sha256 of all words, quotations too
    published_at: datetime | None
    head: Shingles  # of the first `HEAD_WORDS`
    body: Shingles  # of all
    figures: frozenset[str]
    names: frozenset[str]


@lru_cache(maxsize=KEPT)
def wording_of(article: Article) -> Wording:
    """The wording of the article's text; its title does not count, since every outlet writes its own."""
    story = "\n".join(line for line in article.text.split("\n") if not is_furniture(line.strip()))
    every, own = _words(story), own_words(story)
    counted = own if len(own) >= FEWEST_WORDS else every
    return Wording(
        words=sha256(" ".join(every)),
        published_at=article.published_at,
        head=shingles(counted[:HEAD_WORDS], SHINGLE),
        body=shingles(counted, SHINGLE),
        figures=frozenset(_FIGURE.findall(story)),
        names=frozenset(word for word in _WITHIN.findall(story) if word[0].isupper()),
    )


def own_words(text: str) -> list[str]:
    """The words in one case, without those in quotation marks: two reporters may quote one speech."""
    return _words(_QUOTED.sub(" ", text))


def shingles(words: Sequence[str], size: int) -> Shingles:
    """Every run of `size` words; none where there are fewer."""
    return frozenset(zip(*(words[at:] for at in range(size)), strict=False))


def _words(text: str) -> list[str]:
    return (_WORD_OR_CHARACTER if _ANY_UNSPACED.search(text) else _WORD).findall(text.casefold())
