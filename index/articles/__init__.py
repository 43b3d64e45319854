"""Raw files to articles: the only place where untyped input is read. What comes out is an Article or a Rejection."""

from index.articles.fetching import Fetcher, FetchRules
from index.articles.languages import only_in, parse_languages
from index.articles.online import read_online
from index.articles.sources import count_sources, read_sources
from index.articles.uploads import MAX_UPLOAD_BYTES, read_upload

__all__ = [
    "MAX_UPLOAD_BYTES",
    "FetchRules",
    "Fetcher",
    "count_sources",
    "only_in",
    "parse_languages",
    "read_online",
    "read_sources",
    "read_upload",
]
