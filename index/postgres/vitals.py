"""What an operator would look at in the server. Nothing is made or changed, and nothing of ours need be there yet."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from index.postgres.database import Connection, Database, see
from index.postgres.errands import read_queue
from index.postgres.rows import one
from index.postgres.schema import LATEST, OLDEST_PGVECTOR, has_tables
from index.vitals import Citus, Vitals

_SERVER = """
SELECT current_setting('server_version'), current_user::text,
    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user),
    (SELECT extversion FROM pg_extension WHERE extname = 'vector'),
    (SELECT default_version FROM pg_available_extensions WHERE name = 'vector')"""
_CITUS = """
SELECT extversion, citus_is_coordinator(),
    (SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards),
    EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass('articles'))
FROM pg_extension WHERE extname = 'citus'"""


def examine_server(url: str, clock: Callable[[], datetime]) -> Vitals:
    """Look at the server; `clock` is ours. Raises ArchiveUnusable: it cannot be reached."""
    database, began = Database(url), time.monotonic()
    with database.plain() as connection, connection.transaction():
        before = clock()
        (now,) = one(connection, "SELECT clock_timestamp()")
        middle = before + (clock() - before) / 2
        took = timedelta(seconds=time.monotonic() - began)
        version, role, is_above_policies, pgvector, offered = one(connection, _SERVER)
        schema = _schema(connection)
        see(connection, None)
        return Vitals(
            place=database.place,
            version=version,
            took=took,
            clock_off=now - middle,
            role=role,
            is_above_policies=is_above_policies,
            pgvector=pgvector,
            offered_pgvector=offered,
            oldest_pgvector=".".join(map(str, OLDEST_PGVECTOR)),
            schema=schema,
            latest_schema=LATEST,
            citus=_citus(connection),
            queue=read_queue(connection) if schema == LATEST else None,
        )


def _schema(connection: Connection) -> int:
    """As `version_of`, of a newer release too."""
    return one(connection, "SELECT max(version) FROM pullquote_schema")[0] or 0 if has_tables(connection) else 0


def _citus(connection: Connection) -> Citus | None:
    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone() is None:
        return None
    version, is_coordinator, workers, is_spread = one(connection, _CITUS)
    return Citus(version=version, is_coordinator=is_coordinator, workers=workers, is_spread=is_spread)
