"""Which engine holds the archive: the one place that knows both."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from index import store as embedded
from index.archives.errands import Errands
from index.archives.leases import Leases
from index.archives.records import Records
from index.archives.store import Store
from index.clock import utc_now
from index.config import IndexConfig
from index.errors import ArchiveUnusable
from index.store import Examined
from index.vitals import Vitals

_NO_CLIENT = (
    "PULLQUOTE_DATABASE_URL is set, and the client for PostgreSQL is not installed: pip install 'pullquote[postgres]'."
)
_NO_RESTORE = (
    "An archive in PostgreSQL is put back with PostgreSQL's own tools: pg_restore, of a dump that pg_dump has written."
)


def open_archive(config: IndexConfig) -> Store:
    """The archive that the configuration names, made where there is none. Raises ArchiveUnusable."""
    if not config.database_url:
        return embedded.Store.open(config.data)
    try:
        from index.postgres import PostgresStore  # noqa: PLC0415 - an extra: most archives need no client
    except ModuleNotFoundError as error:
        raise ArchiveUnusable(_NO_CLIENT) from error
    return PostgresStore.open(config.database_url, config.data)


def open_records(config: IndexConfig, *, clock: Callable[[], datetime] = utc_now) -> Records:
    """What the bot keeps beside that archive, made where there is nothing. Raises ArchiveUnusable."""
    if not config.database_url:
        return embedded.Records.open(config.data, clock=clock)
    try:
        from index.postgres import PostgresRecords  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ArchiveUnusable(_NO_CLIENT) from error
    return PostgresRecords.open(config.database_url, clock=clock)


def open_errands(config: IndexConfig) -> Errands | None:
    """The queue that indexers take from; None: the process that is given an order does it itself."""
    if not config.database_url:
        return None
    from index.postgres import PostgresErrands  # noqa: PLC0415 - as above

    return PostgresErrands.open(config.database_url)


def open_leases(config: IndexConfig) -> Leases | None:
    """By which several bots share the shards of Discord; None: there is only one bot."""
    if not config.database_url:
        return None
    from index.postgres import PostgresLeases  # noqa: PLC0415 - as above

    return PostgresLeases.open(config.database_url)


def archive_exists(config: IndexConfig) -> bool:
    """Whether there is an archive to read; `open_archive` would make one. Raises ArchiveUnusable."""
    if not config.database_url:
        return embedded.Store.exists(config.data)
    try:
        from index.postgres import PostgresStore  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ArchiveUnusable(_NO_CLIENT) from error
    return PostgresStore.exists(config.database_url)


def examine_archive(config: IndexConfig) -> Examined | None:
    """What a quick look at the archive shows, which is left as it is; None: there is none. Raises ArchiveUnusable."""
    if not archive_exists(config):
        return None
    if not config.database_url:
        return embedded.Store.examine(config.data)
    from index.postgres import PostgresStore  # noqa: PLC0415 - as above

    return PostgresStore.examine(config.database_url)


def examine_server(config: IndexConfig, clock: Callable[[], datetime] = utc_now) -> Vitals | None:
    """How the server of the archive does; None: the archive is in a folder. Raises ArchiveUnusable: out of reach."""
    if not config.database_url:
        return None
    try:
        from index.postgres import examine_server as examine  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ArchiveUnusable(_NO_CLIENT) from error
    return examine(config.database_url, clock)


def restore_archive(config: IndexConfig, file: Path) -> int | None:
    """As `Store.restore` of the embedded engine. Raises ArchiveUnusable where the archive is in PostgreSQL."""
    if config.database_url:
        raise ArchiveUnusable(_NO_RESTORE)
    return embedded.Store.restore(config.data, file)
