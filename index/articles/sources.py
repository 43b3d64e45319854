"""Files, folders and web addresses to articles: what is opened at all, how much is read, and by which reader."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from index.articles.decoding import SAMPLE_BYTES, decode, decode_page, is_binary
from index.articles.discovery import read_web
from index.articles.fetching import Fetcher, FetchRules, is_web_address
from index.articles.jsonl import read_lines, read_row
from index.articles.markdown import read_markdown
from index.articles.pasted import read_pasted
from index.articles.rules import Origin, Unreadable
from index.articles.walking import LINES_SUFFIX, MARKDOWN_SUFFIXES, PAGE_SUFFIXES, find_files, shown
from index.articles.webpage import read_page
from index.types import PUBLIC, Article, Rejection

MAX_FILE_BYTES = 50_000_000  # of a file with one article: a saved page with its pictures inside; JSONL is streamed

NO_WEB = FetchRules()  # no host is allowed


def read_sources(
    sources: Sequence[str], *, collection: str = PUBLIC, now: datetime | None = None, web: FetchRules = NO_WEB
) -> Iterator[Article | Rejection]:
    """Every article in the files, folders, web pages and feeds named, in a fixed order; a rejection for what is none.

    Lazy: one file, page or line of a JSONL file is in memory at a time. Nothing is raised for a source, whatever is
    in it. `now` (aware; the clock's, if left out) tells which publication dates lie in the future. `web` says which
    pages are fetched: none, if left out.
    """
    moment = now or datetime.now(UTC)
    fetcher = Fetcher(web)
    for source in sources:
        if is_web_address(source):
            yield from read_web(source, fetcher, collection=collection, now=moment)
            continue
        for found in find_files(source):
            if isinstance(found, Rejection):
                yield found
            else:
                yield from _read_file(found, Origin(found.resolve().as_uri(), collection, moment))


def count_sources(sources: Sequence[str]) -> int:
    """How many articles `read_sources` is going to try in files and folders: files, lines of JSONL files.

    Reads these through.
    """
    files = [found for source in sources for found in find_files(source) if isinstance(found, Path)]
    return sum(_count_lines(file) if file.suffix.lower() == LINES_SUFFIX else 1 for file in files)


def read_single(data: bytes, suffix: str, origin: Origin) -> Article:
    """The one article in the bytes of a file, read as its suffix says. Raises Unreadable where there is none."""
    if suffix in PAGE_SUFFIXES:
        return read_page(decode_page(data), origin)
    return (read_markdown if suffix in MARKDOWN_SUFFIXES else read_pasted)(decode(data), origin)


def read_rows(stream: BufferedReader, name: str, origin: Origin) -> Iterator[Article | Rejection]:
    """The articles in JSON lines; a line that is none is rejected by name and number, and the others go on."""
    empty = True
    if is_binary(stream.peek(SAMPLE_BYTES)):
        raise Unreadable("is a binary file, not JSON lines in UTF-8")
    for number, line in read_lines(stream):
        empty = False
        try:
            yield read_row(line, origin)
        except Unreadable as reason:
            yield Rejection(f"{name}:{number}", str(reason))
    if empty:
        raise Unreadable("is empty")


def _read_file(file: Path, origin: Origin) -> Iterator[Article | Rejection]:
    try:
        if file.suffix.lower() == LINES_SUFFIX:
            with file.open("rb") as stream:
                yield from read_rows(stream, shown(file), origin)
        else:
            yield read_single(_bytes_of(file), file.suffix.lower(), origin)
    except Unreadable as reason:
        yield Rejection(shown(file), str(reason))
    except OSError as error:
        yield Rejection(shown(file), f"cannot be read: {(error.strerror or str(error)).lower()}")


def _bytes_of(file: Path) -> bytes:
    """All of a file with one article. Raises Unreadable or OSError."""
    with file.open("rb") as stream:
        data = b"" if file.stat().st_size > MAX_FILE_BYTES else stream.read(MAX_FILE_BYTES + 1)
        if file.stat().st_size > MAX_FILE_BYTES or len(data) > MAX_FILE_BYTES:
            raise Unreadable(
                f"is {file.stat().st_size / 1e6:,.0f} MB large; {MAX_FILE_BYTES / 1e6:,.0f} MB is the limit"
            )
    return data


def _count_lines(file: Path) -> int:
    try:
        with file.open("rb") as stream:
            return sum(1 for _ in read_lines(stream))
    except OSError:
        return 1
