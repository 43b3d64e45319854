"""From an address on the web to the pages behind it: a feed, a sitemap, an index of sitemaps, or one page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

from index.articles.feeds import read_feed
from index.articles.fetching import NOTHING_KNOWN, PAGE_TYPES, Fetcher, Page, Unavailable, Validators
from index.articles.listings import LISTING_TYPES, Entry, Kind, full_address, kind_of, listing_text
from index.articles.online import article_in
from index.articles.rules import Unreadable
from index.articles.sitemaps import MOST_SITEMAPS, read_sitemap
from index.types import Article, Rejection

_LINK = re.compile(r"<link\b[^>]{0,1000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss|atom)\+xml", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_HEAD_CHARS = 200_000  # where links to feeds stand


@dataclass(frozen=True, slots=True)
class Found:
    """What an address stands for now. `entries` are those of listings that have changed since they were last read."""

    kind: Kind
    entries: tuple[Entry, ...] = ()
    rejected: tuple[Rejection, ...] = ()  # links that lead nowhere, and sitemaps of an index that cannot be read
    validators: Mapping[str, Validators] = field(default_factory=dict)  # of each listing: to be handed in next time
    page: Page | None = None  # where it is one


def discover(
    address: str, fetcher: Fetcher, *, now: datetime, known: Mapping[str, Validators] | None = None
) -> Found | None:
    """What is behind the address; None where nothing has changed since `known` was told.

    Raises Unreadable, and of that Unavailable for what may go well another time.
    """
    known = known or {}
    page = fetcher.fetch_changed(address, known.get(address, NOTHING_KNOWN), wanted=LISTING_TYPES)
    if page is None:
        inside = [one for one in known if one != address]
        return _read_all(inside, fetcher, known, Found("index", validators=dict(known)), now) if inside else None
    text = listing_text(page) if page.media_type not in PAGE_TYPES or _may_be_listing(page) else ""
    kind = kind_of(text)
    if kind == "page":
        if page.media_type not in PAGE_TYPES:
            raise Unreadable(f"is neither a page nor a feed nor a sitemap ({page.media_type})")
        return Found("page", page=page)
    found = _read(kind, text, page, {address: page.validators}, now)
    if kind != "index":
        return found
    inside = [entry.url for entry in found.entries[:MOST_SITEMAPS]]
    return _read_all(inside, fetcher, known, Found("index", rejected=found.rejected, validators=found.validators), now)


def read_web(address: str, fetcher: Fetcher, *, collection: str, now: datetime) -> Iterator[Article | Rejection]:
    """The article at an address, or those that the feed or sitemap there names, fetched from their own pages."""
    try:
        found = discover(address, fetcher, now=now)
        if found and found.page:
            yield article_in(found.page, collection=collection, now=now)
            return
    except Unreadable as reason:
        yield Rejection(address, str(reason))
        return
    if found is None or not found.entries + found.rejected:
        yield Rejection(address, "is a feed or sitemap that names no page")
        return
    for entry in found.entries:
        try:
            yield article_in(fetcher.fetch(entry.url), collection=collection, now=now, entry=entry)
        except Unreadable as reason:
            yield Rejection(entry.url, str(reason))
    yield from found.rejected


def feeds_named(page: Page) -> tuple[str, ...]:
    """The feeds that a page offers to those who follow its site, as addresses that can be fetched."""
    links = _LINK.findall(page.body[:_HEAD_CHARS].decode("utf-8", "replace"))
    stated = [_HREF.search(link) for link in links if _FEED_TYPE.search(link)]
    return tuple(dict.fromkeys(url for one in stated if one and (url := _address(page.url, one[1] or one[2] or ""))))


def _address(base: str, link: str) -> str | None:
    try:
        return full_address(base, unescape(link))
    except Unreadable:
        return None


def _may_be_listing(page: Page) -> bool:
    """Whether what calls itself a page may be a feed all the same."""
    return bool(re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|feed|rdf|urlset|sitemapindex|!--)", page.body[:500]))


def _read(kind: Kind, text: str, page: Page, validators: Mapping[str, Validators], now: datetime) -> Found:
    read = read_feed if kind == "feed" else read_sitemap
    items = list(read(text, page.url, now=now))
    entries = {one.url: one for one in reversed(items) if isinstance(one, Entry)}  # of one page twice, the first counts
    rejected = tuple(one for one in items if isinstance(one, Rejection))
    return Found(kind, tuple(reversed(entries.values())), rejected, validators)


def _read_all(
    sitemaps: list[str], fetcher: Fetcher, known: Mapping[str, Validators], index: Found, now: datetime
) -> Found:
    """What the sitemaps of an index name. One that cannot be read is a rejection, and the others go on."""
    entries: dict[str, Entry] = {}
    rejected, validators = list(index.rejected), dict(index.validators)
    for address in sitemaps:
        try:
            inner = _read_one(address, fetcher, known.get(address, NOTHING_KNOWN), now)
        except Unreadable as reason:
            rejected.append(Rejection(address, str(reason)))
            validators[address] = NOTHING_KNOWN  # asked again, and as if for the first time
            if isinstance(reason, Unavailable) and reason.is_about_pace:
                break
            continue
        validators[address] = inner.validators[address] if inner else known[address]
        entries |= {entry.url: entry for entry in inner.entries} if inner else {}
        rejected += inner.rejected if inner else ()
    return Found("index", tuple(entries.values()), tuple(rejected), validators)


def _read_one(address: str, fetcher: Fetcher, known: Validators, now: datetime) -> Found | None:
    page = fetcher.fetch_changed(address, known, wanted=LISTING_TYPES)
    if page is None:
        return None
    text = listing_text(page)
    if (kind := kind_of(text)) != "sitemap":
        raise Unreadable("is no sitemap" if kind == "page" else f"is a {kind} where only a sitemap may stand")
    return _read(kind, text, page, {address: page.validators}, now)
