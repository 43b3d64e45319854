"""What every archive can do, whichever engine holds it: the seam between what Pullquote does and where it is kept.

Two engines stand behind it: `index.store` (SQLite, faiss and tantivy in a folder) and `index.postgres` (PostgreSQL with
pgvector, on one machine or sharded by Citus). The same tests run over both. Raw scores of the two are never compared.
"""

from index.archives.engines import (
    archive_exists,
    examine_archive,
    examine_server,
    open_archive,
    open_errands,
    open_leases,
    open_records,
    restore_archive,
)
from index.archives.errands import Errands
from index.archives.health import Health
from index.archives.leases import Leases
from index.archives.reading import Memory, Snapshot
from index.archives.records import Records
from index.archives.store import Store
from index.archives.watched import Watched
from index.archives.writing import Draft, Writer
from index.store import Scored

__all__ = [
    "Draft",
    "Errands",
    "Health",
    "Leases",
    "Memory",
    "Records",
    "Scored",
    "Snapshot",
    "Store",
    "Watched",
    "Writer",
    "archive_exists",
    "examine_archive",
    "examine_server",
    "open_archive",
    "open_errands",
    "open_leases",
    "open_records",
    "restore_archive",
]
