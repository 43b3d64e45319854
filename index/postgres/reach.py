"""Which passages may be ranked at all: what the filters leave of one publication. Both legs ask by this alone."""

from dataclasses import dataclass, field
from typing import Any

from index.postgres.database import Connection
from index.postgres.rows import folded, one
from index.store.rows import to_microseconds
from index.types import Filters

EXACT = 10_000  # passages: up to so many are all looked at, which takes some 20 ms; of more an index is asked


@dataclass(frozen=True, slots=True)
class Reach:
    """A condition on the table `passages`, with its values: never without collections."""

    where: str
    values: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, filters: Filters, *, publication: int, model: int) -> "Reach":
        """What the filters leave of the publication."""
        conditions = [
            ("collection = ANY (%(collections)s)", "collections", list(filters.collections)),
            ("model = %(model)s", "model", model),
            ("born <= %(publication)s AND (gone IS NULL OR gone > %(publication)s)", "publication", publication),
        ]
        if filters.publisher is not None:
            conditions.append(("folded = %(folded)s", "folded", folded(filters.publisher)))
        if filters.article is not None:
            conditions.append(("article_id = %(article)s", "article", filters.article))
        if filters.after is not None:
            conditions.append(("published_at >= %(after)s", "after", to_microseconds(filters.after)))
        if filters.before is not None:
            conditions.append(("published_at < %(before)s", "before", to_microseconds(filters.before)))
        return cls(" AND ".join(one for one, _, _ in conditions), {name: value for _, name, value in conditions})

    def count(self, connection: Connection, limit: int) -> int:
        """How many passages are left, counted up to the limit: a wrong estimate would cost answers unnoticed."""
        few = f"SELECT count(*) FROM (SELECT 1 FROM passages WHERE {self.where} LIMIT %(limit)s) AS few"  # noqa: S608
        return int(one(connection, few, {**self.values, "limit": limit})[0])
