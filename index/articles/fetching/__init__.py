"""Web pages, fetched so that nobody can aim the fetcher at a machine that is not public, or keep it busy."""

from index.articles.fetching.fetcher import Fetcher, Page
from index.articles.fetching.permission import FetchRules
from index.articles.fetching.targets import is_web_address

__all__ = ["FetchRules", "Fetcher", "Page", "is_web_address"]
