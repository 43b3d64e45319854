"""Text that PostgreSQL cannot hold: it takes every character but U+0000, which news do contain now and then.

That one is written as two others, and read back as what it was: for whatever is sent and received as text.
"""

import re

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown, TextBinaryLoader, TextLoader

_MARK = "\x10"  # "data link escape": it has no other use in a text
_WRITTEN = {_MARK: _MARK * 2, "\x00": f"{_MARK}0"}
_READ = {f"{_MARK}{_MARK}": _MARK, f"{_MARK}0": "\x00"}


def written(text: str) -> str:
    """The text without U+0000, as the database keeps it."""
    return re.sub(r"[\x00\x10]", lambda found: _WRITTEN[found.group()], text)


def read(text: str) -> str:
    """The inverse of `written`."""
    return re.sub(r"\x10[\x100]", lambda found: _READ[found.group()], text) if _MARK in text else text


class _Dumper(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(written(obj))


class _Loader(TextLoader):
    def load(self, data: Buffer) -> bytes | str:
        found = super().load(data)
        return read(found) if isinstance(found, str) else found


class _BinaryLoader(TextBinaryLoader):
    def load(self, data: Buffer) -> bytes | str:
        found = super().load(data)
        return read(found) if isinstance(found, str) else found


def register(connection: Connection) -> None:
    """Let all text that the connection sends and receives be that of Python."""
    connection.adapters.register_dumper(str, _Dumper)
    connection.adapters.register_loader("text", _Loader)
    connection.adapters.register_loader("text", _BinaryLoader)
