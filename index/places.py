"""Where an archive is: in a folder, or in a database that an address names. Of an address only the scheme is told."""

import re
from pathlib import Path

from index.errors import BadQuestion

_DATABASE = re.compile(r"postgres(ql)?://")
_KNOWN = "postgresql://user@host/name or postgres://user@host/name"
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def is_database(name: str) -> bool:
    """Whether it is the address of a database, and of a kind that is known."""
    return bool(_DATABASE.match(name))


def database_named(address: str) -> str:
    """The address as it is. Raises BadQuestion for one with another scheme; what has none is left to the client."""
    if (found := _ADDRESS.match(address)) and not is_database(address):
        raise BadQuestion(f"{found[0]}… in PULLQUOTE_DATABASE_URL is no database that is known: {_KNOWN}.")
    return address


def folder_named(name: str) -> Path:
    """The folder. Raises BadQuestion for a file, and for an address, which would make a folder of that name."""
    if is_database(name):
        raise BadQuestion("--data and PULLQUOTE_DATA name a folder: a database is named by PULLQUOTE_DATABASE_URL.")
    if found := _ADDRESS.match(name):
        raise BadQuestion(f"{found[0]}… names no archive: that is a folder, or a database, {_KNOWN}.")
    folder = Path(name)
    if folder.exists() and not folder.is_dir():
        raise BadQuestion(f"{name} is a file, and an archive is a folder. `pullquote restore` puts a backup back.")
    return folder
