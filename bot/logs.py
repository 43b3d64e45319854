"""The log: lines for people, or an object a line for machines. Questions are in neither."""

import json
import logging
from datetime import UTC, datetime

import discord

TEXT, JSON = "text", "json"
FORMS = (TEXT, JSON)


class JsonLines(logging.Formatter):
    """One JSON object a record, in one line: time in UTC, level, logger, message.

    Where people were shown an id, `incident` is that id, and `kind` the class of what failed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: value for name in ("incident", "kind") if (value := getattr(record, name, None))}
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True)  # no character of anybody's ends a line for a reader of logs


def set_up_logging(level: int, form: str = TEXT) -> None:
    """Log to stderr from this level on, in one of `FORMS`."""
    if form == JSON:
        discord.utils.setup_logging(level=level, formatter=JsonLines())
    else:
        discord.utils.setup_logging(level=level)
    logging.getLogger("discord").setLevel(max(level, logging.INFO))  # its DEBUG lines hold what people write
    logging.captureWarnings(capture=True)
