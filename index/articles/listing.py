"""Index and section pages, told from articles by their links and by what they say about themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from index.articles.rules import Unreadable

HEADLINE_WORDS = 4  # of a link that is a headline; menus and buttons have fewer
FEWEST_HEADLINES = 5  # an article may link to a few others
HEADLINE_SHARE = 0.4  # of the lines that were found are headlines that link elsewhere; the others are their teasers
SAID_SHARE = 0.2  # the same where the page says of itself that it is a list
MANY_HEADLINES = 8  # on a page of which only the first teaser was found: its headline is one of the links
TEASER_WORDS = 60

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

    headlines: frozenset[str]  # the words of links to other places, where they are as many as headlines have
    says_article: bool  # or when it was published
    says_list: bool


def links_of(tree: Any) -> Links:
    """The links of a page, which trafilatura takes out as it reads: look first."""
    data = " ".join(script.text or "" for script in tree.iterfind('.//script[@type="application/ld+json"]'))
    return Links(frozenset(_headlines(tree)), _says_article(tree, data), _LIST_TYPE.search(data) is not None)


def require_no_listing(links: Links, lines: Sequence[str]) -> None:
    """Raise Unreadable for a page of links to articles; `lines` is what was found in it to read.

    A page that says that it is an article is believed.
    """
    rest = [line for line in lines if " ".join(line.split()) not in links.headlines]
    linked = len(lines) - len(rest)
    is_list = linked >= max(FEWEST_HEADLINES, (SAID_SHARE if links.says_list else HEADLINE_SHARE) * len(lines))
    words = sum(len(line.split()) for line in rest)
    is_teaser = linked > 0 and len(links.headlines) >= MANY_HEADLINES and words < TEASER_WORDS
    if not links.says_article and (is_list or is_teaser):
        raise Unreadable("is a page that lists other articles")


def _says_article(tree: Any, data: str) -> bool:
    kinds = [meta.get("content") for meta in tree.iterfind('.//meta[@property="og:type"]')]
    return (
        "article" in kinds
        or _ARTICLE_TYPE.search(data) is not None
        or any(tree.find(path) is not None for path in _ARTICLE_META)
    )


def _headlines(tree: Any) -> Iterator[str]:
    """The words of links to other places, as long as headlines are."""
    for link in tree.iterfind(".//a[@href]"):
        words = "".join(link.itertext()).split()
        if len(words) >= HEADLINE_WORDS and not link.get("href", "").startswith("#"):
            yield " ".join(words)
