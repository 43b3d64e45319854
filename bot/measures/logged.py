"""Failures, counted where they are logged: each of them is, in the one place, under its id."""

import logging

from bot.measures.counting import Measures


class Logged(logging.Handler):
    """Counts the records that carry the kind of a failure. Nothing else of them is looked at."""

    def __init__(self, measures: Measures) -> None:
        super().__init__(logging.WARNING)
        self._measures = measures

    def emit(self, record: logging.LogRecord) -> None:
        """Count it."""
        kind = getattr(record, "kind", None)
        if isinstance(kind, str):
            self._measures.failed(kind)
