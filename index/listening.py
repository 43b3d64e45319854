"""The address that figures are told at: by default nobody but this machine can ask."""

import re
from typing import NamedTuple

LOOPBACK = "127.0.0.1"
MOST = 65_535


class Listening(NamedTuple):
    """Where to listen."""

    host: str
    port: int


def parse_listening(raw: str) -> Listening:
    """From `host:port`, `[v6]:port` or a port alone, which is this machine's own. Raises ValueError."""
    found = re.fullmatch(r"(?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):)?(\d{1,5})", raw.strip())
    if not found or not 1 <= int(found[2]) <= MOST:
        raise ValueError("it must be an address such as 127.0.0.1:9464, or a port")
    return Listening((found[1] or LOOPBACK).strip("[]"), int(found[2]))
