"""Raw files to articles: the only place where untyped input is read. What comes out is an Article or a Rejection."""

from index.articles.discovery import Found, discover, feeds_named
from index.articles.fetching import (
    NOTHING_KNOWN,
    Fetcher,
    FetchRules,
    NotAsked,
    Unavailable,
    Validators,
    is_web_address,
    knock,
    parse_hosts,
)
from index.articles.languages import only_in, parse_languages
from index.articles.listings import Entry
from index.articles.online import article_in, read_online
from index.articles.rules import NotPublic, Unreadable
from index.articles.sources import count_sources, read_sources
from index.articles.uploads import MAX_UPLOAD_BYTES, read_upload
from index.articles.walking import find_files, path_named

__all__ = [
    "MAX_UPLOAD_BYTES",
    "NOTHING_KNOWN",
    "Entry",
    "FetchRules",
    "Fetcher",
    "Found",
    "NotAsked",
    "NotPublic",
    "Unavailable",
    "Unreadable",
    "Validators",
    "article_in",
    "count_sources",
    "discover",
    "feeds_named",
    "find_files",
    "is_web_address",
    "knock",
    "only_in",
    "parse_hosts",
    "parse_languages",
    "path_named",
    "read_online",
    "read_sources",
    "read_upload",
]
