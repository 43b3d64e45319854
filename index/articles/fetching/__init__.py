"""Web pages, fetched so that nobody can aim the fetcher at a machine that is not public, or keep it busy."""

from index.articles.fetching.exchange import MAX_BODY_BYTES, NOTHING_KNOWN, Validators
from index.articles.fetching.fetcher import PAGE_TYPES, Fetcher, Page
from index.articles.fetching.knocking import knock
from index.articles.fetching.permission import FetchRules, parse_hosts
from index.articles.fetching.targets import is_web_address, parse_target
from index.articles.fetching.trouble import NotAsked, Unavailable

__all__ = [
    "MAX_BODY_BYTES",
    "NOTHING_KNOWN",
    "PAGE_TYPES",
    "FetchRules",
    "Fetcher",
    "NotAsked",
    "Page",
    "Unavailable",
    "Validators",
    "is_web_address",
    "knock",
    "parse_hosts",
    "parse_target",
]
