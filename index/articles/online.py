"""Articles on the web: the page is fetched by the rules of `fetching`, and read as a saved one is."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from index.articles.decoding import decode_page
from index.articles.fetching import Fetcher, Page, is_web_address
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
        page = fetcher.fetch(address)
        article = _read(page, Origin(page.url, collection, now or datetime.now(UTC)))
    except Unreadable as reason:
        return Rejection(address, str(reason))
    return article if _host(article.url) == _host(page.url) else replace(article, url=page.url)


def _read(page: Page, origin: Origin) -> Article:
    text = decode_page(page.body, page.charset)
    return read_pasted(text, origin) if page.media_type == "text/plain" else read_page(text, origin)


def _host(url: str) -> str | None:
    """The host of an address, "www." or not; None where it cannot be told."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None
