"""The archive in PostgreSQL with pgvector: for several machines. Runs on Citus too, which shards it.

What was stored is not lost, what was deleted is not returned again, and what the filters leave out is never ranked. The
only importer of psycopg and pgvector.
"""

from index.postgres.archive import PostgresStore
from index.postgres.errands import PostgresErrands
from index.postgres.leases import PostgresLeases
from index.postgres.records import PostgresRecords
from index.postgres.vitals import examine_server

__all__ = ["PostgresErrands", "PostgresLeases", "PostgresRecords", "PostgresStore", "examine_server"]
