"""Pullquote's archive of news: articles in, verbatim quotes out. This is the front door; see `NewsIndex`."""

from index.articles import MAX_UPLOAD_BYTES, parse_hosts, parse_languages
from index.clock import Clock, SystemClock, utc_now
from index.config import CONTACT, EVERY_HOST, PRECISIONS, IndexConfig
from index.errors import (
    ArchiveDamaged,
    ArchiveLocked,
    ArchiveStale,
    ArchiveUnusable,
    BadQuestion,
    ModelUnusable,
    PullquoteError,
)
from index.followups import complete
from index.lives import Gone, History, Retention, RetentionReport, Withdrawal
from index.news import NewsIndex
from index.reader import score_sentences
from index.speakers import find_speaker, kind_of_speech, name_speaker
from index.store import Ills, Records, Refusal, Refusals, Source
from index.timing import fresh_from
from index.types import (
    AddReport,
    Answer,
    Article,
    Context,
    Correction,
    Filters,
    Hit,
    NoEvidence,
    Passage,
    Progress,
    Quote,
    Rejection,
    Rival,
    Span,
    Status,
    StoredArticle,
    Turn,
    sha256,
)
from index.watching import GuestRules, GuestSources, NewSource, Round, Watcher

__all__ = [
    "CONTACT",
    "EVERY_HOST",
    "MAX_UPLOAD_BYTES",
    "PRECISIONS",
    "AddReport",
    "Answer",
    "ArchiveDamaged",
    "ArchiveLocked",
    "ArchiveStale",
    "ArchiveUnusable",
    "Article",
    "BadQuestion",
    "Clock",
    "Context",
    "Correction",
    "Filters",
    "Gone",
    "GuestRules",
    "GuestSources",
    "History",
    "Hit",
    "Ills",
    "IndexConfig",
    "ModelUnusable",
    "NewSource",
    "NewsIndex",
    "NoEvidence",
    "Passage",
    "Progress",
    "PullquoteError",
    "Quote",
    "Records",
    "Refusal",
    "Refusals",
    "Rejection",
    "Retention",
    "RetentionReport",
    "Rival",
    "Round",
    "Source",
    "Span",
    "Status",
    "StoredArticle",
    "SystemClock",
    "Turn",
    "Watcher",
    "Withdrawal",
    "complete",
    "find_speaker",
    "fresh_from",
    "kind_of_speech",
    "name_speaker",
    "parse_hosts",
    "parse_languages",
    "score_sentences",
    "sha256",
    "utc_now",
]
