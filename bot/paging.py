"""A search as its own result message carries it, so that its buttons work after a restart and nothing is stored."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import discord

from bot.escape import one_line
from index import Filters, Hit

HITS_A_PAGE = 4
PAGES = 5  # deeper than that, a better query helps more than another page
FEWEST, MOST = 2, 128  # characters of a query; it is kept in an embed's author name: 256 UTF-16 units

_FOOTER = re.compile(
    r"Page \d+ of \d+(?: · after (?P<after>\d{4}-\d\d-\d\d))?(?: · before (?P<before>\d{4}-\d\d-\d\d))?"
    r"(?: · publisher (?P<publisher>.+))?"
)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for. `after` is the first day that counts, `before` the first that no longer does."""

    query: str
    after: date | None = None
    before: date | None = None
    publisher: str | None = None

    def filters(self, collections: tuple[str, ...]) -> Filters:
        """What the index may rank for this search, within what the asker may read."""
        return Filters(collections, _midnight(self.after), _midnight(self.before), self.publisher)

    def footer(self, page: int, pages: int) -> str:
        """The line under the results; `search_of` reads it back. `page` counts from 0."""
        parts = [f"Page {page + 1} of {pages}"]
        parts += [f"after {self.after}"] if self.after else []
        parts += [f"before {self.before}"] if self.before else []
        parts += [f"publisher {self.publisher}"] if self.publisher else []
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results. `number` counts from 0."""

    search: Search
    hits: tuple[Hit, ...]
    number: int
    pages: int

    @property
    def first(self) -> int:
        """Rank of the first hit on the page, from 1."""
        return self.number * HITS_A_PAGE + 1


def page_of(search: Search, hits: list[Hit], number: int) -> Page:
    """The page asked for, or the last one if the archive has shrunk since."""
    pages = max(1, -(-len(hits) // HITS_A_PAGE))
    number = min(max(number, 0), pages - 1)
    start = number * HITS_A_PAGE
    return Page(search, tuple(hits[start : start + HITS_A_PAGE]), number, pages)


def search_of(embed: discord.Embed) -> Search | None:
    """The search whose results the embed shows, or None if it shows none that can be read back."""
    footer = _FOOTER.fullmatch(embed.footer.text or "")
    query = one_line(embed.author.name or "")
    if footer is None or not FEWEST <= len(query) <= MOST:
        return None
    try:
        return Search(query, _day(footer["after"]), _day(footer["before"]), footer["publisher"])
    except ValueError:
        return None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
