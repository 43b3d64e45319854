"""When a web page says that it was published: its metadata, and nothing that would have to be guessed."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from index.articles.dates import in_range, parse_whole, require_filled_in

_META = (
    './/meta[@property="article:published_time"]',
    './/meta[@property="og:article:published_time"]',
    './/meta[@name="article:published_time"]',
    './/meta[@itemprop="datePublished"]',
    './/meta[@name="datePublished"]',
    './/meta[@name="parsely-pub-date"]',
    './/meta[@name="citation_publication_date"]',
)
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report")  # schema.org: NewsArticle, OpinionNewsArticle, … end so
MAX_JSON_DEPTH = 20  # pages nest three or four levels


def find_page_date(tree: Any, *, now: datetime) -> datetime | None:
    """The publication date in UTC, from metadata, JSON-LD, or a <time>; None where none of them states one.

    Statements that are no date are passed over. Raises Unreadable for a date that cannot be a publication date, and
    where there is no more than a template's.
    """
    statements = list(_statements(tree))
    stated = next((date for text in statements if (date := parse_whole(text))), None)
    if stated is None:
        for text in statements:
            require_filled_in(text)
    return in_range(stated, now=now) if stated else None


def _statements(tree: Any) -> Iterator[str]:
    """What the page says, the most explicit first."""
    for path in _META:
        yield from (element.get("content") or "" for element in tree.iterfind(path))
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        yield from _json_dates(script.text or "")
    times = list(tree.iterfind(".//time[@datetime]"))
    yield from (
        time.get("datetime") for time in times if time.get("itemprop") == "datePublished" or "pubdate" in time.attrib
    )
    alone = {time.get("datetime") for time in times}
    if len(alone) == 1:  # several belong to events, comments or other stories, and none says which
        yield alone.pop()


def _json_dates(text: str) -> Iterator[str]:
    try:
        yield from _published(json.loads(text, strict=False), 0)
    except (ValueError, RecursionError):
        return


def _published(node: object, depth: int) -> Iterator[str]:
    """`datePublished` of every article in the data, in order."""
    if depth > MAX_JSON_DEPTH:
        return
    if isinstance(node, list):
        for child in node:
            yield from _published(child, depth + 1)
    if isinstance(node, dict):
        date = node.get("datePublished")
        if isinstance(date, str) and str(node.get("@type", "")).rstrip("']").endswith(_ARTICLE_TYPES):
            yield date
        yield from _published(node.get("@graph"), depth + 1)
        yield from _published(node.get("mainEntity"), depth + 1)
