"""Articles on the web: the page is fetched by the rules of `fetching`, and read as a saved one is."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from index.articles.decoding import decode_page
from index.articles.fetching import Fetcher, Page, is_web_address
from index.articles.listings import Entry
from index.articles.pasted import read_pasted
from index.articles.rules import Origin, Unreadable
from index.articles.webpage import read_page
from index.types import PUBLIC, Article, Rejection


def read_online(
    address: str, fetcher: Fetcher, *, collection: str = PUBLIC, now: datetime | None = None
) -> Article | Rejection:
    """The article at a web address, or why there is none. Nothing else is opened, whatever is named: no file.

    Its URL is where the page was in the end, or the address that the page gives itself on the same host: one that
    named another site's would put its words into that site's mouth.
    """
    if not is_web_address(address):
        return Rejection(address, "is no web address: it must start with http:// or https://")
    try:
        return article_in(fetcher.fetch(address), collection=collection, now=now or datetime.now(UTC))
    except Unreadable as reason:
        return Rejection(address, str(reason))


def article_in(page: Page, *, collection: str, now: datetime, entry: Entry | None = None) -> Article:
    """The article in a page that was fetched. What it does not state itself is as the listing says, if there is one.

    Raises Unreadable where there is no article in it.
    """
    article = _read(page, Origin(page.url, collection, now))
    if _host(article.url) != _host(page.url):
        article = replace(article, url=page.url)
    if entry is None:
        return article
    return replace(
        article,
        published_at=article.published_at or entry.published_at,
        publisher=article.publisher or entry.publisher,
    )


def _read(page: Page, origin: Origin) -> Article:
    text = decode_page(page.body, page.charset)
    return read_pasted(text, origin) if page.media_type == "text/plain" else read_page(text, origin)


def _host(url: str) -> str | None:
    """The host of an address, "www." or not; None where it cannot be told."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None
