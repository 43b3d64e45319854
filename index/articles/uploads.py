"""Files that somebody sends: bytes and a name that came with them. The name says the kind, and opens nothing."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader, BytesIO
from pathlib import PurePosixPath
from urllib.parse import quote

from index.articles.jsonl import DIGEST_CHARS
from index.articles.rules import Origin, Unreadable
from index.articles.sources import read_rows, read_single
from index.articles.walking import KINDS, LINES_SUFFIX, SUFFIXES
from index.types import PUBLIC, Article, Rejection

MAX_UPLOAD_BYTES = 10_000_000  # some 2,000 articles in JSON lines; more belongs into a folder that is read


def read_upload(
    name: str, data: bytes, *, collection: str = PUBLIC, now: datetime | None = None
) -> Iterator[Article | Rejection]:
    """The articles in a file that was sent, read as one on the disk is.

    One that names no address of its own gets one from its name and its bytes: the same file twice is unchanged, and
    two people who both send `article.txt` do not replace each other's.
    """
    suffix = PurePosixPath(name).suffix.lower()
    origin = Origin(f"attachment:{quote(name, errors='replace')}", collection, now or datetime.now(UTC))
    try:
        _check(suffix, len(data))
        if suffix == LINES_SUFFIX:
            yield from read_rows(BufferedReader(BytesIO(data)), name, origin)  # each row adds a digest of its own
        else:
            digest = hashlib.sha256(data).hexdigest()[:DIGEST_CHARS]
            yield read_single(data, suffix, replace(origin, uri=f"{origin.uri}#{digest}"))
    except Unreadable as reason:
        yield Rejection(name, str(reason))


def _check(suffix: str, size: int) -> None:
    if suffix not in SUFFIXES:
        raise Unreadable(f"is not of a kind that is read ({KINDS})")
    if size > MAX_UPLOAD_BYTES:
        raise Unreadable(f"is {size / 1e6:,.1f} MB large; {MAX_UPLOAD_BYTES / 1e6:,.0f} MB is the limit")
