"""What an operator would look at in the server of an archive."""

from dataclasses import dataclass
from datetime import timedelta

from index.errands import Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Citus:
    """The extension, where it is installed in the database."""

    version: str
    is_coordinator: bool  # who connects to a worker sees settings and queue of nobody
    workers: int  # that are in use
    is_spread: bool  # whether the tables of articles are


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What was seen of a server that answers. Versions are as they name themselves; None: not there."""

    place: str  # host, port and name of the database, without user and password
    version: str
    took: timedelta  # for the first answer, the connection included
    clock_off: timedelta  # the server's clock less ours, to within `took`
    role: str
    is_above_policies: bool  # row-level security does not hold for the role
    pgvector: str | None
    offered_pgvector: str | None  # that CREATE or ALTER EXTENSION would install
    oldest_pgvector: str
    schema: int  # version of the tables; 0: there are none
    latest_schema: int  # that this release makes
    citus: Citus | None
    queue: Queue | None  # None: tables of an older release
