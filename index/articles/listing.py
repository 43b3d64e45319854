"""Index and section pages, told from articles by their links and by what they say about themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from index.articles.rules import Unreadable

HEADLINE_WORDS = 4  # of a link that is a headline; menus and buttons have fewer
TEASER_WORDS = 45  # of the paragraph under it, at most
FEWEST_ENTRIES = 5  # an article may show a few others
ENTRY_SHARE = 0.5  # of the lines that were found are headlines that link to other pages, or teasers under them
SAID_SHARE = 0.25  # the same where the page says of itself that it is a list

_ARTICLE_TYPE = re.compile(r'"@type"\s*:\s*(?:\[[^\]]*)?"[A-Za-z]*(?:Article|BlogPosting|Report|LiveBlogPosting)"')
_LIST_TYPE = re.compile(r'"@type"\s*:\s*"(?:CollectionPage|SearchResultsPage|ItemList)"')
_ARTICLE_META = (
    './/meta[@property="article:published_time"]',
    './/meta[@property="og:article:published_time"]',
    './/meta[@itemprop="datePublished"]',
)


@dataclass(frozen=True, slots=True)
class Links:
    """What of a page tells a list from an article."""

    entries: frozenset[str]  # headlines that link to other pages of one site, and the teasers under them
    says_article: bool  # or when it was published
    says_list: bool


def links_of(tree: Any) -> Links:
    """The links of a page, which trafilatura takes out as it reads: look first."""
    data = " ".join(script.text or "" for script in tree.iterfind('.//script[@type="application/ld+json"]'))
    says_article = _says_article(tree, data)
    entries = frozenset[str]() if says_article else frozenset(_entries(tree))
    return Links(entries, says_article, _LIST_TYPE.search(data) is not None)


def require_no_listing(links: Links, lines: Sequence[str]) -> None:
    """Raise Unreadable for a page of links to articles; `lines` is what was found in it to read.

    A page that says that it is an article is believed.
    """
    listed = sum(" ".join(line.split()) in links.entries for line in lines)
    share = SAID_SHARE if links.says_list else ENTRY_SHARE
    if not links.says_article and listed >= max(FEWEST_ENTRIES, share * len(lines)):
        raise Unreadable("is a page that lists other articles")


def _says_article(tree: Any, data: str) -> bool:
    kinds = [meta.get("content") for meta in tree.iterfind('.//meta[@property="og:type"]')]
    return (
        "article" in kinds
        or _ARTICLE_TYPE.search(data) is not None
        or any(tree.find(path) is not None for path in _ARTICLE_META)
    )


def _entries(tree: Any) -> Iterator[str]:
    """Nothing where the headlines lead to several sites: a list of books or shops is an article."""
    hosts, entries = set[str](), []
    under_headline = False
    for element in tree.iter("a", "p", "h1", "h2", "h3", "h4"):
        words = _words(element)
        if element.tag == "a" and len(words) >= HEADLINE_WORDS and _leads_away(element.get("href", "#")):
            hosts.add(_host(element.get("href")))
            entries.append(" ".join(words))
            under_headline = True
        elif element.tag == "p" and under_headline and len(words) <= TEASER_WORDS:
            entries.append(" ".join(words))
            under_headline = False
        elif element.tag != "a" and " ".join(words) not in entries[-1:]:  # another heading than that within the link
            under_headline = False
    return iter(entries if len(hosts - {""}) <= 1 else ())


def _leads_away(address: str) -> bool:
    return not address.startswith(("#", "mailto:"))


def _words(element: Any) -> list[str]:
    return "".join(element.itertext()).split()


def _host(address: str) -> str:
    """The host, without "www."; "" for an address within the page's own site, and for one that cannot be read."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
