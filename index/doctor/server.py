"""The server of an archive in PostgreSQL: what it lacks, whom it binds, and whether anybody does what is ordered."""

from collections.abc import Iterator
from datetime import timedelta

from index.doctor.findings import Finding, fine, suspect, wrong
from index.errands import NOTICED_S, Queue
from index.vitals import Citus, Vitals

_SLACK = timedelta(minutes=1)  # as against Discord's clock; leases and queue go by the server's alone
_ADMIN = "let who administers the database run:"


def look_at_server(seen: Vitals) -> Iterator[Finding]:
    """Of a server that answers."""
    took_ms = seen.took / timedelta(milliseconds=1)
    found = f"PostgreSQL {seen.version} at {seen.place} answered after {took_ms:.0f} ms, and stands in for the folder"
    yield fine("database", found)
    yield _pgvector(seen)
    yield _role(seen)
    yield _clock(seen)
    if seen.schema:
        yield _schema(seen)
    if seen.citus:
        yield _spread(seen.citus, has_tables=bool(seen.schema))
    else:
        yield fine("citus", "not there, and not needed: the tables are on one server")
    if seen.queue:
        yield _orders(seen.queue)


def _pgvector(seen: Vitals) -> Finding:
    needed, offered = seen.oldest_pgvector, seen.offered_pgvector
    if seen.pgvector and _parts(seen.pgvector) >= _parts(needed):
        return fine("pgvector", f"{seen.pgvector}, and {needed} or newer is needed")
    found = f"{seen.pgvector} is too old" if seen.pgvector else "it is not in the database"
    verb = "ALTER EXTENSION vector UPDATE" if seen.pgvector else "CREATE EXTENSION vector"
    if offered and _parts(offered) >= _parts(needed):
        return wrong("pgvector", f"{found}; the server has {offered}", f"{_ADMIN} {verb}")
    return wrong("pgvector", f"{found}: {needed} or newer is needed", f"install it on the server, then {_ADMIN} {verb}")


def _role(seen: Vitals) -> Finding:
    if not seen.is_above_policies:
        return fine("role", f"row-level security holds for {seen.role}")
    found = f"{seen.role} is a superuser or has BYPASSRLS: row-level security, the second lock, does not hold for it"
    other = f'or {_ADMIN} ALTER ROLE "{seen.role}" NOSUPERUSER NOBYPASSRLS'
    return suspect("role", found, f"connect as a role that owns the tables and is neither; {other}")


def _clock(seen: Vitals) -> Finding:
    off = seen.clock_off
    which = "behind" if off < timedelta() else "ahead of"
    found = f"the server's is {abs(off).total_seconds():,.1f} s {which} this machine's"
    if abs(off) > _SLACK:
        return suspect("clock", found, "timedatectl set-ntp true, on whichever machine is wrong")
    return fine("clock", found)


def _schema(seen: Vitals) -> Finding:
    found = f"the tables are of version {seen.schema}"
    if seen.schema > seen.latest_schema:
        return wrong("tables", f"{found}, and this release knows {seen.latest_schema}", "upgrade pullquote here too")
    if seen.schema < seen.latest_schema:
        mend = "any command that opens the archive brings them up: pullquote status"
        return suspect("tables", f"{found}, and this release makes {seen.latest_schema}", mend)
    return fine("tables", f"{found}, as this release makes them")


def _spread(citus: Citus, *, has_tables: bool) -> Finding:
    found = f"Citus {citus.version} with {citus.workers:,} worker{'s' * (citus.workers != 1)}"
    if not citus.is_coordinator:
        mend = "name the coordinator in PULLQUOTE_DATABASE_URL, in every process"
        return wrong("citus", f"{found}, and this is not its coordinator", mend)
    if has_tables and not citus.is_spread:
        mend = "pullquote copy FROM TO, into a new database of the cluster (docs/operating.md)"
        return suspect("citus", f"{found}, and the tables were made without it: they are on one node", mend)
    return fine("citus", f"{found}{', over which articles are spread' * citus.is_spread}")


def _orders(queue: Queue) -> Finding:
    if not queue.waiting:
        return fine("orders", f"none waits for an indexer, {queue.held:,} are being done")
    found = f"{queue.waiting:,} wait, one for {timedelta(seconds=round(queue.longest_s))}"
    if queue.held or queue.longest_s < NOTICED_S:
        return fine("orders", f"{found}; {queue.held:,} are being done")
    return suspect("orders", f"{found}, and no indexer takes them", "pullquote watch, or docker compose up -d indexer")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
