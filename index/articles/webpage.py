"""Saved web pages. The only place that knows trafilatura; its errors and warnings end here."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile
from typing import Any

from index.articles.blocks import Block, join_blocks
from index.articles.byline import parse_byline
from index.articles.headings import with_plain_headings
from index.articles.listing import links_of, require_no_listing
from index.articles.pagedate import find_page_date
from index.articles.refusal import why_no_article
from index.articles.rules import Origin, Unreadable, check_length, checked, one_line, title_from
from index.furniture import is_furniture
from index.types import Article

MAX_PAGE_CHARS = (
    10_000_000  # without inlined pictures; few pages have 2 million, and trafilatura takes minutes for more
)

SEARCHED_CHARS = 5_000  # for the tag that tells a page from a fragment; comments may come first

_OPTIONS: dict[str, Any] = {
    "with_metadata": True,
    "include_comments": False,
    "date_extraction_params": {"extensive_search": False},  # its date is not used: it also looks at addresses and prose
}
_BLOCK_TAGS = frozenset({"p", "item", "list", "quote", "row", "table", "div", "body"})
_BLOCK, _HEADING, _LINE = "\x1e", "\x1f", "\x1d"  # separators of the ASCII table, taken out of the page beforehand
_SEPARATORS = re.compile("[\x1d-\x1f]")
_INLINED = re.compile(r"data:[\w/+.;=-]{1,100},[A-Za-z0-9+/=%_-]{100,}")  # pictures that browsers save into the page
_WEB_URL = re.compile(r"https?://[^/?#\s]+/[^\s]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """What trafilatura found, in our own words."""

    title: str | None
    author: str | None
    publisher: str | None
    url: str | None
    published_at: datetime | None
    blocks: tuple[Block, ...]


def read_page(html: str, origin: Origin) -> Article:
    """The article in a web page: text, headings, and what the page itself says about it.

    The date is one that the page states as its publication date, never one that is guessed from its text.
    Raises Unreadable where there is no article in it.
    """
    bare = _INLINED.sub("", html)
    check_length("page", bare, MAX_PAGE_CHARS)
    page = _extract(bare, origin.now)
    if reason := why_no_article(page.title or "", [block.text for block in page.blocks]):  # with the page's furniture
        raise Unreadable(reason)
    story = dropwhile(lambda block: block.text == page.title or parse_byline(block.text), page.blocks)
    text, headings = join_blocks(block for block in story if block.is_heading or not is_furniture(block.text))
    return checked(
        Article(
            url=page.url or origin.uri,
            title=page.title or title_from(text),
            text=text,
            publisher=page.publisher,
            author=page.author,
            published_at=page.published_at,
            headings=with_plain_headings(text, headings),
            collection=origin.collection,
        )
    )


def _extract(html: str, now: datetime) -> _Page:
    """Run trafilatura; whatever breaks in a parser of the world's HTML is said of this page alone."""
    import trafilatura  # noqa: PLC0415 - takes a third of a second, which reading text files need not wait for

    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # a page without an article is in our own report
    whole = html if "<html" in html[:SEARCHED_CHARS].lower() else f"<html><body>{html}</body></html>"
    try:
        tree = trafilatura.load_html(_SEPARATORS.sub(" ", whole))
        links = None if tree is None else links_of(tree)
        found = None if tree is None else trafilatura.bare_extraction(tree, **_OPTIONS)
        if links is not None and found is not None:
            page = _page(tree, found, now)
            require_no_listing(links, [block.text for block in page.blocks])
            return page
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"cannot be read as a web page ({type(error).__name__})") from error
    raise Unreadable("holds no article text")


def _page(tree: Any, found: Any, now: datetime) -> _Page:
    return _Page(
        title=one_line(found.title),
        author=one_line((found.author or "").replace(";", ",")),
        publisher=one_line(found.sitename),
        url=_own_url(tree),
        published_at=find_page_date(tree, now=now),
        blocks=tuple(_blocks(_flatten(found.body))),
    )


def _own_url(tree: Any) -> str | None:
    """The canonical address, or the one for sharing; never a relative one, nor the site's front page."""
    stated = [link.get("href") for link in tree.iterfind('.//link[@rel="canonical"]')]
    stated += [meta.get("content") for meta in tree.iterfind('.//meta[@property="og:url"]')]
    return next((url.strip() for url in stated if url and _WEB_URL.fullmatch(url.strip())), None)


def _flatten(element: Any) -> str:
    """All text of the element in order, with separators where a block or a line starts or ends."""
    inner = (element.text or "") + "".join(_flatten(child) + (child.tail or "") for child in element)
    match element.tag:
        case "head":
            return f"{_BLOCK}{_HEADING}{inner}{_BLOCK}"
        case "lb":
            return f"{_LINE}{inner}"
        case "cell":
            return f"{inner} | "
        case tag if tag in _BLOCK_TAGS:
            return f"{_BLOCK}{inner}{_BLOCK}"
    return inner


def _blocks(flat: str) -> Iterator[Block]:
    for part in flat.split(_BLOCK):
        is_heading = part.startswith(_HEADING)
        for line in _lines(part.removeprefix(_HEADING)):
            yield Block(line, is_heading)


def _lines(part: str) -> list[str]:
    """The lines of a block, on one line each. One that goes on in lower case is the same sentence as the last."""
    lines: list[str] = []
    for raw in part.replace("\n", _LINE).split(_LINE):  # trafilatura leaves line ends only between what were blocks
        line = one_line(raw.strip(" |"))
        if line and lines and line[0].islower():
            lines[-1] += f" {line}"
        elif line:
            lines.append(line)
    return lines
