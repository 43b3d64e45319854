"""The embedded archive: articles, passages and vectors in SQLite, and two legs derived from it that are searched.

What was stored is not lost, what was deleted is not returned again, and what the filters leave out is never ranked.
"""

from index.store.archive import Store
from index.store.carrying import Carried
from index.store.draft import Draft
from index.store.examining import Examined, Legs
from index.store.gone import MissingFile
from index.store.health import Health, Ills, Refusal, Refusals
from index.store.pages import KEPT_OUT, Named, WatchedPage
from index.store.ranking import Scored
from index.store.records import Kept, Records
from index.store.rows import FoundPassage, Manifest, digest_of
from index.store.snapshot import Snapshot
from index.store.stories import Carrier
from index.store.watched import Listings, Source, SourceKind, Watched
from index.store.writer import Anew, Writer

__all__ = [
    "KEPT_OUT",
    "Anew",
    "Carried",
    "Carrier",
    "Draft",
    "Examined",
    "FoundPassage",
    "Health",
    "Ills",
    "Kept",
    "Legs",
    "Listings",
    "Manifest",
    "MissingFile",
    "Named",
    "Records",
    "Refusal",
    "Refusals",
    "Scored",
    "Snapshot",
    "Source",
    "SourceKind",
    "Store",
    "Watched",
    "WatchedPage",
    "Writer",
    "digest_of",
]
