"""The dense leg: pgvector. Exact where the filters leave few passages, else by an HNSW index over all.

An index that filters afterwards silently loses what it should have found: scans go on until enough has passed, and
narrow filters use no index of vectors at all. What is found is scored anew with the whole question, not its half.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector, Vector
from psycopg import sql

from index.postgres.database import Connection
from index.postgres.reach import Reach

INDEXED_FROM = 10_000  # passages: below, all are looked at, and writing is faster without the index
_SEARCHED = 400  # candidates that the index keeps in view (`hnsw.ef_search`): recall against time
_SCANNED = 200_000  # passages at which a filtered scan gives up
_M, _BUILT = 16, 100  # links of a passage, and candidates in view while it is linked
_HEADROOM = 2  # candidates for each passage wanted: they are ranked by the half, and then by the whole
_COLUMNS = "article_id, id, published_at"

Row = tuple[str, int, int | None, float]  # article id, passage id, when it was published, score: higher is better


def search(connection: Connection, vector: NDArray[np.float32], k: int, reach: Reach, *, exact: bool) -> list[Row]:
    """The k passages nearest to the unit vector, best first, ties by id."""
    dimension = len(vector)
    values = {**reach.values, "whole": Vector(vector), "half": HalfVector(vector), "k": k, "more": k * _HEADROOM}
    if exact:
        query = _exact(reach.where, dimension)
    else:
        connection.execute(
            f"SET LOCAL hnsw.ef_search = {_SEARCHED}; SET LOCAL hnsw.iterative_scan = relaxed_order;"
            f" SET LOCAL hnsw.max_scan_tuples = {_SCANNED}; SET LOCAL hnsw.scan_mem_multiplier = 4"
        )
        query = _by_index(reach.where, dimension, reach.values["model"])
    return [(row[0], row[1], row[2], float(row[3])) for row in connection.execute(query, values)]


def _exact(where: str, dimension: int) -> str:
    return (
        f"SELECT {_COLUMNS}, -(vector::vector({dimension}) <#> %(whole)s) AS score FROM passages WHERE {where}"  # noqa: S608
        " ORDER BY score DESC, id LIMIT %(k)s"
    )


def _by_index(where: str, dimension: int, model: int) -> str:
    # The index is over the vectors of one model, which stands in the query as it stands in the index. The order must be
    # by distance alone: with the id in it the index would not be used.
    nearest = (
        f"SELECT {_COLUMNS}, vector FROM passages WHERE {where} AND model = {int(model)}"  # noqa: S608
        f" ORDER BY vector::halfvec({dimension}) <#> %(half)s LIMIT %(more)s"
    )
    return (
        f"SELECT {_COLUMNS}, -(vector::vector({dimension}) <#> %(whole)s) AS score FROM ({nearest}) AS nearest"  # noqa: S608
        " ORDER BY score DESC, id LIMIT %(k)s"
    )


def index_name(model: int) -> str:
    """Of the index over the vectors of a model."""
    return f"passages_by_vector_{int(model)}"


def has_index(connection: Connection, model: int) -> bool:
    """Whether the vectors of the model are indexed, and wholly."""
    query = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND indisvalid"
    return connection.execute(query, (index_name(model),)).fetchone() is not None


def ensure_index(connection: Connection, model: int, dimension: int, *, indexed_from: int) -> None:
    """Index the vectors of the model where there are many and they are not yet; minutes for a million.

    Others read meanwhile. Vectors of other models are indexed no longer.
    """
    rows: list[Any] = connection.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname ~ '^passages_by_vector_'"
    ).fetchall()
    for (name,) in rows:
        if name != index_name(model):
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    many = "SELECT count(*) FROM (SELECT 1 FROM passages WHERE model = %s LIMIT %s) AS few"
    row = connection.execute(many, (model, indexed_from)).fetchone()
    if has_index(connection, model) or row is None or row[0] < indexed_from:
        return
    connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
    connection.execute(
        sql.SQL(
            "CREATE INDEX {name} ON passages USING hnsw ((vector::halfvec({dimension})) halfvec_ip_ops)"
            " WITH (m = {m}, ef_construction = {built}) WHERE model = {model}"
        ).format(
            name=sql.Identifier(index_name(model)),
            dimension=sql.Literal(dimension),
            model=sql.Literal(model),
            m=sql.Literal(_M),
            built=sql.Literal(_BUILT),
        )
    )
