"""Files and folders to articles: what is opened at all, how much of it is read, and by which reader."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from index.articles.decoding import SAMPLE_BYTES, decode, decode_page, is_binary
from index.articles.jsonl import read_lines, read_row
from index.articles.markdown import read_markdown
from index.articles.pasted import read_pasted
from index.articles.rules import Origin, Unreadable
from index.articles.walking import LINES_SUFFIX, MARKDOWN_SUFFIXES, PAGE_SUFFIXES, find_files, shown
from index.articles.webpage import read_page
from index.types import PUBLIC, Article, Rejection

MAX_FILE_BYTES = 50_000_000  # of a file with one article: a saved page with its pictures inside; JSONL is streamed

_Reader = Callable[[str, Origin], Article]


def read_sources(
    sources: Sequence[str], *, collection: str = PUBLIC, now: datetime | None = None
) -> Iterator[Article | Rejection]:
    """Every article in the files and folders named, in a fixed order, and a rejection for each that is none.

    Lazy: one file, or one line of a JSONL file, is in memory at a time. Nothing is raised for a source, whatever is
    in it. `now` (aware; the clock's, if left out) tells which publication dates lie in the future.
    """
    moment = now or datetime.now(UTC)
    for source in sources:
        for found in find_files(source):
            if isinstance(found, Rejection):
                yield found
            else:
                yield from _read_file(found, Origin(found.resolve().as_uri(), collection, moment))


def count_sources(sources: Sequence[str]) -> int:
    """How many articles `read_sources` is going to try: files, and lines of JSONL files. Reads the latter through."""
    files = [found for source in sources for found in find_files(source) if isinstance(found, Path)]
    return sum(_count_lines(file) if file.suffix.lower() == LINES_SUFFIX else 1 for file in files)


def _read_file(file: Path, origin: Origin) -> Iterator[Article | Rejection]:
    try:
        if file.suffix.lower() == LINES_SUFFIX:
            yield from _read_rows(file, origin)
        else:
            yield _read_single(file, origin)
    except Unreadable as reason:
        yield Rejection(shown(file), str(reason))
    except OSError as error:
        yield Rejection(shown(file), f"cannot be read: {(error.strerror or str(error)).lower()}")


def _read_single(file: Path, origin: Origin) -> Article:
    """The one article of a file. Raises Unreadable or OSError."""
    with file.open("rb") as stream:
        data = b"" if file.stat().st_size > MAX_FILE_BYTES else stream.read(MAX_FILE_BYTES + 1)
        if file.stat().st_size > MAX_FILE_BYTES or len(data) > MAX_FILE_BYTES:
            raise Unreadable(
                f"is {file.stat().st_size / 1e6:,.0f} MB large; {MAX_FILE_BYTES / 1e6:,.0f} MB is the limit"
            )
    suffix = file.suffix.lower()
    if suffix in PAGE_SUFFIXES:
        return read_page(decode_page(data), origin)
    return (read_markdown if suffix in MARKDOWN_SUFFIXES else read_pasted)(decode(data), origin)


def _read_rows(file: Path, origin: Origin) -> Iterator[Article | Rejection]:
    """The articles of a JSONL file; a line that is none is rejected by its number and the others go on."""
    empty = True
    with file.open("rb") as stream:
        if is_binary(stream.peek(SAMPLE_BYTES)):
            raise Unreadable("is a binary file, not JSON lines in UTF-8")
        for number, line in read_lines(stream):
            empty = False
            try:
                yield read_row(line, origin)
            except Unreadable as reason:
                yield Rejection(f"{shown(file)}:{number}", str(reason))
    if empty:
        raise Unreadable("is empty")


def _count_lines(file: Path) -> int:
    try:
        with file.open("rb") as stream:
            return sum(1 for _ in read_lines(stream))
    except OSError:
        return 1
