"""What every article keeps to, whatever it was read from. A reader either meets these rules or raises `Unreadable`."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from index.articles.refusal import why_no_article
from index.types import Article

MAX_TITLE_CHARS = 1_000  # ten times the longest headline of 8,786 news articles; more is a text in the wrong place
MAX_NAME_CHARS = 300  # of an author line or a publisher
MAX_URL_CHARS = 2_000  # what browsers and Discord's link fields still take
MAX_TEXT_CHARS = 2_000_000  # three long novels; the longest article of 8,786 has 100,000
MIN_LETTERS = 10  # fewer than any sentence has; letters and not words, for scripts that write without spaces
FALLBACK_TITLE_CHARS = 120  # of a first line that stands in for a missing title


class Unreadable(Exception):
    """This source is no article; the message says why, in words that go into a `Rejection`."""


class NotPublic(Unreadable):
    """It lies on a machine that is not on the public internet."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from: what its reader needs to know besides the text itself."""

    uri: str  # identity of an article that names no address of its own
    collection: str
    now: datetime  # aware; a publication date much later than this is a mistake


def checked(article: Article) -> Article:
    """Give the article back, its metadata on one line each. Raises Unreadable where a rule is broken."""
    _check_storable(article)
    check_length("title", article.title, MAX_TITLE_CHARS)
    check_length("text", article.text, MAX_TEXT_CHARS)
    check_length("url", article.url, MAX_URL_CHARS)
    check_length("author", article.author or "", MAX_NAME_CHARS)
    check_length("publisher", article.publisher or "", MAX_NAME_CHARS)
    if not _has_letters(article.text):
        raise Unreadable("holds no article text")
    if reason := why_no_article(article.title, article.text.split("\n")):
        raise Unreadable(reason)
    return article


def check_length(name: str, value: str, limit: int) -> None:
    """Raise Unreadable where the value has more characters than it may."""
    if len(value) > limit:
        raise Unreadable(f"its {name} is {len(value):,} characters long; {limit:,} is the limit")


def one_line(value: str | None) -> str | None:
    """The value with every run of white space turned into one space; None for what is blank."""
    return " ".join((value or "").split()) or None


def title_from(text: str) -> str:
    """A title for an article without one: its first line, shortened at a word."""
    line = next((line for line in map(one_line, text.splitlines()) if line), "Untitled")
    if len(line) <= FALLBACK_TITLE_CHARS:
        return line
    head = line[:FALLBACK_TITLE_CHARS]
    return (head.rpartition(" ")[0] or head) + "…"


def _check_storable(article: Article) -> None:
    """NUL and halves of surrogate pairs: JSON can name them, no database takes them."""
    for value in (article.url, article.title, article.text, article.publisher or "", article.author or ""):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Unreadable(f"holds half a character (U+{ord(value[error.start]):04X})") from None
        if "\x00" in value:
            raise Unreadable("holds a NUL character")


def _has_letters(text: str) -> bool:
    letters = (character for character in text if character.isalpha())
    return next(islice(letters, MIN_LETTERS - 1, None), None) is not None  # stops at the tenth: texts are long
