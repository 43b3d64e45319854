"""RSS and Atom. The only place that knows feedparser; of a feed only links and dates are taken, never a summary."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.parsers import expat

from index.articles.listings import MOST_ENTRIES, Entry, believed, full_address, parser_without_entities
from index.articles.rules import Unreadable
from index.types import Rejection

MOST_ELEMENTS = 30_000  # 2,000 entries of 15
MOST_DEPTH = 100  # of XHTML inside an entry
MOST_ATTRIBUTES = 100  # of one element
MOST_BROKEN_CHARS = 250_000  # of XML that is not well-formed: guessing at it takes seconds, and for more minutes

_OPTIONS: dict[str, Any] = {"resolve_relative_uris": False, "sanitize_html": False}  # no text of a feed is used
_HEADERS = {"content-type": "application/xml; charset=utf-8"}


def read_feed(text: str, url: str, *, now: datetime) -> Iterator[Entry | Rejection]:
    """The pages that a feed names, in its order; a rejection for each link that leads nowhere.

    The text has been told to be a feed by `kind_of`, and so declares no entities. Raises Unreadable where there is
    no entry in it and something is broken.
    """
    _check_shape(text)
    parsed = _parsed(text)
    entries = parsed.get("entries") or []
    if not entries and parsed.get("bozo"):
        raise Unreadable("is a feed that is broken, and has no entry that can be read")
    for entry in entries[:MOST_ENTRIES]:
        if not (link := entry.get("link")):
            continue  # a note without a page
        published = believed(_moment(entry, "published"), now=now)
        try:
            yield Entry(full_address(url, link), believed(_moment(entry, "updated"), now=now) or published, published)
        except Unreadable as reason:
            yield Rejection(str(link)[:200], str(reason))


def _check_shape(text: str) -> None:
    """Raise Unreadable for what feedparser, which takes its time, would be kept busy by for minutes."""
    depth = elements = 0

    def begin(_: str, attributes: list[str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MOST_DEPTH or elements > MOST_ELEMENTS or len(attributes) > 2 * MOST_ATTRIBUTES:
            raise Unreadable("is no feed that anybody would write: too many elements, or nested too deep")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = parser_without_entities()
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - it takes no keywords
    except expat.ExpatError as error:
        if len(text) > MOST_BROKEN_CHARS:
            raise Unreadable(
                f"is a feed that is broken in line {error.lineno}, and too long to be guessed at"
            ) from None


def _parsed(text: str) -> Any:
    import feedparser  # noqa: PLC0415 - a tenth of a second that other commands need not wait for

    try:
        # A stream, never a string: feedparser opens what looks like an address or the name of a file.
        return feedparser.parse(BytesIO(text.encode()), response_headers=_HEADERS, **_OPTIONS)
    except Exception as error:  # whatever breaks in a parser of the world's feeds is said of this feed alone
        raise Unreadable(f"cannot be read as a feed ({type(error).__name__})") from error


def _moment(entry: Any, name: str) -> datetime | None:
    """The date that the entry states under this name, where it can be read."""
    # `in` first: for a missing "updated" feedparser would give "published", and warn that it won't for ever
    parsed = entry[f"{name}_parsed"] if f"{name}_parsed" in entry else None  # noqa: SIM401
    try:
        return datetime(*parsed[:6], tzinfo=UTC) if isinstance(parsed, time.struct_time) else None
    except ValueError:
        return None
