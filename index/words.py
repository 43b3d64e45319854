"""The content words of a text, reduced to their stems: what two wordings of one thing share."""

import functools
import re

import snowballstemmer

STOPWORDS = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her his how if in into is it "
    "its many may might more most much of on or over she should so some than that the their them then there these "
    "they this to up was we were what when where which who whom whose why will with would you your".split()
)


def stems(text: str) -> frozenset[str]:
    """The stems of the content words."""
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+", text.lower()) if word not in STOPWORDS)


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word in lower case."""
    return str(_stemmer().stemWord(word))


@functools.cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")
