"""What a site says it has published: feeds and sitemaps, told from pages by their first element.

XML is read without entities: a document that declares one is refused before anything in it is expanded.
"""

import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urljoin
from xml.parsers import expat

from index.articles.dates import in_range
from index.articles.decoding import decode_page
from index.articles.fetching import MAX_BODY_BYTES, PAGE_TYPES, Page, is_web_address, parse_target
from index.articles.rules import Unreadable

XML_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/x-rss+xml",
    "application/xml",
    "text/xml",
    "application/gzip",
    "application/x-gzip",
)
LISTING_TYPES = XML_TYPES + PAGE_TYPES  # many servers call a feed a page
MOST_ENTRIES = 2_000  # read of one feed or sitemap; news sitemaps have 1,000 at most, feeds seldom 100

Kind = Literal["feed", "sitemap", "index", "page"]

_ROOTS: dict[str, Kind] = {
    "rss": "feed",
    "RDF": "feed",  # RSS 1.0
    "feed": "feed",  # Atom
    "urlset": "sitemap",
    "sitemapindex": "index",
}
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 31  # zlib's number for: a gzip header, and the largest window


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that a listing names, and what the listing says of it: less than the page itself, so that the page wins.

    `updated_at` grows when the page has changed, says the site.
    """

    url: str
    updated_at: datetime | None = None
    published_at: datetime | None = None
    publisher: str | None = None


class _Known(Exception):
    """No error: the first element was seen, and that is all that was wanted."""


def kind_of(text: str) -> Kind:
    """What the text is, by its first element; all that is no XML of a known kind counts as a page.

    Raises Unreadable for XML that declares entities.
    """
    found: list[str] = []

    def begin(name: str, _: object) -> None:
        found.append(name.rpartition(" ")[2])
        raise _Known

    parser = parser_without_entities()
    parser.StartElementHandler = begin
    with suppress(_Known, expat.ExpatError):  # HTML mostly is no XML
        parser.Parse(text.encode(), True)  # noqa: FBT003 - it takes no keywords
    return _ROOTS.get(found[0], "page") if found else "page"


def parser_without_entities() -> expat.XMLParserType:
    """An expat parser of UTF-8 that raises Unreadable at the first entity declared. Names are "namespace name"."""
    parser = expat.ParserCreate("utf-8", " ")
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    return parser


def listing_text(page: Page) -> str:
    """The text of a page that may be a listing: unpacked, decoded, and without what it says about its encoding."""
    body = _unpacked(page.body) if page.body.startswith(_GZIP_MAGIC) else page.body
    text = decode_page(body, page.charset).lstrip()
    declared = _DECLARATION.match(text)
    return text[declared.end() :].lstrip() if declared else text


def believed(moment: datetime | None, *, now: datetime) -> datetime | None:
    """The moment in UTC; None for one that no page can have been published or changed at."""
    try:
        return in_range(moment, now=now) if moment else None
    except Unreadable:
        return None


def full_address(base: str, link: str) -> str:
    """The link as it can be fetched, without its fragment. Raises Unreadable for one that leads nowhere."""
    try:
        joined = urljoin(base, link.strip().replace(" ", "%20"))
    except ValueError:
        raise Unreadable("is no web address that can be read") from None
    if not is_web_address(joined):
        raise Unreadable("is no web address: it must start with http:// or https://")
    return parse_target(joined).url


def _refuse(*_: object) -> None:
    raise Unreadable("declares entities of its own, which are not read")


def _unpacked(data: bytes) -> bytes:
    """Never more than the limit, whatever it unpacks to."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(data, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Unreadable("is broken gzip") from None
    if len(body) > MAX_BODY_BYTES:
        raise Unreadable(f"is larger than {MAX_BODY_BYTES / 1e6:,.0f} MB")
    return body
