"""Texts to words as the lexical leg counts them: the same words that tantivy makes of them in the embedded archive.

PostgreSQL's own parser makes other tokens of figures, addresses and hyphens. So words are cut and reduced here, and
it is given them as they are to be indexed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from index.words import stem

_LONGEST_WORD = 40  # bytes; longer ones are tracking tokens and data
# Those of Lucene and tantivy.
_STOPWORDS = frozenset(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this "
    "to was will with".split()
)
_LETTERS = {  # that are letters of their own, and no letter with a mark
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "\u0131": "i", "ħ": "h",
}  # fmt: skip
_MOST_POSITIONS = 255  # of one word, that PostgreSQL keeps


def words_of(text: str) -> list[str]:
    """The words in order, in lower case, without marks, reduced to their stems, without those that say nothing."""
    tokens = (token for token in re.findall(r"[^\W_]+", text) if len(token.encode(errors="replace")) < _LONGEST_WORD)
    plain = (_plain(token.lower()) for token in tokens)
    return [stem(word) for word in plain if word not in _STOPWORDS]


def as_tsvector(of_body: Sequence[str], of_title: Sequence[str]) -> str:
    """The words of both in the form in which PostgreSQL reads them, those of the title marked A.

    Positions only count how often a word is there. Those of the body come first, which `lexical.py` counts on.
    """
    in_body, in_title = Counter(of_body), Counter(of_title)
    entries = (f"{quoted(word)}:{_positions(in_body[word], in_title[word])}" for word in in_body | in_title)
    return " ".join(entries)


def quoted(word: str) -> str:
    """The word as a part of a `tsvector` or a `tsquery`: nothing in it is an operator."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _positions(in_body: int, in_title: int) -> str:
    of_body = min(in_body, _MOST_POSITIONS - 1)
    marks = [str(number + 1) for number in range(of_body)]
    return ",".join([*marks, f"{of_body + 1}A"] if in_title else marks)


def _plain(word: str) -> str:
    return word if word.isascii() else "".join(_without_marks(word))


def _without_marks(word: str) -> Iterator[str]:
    for letter in word:
        if letter in _LETTERS:
            yield _LETTERS[letter]
            continue
        apart = unicodedata.normalize("NFKD", letter)
        bare = "".join(part for part in apart if not unicodedata.combining(part))
        yield bare.lower() if bare.isascii() else letter
