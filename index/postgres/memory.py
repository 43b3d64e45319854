"""Readers of the past: what articles were before, and what became of them. Each call is of one moment."""

from collections.abc import Callable
from datetime import datetime

from index.lives import Gone, History, Retention, RetentionReport
from index.postgres import past
from index.postgres.database import Database
from index.postgres.retention import read_rules, report_on, texts_due
from index.types import StoredArticle


class Memory:
    """Usable from any thread, also while a writer works."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def article(self, article_id: str, version: int | None = None) -> StoredArticle | None:
        """That version of the article, the current one where none is named; None where it is given out no more."""
        with self._database.reading() as connection:
            return past.read_version(connection, article_id, version)

    def gone(self, article_id: str, version: int | None = None) -> Gone | None:
        """What became of what `article` does not give; None where it does, or where nothing was ever there."""
        with self._database.reading() as connection:
            return past.read_gone(connection, article_id, version)

    def history(self, article_id: str) -> History | None:
        """Everything that is kept of the article."""
        with self._database.reading() as connection:
            return past.read_history(connection, article_id)

    def withdrawn(self) -> list[History]:
        """The articles that are withdrawn now, the last one first."""
        with self._database.reading() as connection:
            return past.read_withdrawn(connection)

    def ids_under(self, name: str) -> list[str]:
        """The articles that an id or a URL names or named, also those that were removed or withdrawn."""
        with self._database.reading() as connection:
            return past.ids_under(connection, name)

    def ids_in(self, collection: str) -> list[str]:
        """The articles of a collection of which any text is kept, the withdrawn ones too."""
        with self._database.reading() as connection:
            return past.ids_in(connection, collection)

    def rules(self) -> dict[int, Retention]:
        """The rules of retention that are kept, by number."""
        with self._database.reading() as connection:
            return read_rules(connection)

    def due(self, rule: Retention) -> RetentionReport:
        """What the rule would delete now."""
        with self._database.reading() as connection:
            return report_on(connection, texts_due(connection, rule, self._clock()), rule)
