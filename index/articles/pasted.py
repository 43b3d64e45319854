"""A web page pasted into a .txt file: title first, then the page's furniture mixed with the article."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from index.articles.blocks import Block, join_blocks
from index.articles.byline import Byline, parse_byline
from index.articles.dates import find_date, in_range
from index.articles.headings import with_plain_headings
from index.articles.lines import is_dateline, is_paragraph
from index.articles.rules import MAX_TEXT_CHARS, Origin, Unreadable, check_length, checked, title_from
from index.articles.unwrapping import paragraphs
from index.furniture import is_bare_date, is_furniture, states_date
from index.types import Article

MAX_TOP_LINES = 12  # between the title and the first paragraph: byline, date, caption, buttons
EDGE_LINES = 10  # an address or a date stands this near to the top or the bottom
MAX_CAPTION_WORDS = 8  # "Trump and Putin"; longer lines may be the standfirst, which is kept

_URL = re.compile(
    r"(?P<label>(?:source|url|link|original(?: article)?|via|from)\s*:?\s*)?(?P<url>https?://[^\s/]+/?\S*)",
    re.IGNORECASE,
)
_LINKING_WORDS = frozenset("a an and at by de for from in of on or the to van von with".split())


@dataclass(frozen=True, slots=True)
class _Top:
    """What the lines between the title and the first paragraph say."""

    byline: Byline | None
    date: datetime | None
    kept: tuple[Block, ...]


def read_pasted(text: str, origin: Origin) -> Article:
    """The article in a pasted page, without the page's furniture. Raises Unreadable where there is none.

    A date counts where a line says nothing else ("Published October 26, 2025", or a bare date above the text);
    "Updated …" is not when the article was published, so it does not count.
    """
    check_length("text", text, MAX_TEXT_CHARS)  # before work that grows with it
    lines = paragraphs(text)
    url = _find_url(lines)
    story = [line for line in lines if not _URL.fullmatch(line)]
    title, rest = _take_title(story)
    top_length = _top_length(rest)
    top = _read_top(rest[:top_length], title)
    body = [Block(line) for line in rest[top_length:] if not is_furniture(line)]
    article_text, marked = join_blocks([*top.kept, *body])
    date = top.date or _published(rest)
    return checked(
        Article(
            url=url or origin.uri,
            title=title,
            text=article_text,
            author=top.byline.author if top.byline else None,
            publisher=top.byline.publisher if top.byline else None,
            published_at=in_range(date, now=origin.now) if date else None,
            headings=with_plain_headings(article_text, marked),
            collection=origin.collection,
        )
    )


def _take_title(lines: Sequence[str]) -> tuple[str, list[str]]:
    """The first line that is no furniture. A text that starts with a paragraph keeps it and is named after it."""
    start = next((index for index, line in enumerate(lines) if not is_furniture(line)), None)
    if start is None:
        raise Unreadable("holds no article text")
    first, rest = lines[start], list(lines[start + 1 :])
    if is_paragraph(first) and first.endswith(".") and (not rest or len(first) > 2 * len(title_from(first))):
        return title_from(first), [first, *rest]
    return first, rest


def _top_length(lines: Sequence[str]) -> int:
    """How many lines stand above the first paragraph; 0 where no paragraph comes soon."""
    for index, line in enumerate(lines[: MAX_TOP_LINES + 1]):
        if is_dateline(line) or (is_paragraph(line) and not is_furniture(line) and parse_byline(line) is None):
            return index
    return 0


def _read_top(lines: Sequence[str], title: str) -> _Top:
    byline: Byline | None = None
    date: datetime | None = None
    page_lines = [index for index, line in enumerate(lines) if _is_about_page(line)]
    kept: list[Block] = []
    for index, line in enumerate(lines):
        if is_bare_date(line) and not states_date(line):
            date = date or find_date(line)
        elif (found := parse_byline(line)) and not (byline and byline.publisher):
            byline = found
            date = date or find_date(line)
        elif not (is_furniture(line) or line == title or _is_caption(line, index, page_lines)):
            kept.append(Block(line, is_heading=not is_paragraph(line)))
    return _Top(byline, date, tuple(kept))


def _is_about_page(line: str) -> bool:
    return is_furniture(line) or is_bare_date(line) or parse_byline(line) is not None


def _is_caption(line: str, index: int, page_lines: Sequence[int]) -> bool:
    """A short line above the byline or another line of the page.

    Between two of them, whatever it says; right under the title, where a standfirst may stand, only if it is made of
    names: every word is capitalised but for the little ones.
    """
    words = line.split()
    if is_paragraph(line) or len(words) > MAX_CAPTION_WORDS or not page_lines or index > page_lines[-1]:
        return False
    return page_lines[0] < index or all(not word[0].islower() or word.lower() in _LINKING_WORDS for word in words)


def _published(lines: Sequence[str]) -> datetime | None:
    """The date of a "Published …" line near the top or the bottom."""
    near = [*lines[:EDGE_LINES], *lines[-EDGE_LINES:]]
    stated = (
        line
        for line in near
        if states_date(line) and not re.match(r"(?:last )?(?:updated|modified)", line, re.IGNORECASE)
    )
    return next((date for line in stated if (date := find_date(line))), None)


def _find_url(lines: Sequence[str]) -> str | None:
    """The page's own address: a line "Source: https://…", or else the only bare address near top and bottom."""
    near = dict.fromkeys([*lines[:EDGE_LINES], *lines[-EDGE_LINES:]])
    matches = [match for line in near if (match := _URL.fullmatch(line))]
    labelled = [match["url"] for match in matches if match["label"]]
    bare = {match["url"] for match in matches if match["url"].rstrip("/").count("/") > 2}  # noqa: PLR2004 - more than the site's front page
    if labelled:
        return labelled[0]
    return bare.pop() if len(bare) == 1 else None
