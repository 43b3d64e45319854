"""The embedded archive: articles, passages and vectors in SQLite, and two legs derived from it that are searched.

What was stored is not lost, what was deleted is not returned again, and what the filters leave out is never ranked.
"""

from index.store.archive import Store
from index.store.draft import Draft
from index.store.examining import Examined, Legs
from index.store.pages import WatchedPage
from index.store.records import Records
from index.store.rows import FoundPassage, Manifest, digest_of
from index.store.snapshot import Snapshot
from index.store.stories import Carrier
from index.store.watched import Source, SourceKind, Watched
from index.store.writer import Anew, Writer

__all__ = [
    "Anew",
    "Carrier",
    "Draft",
    "Examined",
    "FoundPassage",
    "Legs",
    "Manifest",
    "Records",
    "Snapshot",
    "Source",
    "SourceKind",
    "Store",
    "Watched",
    "WatchedPage",
    "Writer",
    "digest_of",
]
