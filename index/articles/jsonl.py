"""JSON lines, one article a line, read as a stream: the file may be larger than memory."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from json import JSONDecodeError
from typing import BinaryIO

from index.articles.dates import parse_date
from index.articles.decoding import decode
from index.articles.headings import find_headings
from index.articles.rules import MAX_TEXT_CHARS, Origin, Unreadable, check_length, checked, one_line, title_from
from index.articles.webpage import read_page
from index.types import Article

MAX_LINE_BYTES = 20_000_000  # ten times the longest text that is taken, for pages in HTML
DIGEST_CHARS = 16  # 64 bits: no two texts of one file share them

_CHUNK_BYTES = 1_000_000
_METADATA = ("url", "title", "publisher", "author", "published_at")
_BODIES = ("text", "html")  # the first that is not blank counts


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Line numbers from 1 and the lines that are not blank; None stands for a line over 20 MB, which is not kept."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            while not line.endswith(b"\n") and (line := file.readline(_CHUNK_BYTES)):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def read_row(line: bytes | None, origin: Origin) -> Article:
    """The article on one line: `text` (or `html`), and url, title, publisher, author, published_at where given.

    `text` is kept character for character. An article without a url gets one from its file and the digest of its
    text: a line number would move with every line added above it. Raises Unreadable with the reason.
    """
    if line is None:
        raise Unreadable(f"is longer than {MAX_LINE_BYTES:,} bytes")
    row = _parse(line)
    date = row["published_at"]
    article = _article(row, origin)
    return checked(
        replace(
            article,
            url=row["url"] or article.url,
            title=row["title"] or article.title,
            publisher=row["publisher"] or article.publisher,
            author=row["author"] or article.author,
            published_at=parse_date(date, now=origin.now) if date else article.published_at,
        )
    )


def _parse(line: bytes) -> dict[str, str | None]:
    """The keys that are read; metadata on one line, None for what is blank or absent."""
    try:
        found = json.loads(decode(line))
    except JSONDecodeError as error:
        raise Unreadable(f"is not JSON ({error.msg.lower()} at column {error.colno:,})") from None
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON that can be read (a number or a nesting without end)") from None
    if not isinstance(found, dict):
        raise Unreadable('is not a JSON object such as {"url": …, "title": …, "text": …}')
    return {key: one_line(_string(found, key)) for key in _METADATA} | {key: _string(found, key) for key in _BODIES}


def _string(row: dict[str, object], key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise Unreadable(f"has a {key} that is not a string")
    return value


def _article(row: dict[str, str | None], origin: Origin) -> Article:
    """The article as its body alone tells it."""
    body = next((value for key in _BODIES if (value := row[key]) and not value.isspace()), None)
    if body is None:
        raise Unreadable("has no text")
    digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARS]
    named = replace(origin, uri=f"{origin.uri}#{digest}")
    return read_page(body, named) if body is not row["text"] else _plain(body, named)


def _plain(text: str, origin: Origin) -> Article:
    check_length("text", text, MAX_TEXT_CHARS)  # the rest is checked with the metadata of the row
    title, headings = title_from(text), find_headings(text)
    return Article(url=origin.uri, title=title, text=text, collection=origin.collection, headings=headings)
