"""A search as its own result message carries it, so that its buttons work after a restart and nothing is stored.

Lists of what came in are carried in the same way.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache

import discord

from bot.escape import one_line
from bot.language import ENGLISH, SPOKEN, Language, language, phrase
from index import Filters, Hit, StoredArticle

HITS_A_PAGE = 4
PAGES = 5  # deeper than that, a better query helps more than another page
ARRIVALS_A_PAGE = 5  # as many of the longest titles and addresses as one embed holds
FEWEST, MOST = 2, 128  # characters of a query; it is kept in an embed's author name: 256 UTF-16 units

# The parts of a footer. It is read back in every language that the bot speaks.
PAGE_OF = phrase("Page {page} of {pages}")
PAGE = phrase("Page {page}, newest arrivals first")
NEWEST = phrase("newest first among the {n} found")
AFTER = phrase("after {after}")
BEFORE = phrase("before {before}")
PUBLISHER = phrase("publisher {publisher}")

_NUMBER, _DAY = r"\d[\d.,\s]*", r"\d{4}-\d\d-\d\d"
_READ = {"page": _NUMBER, "pages": _NUMBER, "n": _NUMBER, "after": _DAY, "before": _DAY, "publisher": ".+"}


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for. `after` is the first day that counts, `before` the first that no longer does."""

    query: str
    after: date | None = None
    before: date | None = None
    publisher: str | None = None
    by_date: bool = False  # the best of the archive, shown newest first; else best first

    @property
    def is_limited(self) -> bool:
        """Whether not everything that may be read counts."""
        return bool(self.after or self.before or self.publisher)

    def filters(self, collections: tuple[str, ...]) -> Filters:
        """What the index may rank for this search, within what the asker may read."""
        return Filters(collections, _midnight(self.after), _midnight(self.before), self.publisher)

    def footer(self, page: int, pages: int, found: int = 0, say: Language = ENGLISH) -> str:
        """The line under the results; `search_of` reads it back. `page` counts from 0."""
        parts = [say(PAGE_OF, page=page + 1, pages=pages)]
        parts += [say(NEWEST, n=found)] if self.by_date else []
        parts += [say(AFTER, after=str(self.after))] if self.after else []
        parts += [say(BEFORE, before=str(self.before))] if self.before else []
        parts += [say(PUBLISHER, publisher=self.publisher)] if self.publisher else []
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results. `number` counts from 0; `found` are the hits of all pages."""

    search: Search
    hits: tuple[Hit, ...]
    number: int
    pages: int
    found: int = 0

    @property
    def first(self) -> int:
        """Rank of the first hit on the page, from 1."""
        return self.number * HITS_A_PAGE + 1


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One page of what came into the archive, newest first. `number` counts from 0; `more`: another page follows."""

    articles: tuple[StoredArticle, ...]
    number: int
    more: bool
    publisher: str | None = None

    def footer(self, say: Language = ENGLISH) -> str:
        """The line under the list; `publisher_of` reads it back."""
        parts = [say(PAGE, page=self.number + 1)]
        parts += [say(PUBLISHER, publisher=self.publisher)] if self.publisher else []
        return " · ".join(parts)


def page_of(search: Search, hits: Sequence[Hit], number: int) -> Page:
    """The page asked for, or the last one if the archive has shrunk since."""
    ordered = sorted(hits, key=_published_at, reverse=True) if search.by_date else hits
    pages = max(1, -(-len(ordered) // HITS_A_PAGE))
    number = min(max(number, 0), pages - 1)
    start = number * HITS_A_PAGE
    return Page(search, tuple(ordered[start : start + HITS_A_PAGE]), number, pages, len(ordered))


def search_of(embed: discord.Embed) -> Search | None:
    """The search whose results the embed shows, or None if it shows none that can be read back."""
    footer = _read_back(embed, PAGE_OF, NEWEST, AFTER, BEFORE, PUBLISHER)
    query = one_line(embed.author.name or "")
    if footer is None or not FEWEST <= len(query) <= MOST:
        return None
    try:
        days = _day(footer["after"]), _day(footer["before"])
    except ValueError:
        return None
    return Search(query, *days, footer["publisher"], by_date=footer["n"] is not None)


def publisher_of(embed: discord.Embed) -> str | None:
    """The publisher whose arrivals the embed lists; None where it lists those of all."""
    footer = _read_back(embed, PAGE, PUBLISHER)
    return footer["publisher"] if footer else None


def _read_back(embed: discord.Embed, *parts: str) -> re.Match[str] | None:
    found = (_footer(language(code), parts).fullmatch(embed.footer.text or "") for code in SPOKEN)
    return next(filter(None, found), None)


@cache
def _footer(say: Language, parts: tuple[str, ...]) -> re.Pattern[str]:
    """What reads a footer in one language: the first part, then any of the others in their order."""
    first, *others = (
        re.sub(r"\\\{(\w+)\\\}", lambda name: f"(?P<{name[1]}>{_READ[name[1]]})", re.escape(say(part)))
        for part in parts
    )
    return re.compile(first + "".join(f"(?: · {other})?" for other in others))


def _published_at(hit: Hit) -> datetime:
    return hit.stored.article.published_at or datetime.min.replace(tzinfo=UTC)


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
