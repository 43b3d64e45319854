"""Markdown files, with YAML front matter or without."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.articles.blocks import Block, join_blocks
from index.articles.dates import parse_date
from index.articles.lines import ends_sentence, is_paragraph
from index.articles.rules import MAX_TEXT_CHARS, Origin, Unreadable, check_length, checked, one_line, title_from
from index.types import Article

MAX_FRONT_MATTER_CHARS = 100_000  # a page of metadata; YAML takes minutes for megabytes
_KEYS = ("title", "url", "publisher", "author", "published_at", "date")
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_UNSEEN = re.compile(  # each part also takes what is never closed, so that nothing is scanned twice
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|</?[a-z][^<>]*>?", re.DOTALL | re.IGNORECASE
)
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph or heading of the file; level 0 is a paragraph, 1 the heading with one mark."""

    text: str
    level: int = 0


def read_markdown(text: str, origin: Origin) -> Article:
    """The article in a Markdown file, its marks gone and the text of its links kept.

    Front matter may give title, url, publisher, author and published_at (or date). Without a title there, the first
    heading is the title if it is a `# Heading`. Raises Unreadable for front matter that is not YAML and for a text
    without an article.
    """
    check_length("text", text, MAX_TEXT_CHARS)  # before work that grows with it
    meta, body = _split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    heading, pieces = _split_title(list(_pieces(body)), meta.get("title"))
    article_text, headings = join_blocks(Block(piece.text, is_heading=piece.level > 0) for piece in pieces)
    date = meta.get("published_at") or meta.get("date")
    return checked(
        Article(
            url=meta.get("url") or origin.uri,
            title=meta.get("title") or heading or title_from(article_text),
            text=article_text,
            publisher=meta.get("publisher"),
            author=meta.get("author"),
            published_at=parse_date(date, now=origin.now) if date else None,
            headings=headings,
            collection=origin.collection,
        )
    )


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Metadata and the rest. Lines between two rules that hold no `key: value` are text, not front matter."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    check_length("front matter", match[1], MAX_FRONT_MATTER_CHARS)
    try:
        found = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506 - builds strings, lists and dicts only
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unreadable("its front matter is not YAML") from None
    if not isinstance(found, dict):
        return {}, text
    return _known_keys(found), text[match.end() :]


def _known_keys(found: dict[object, object]) -> dict[str, str]:
    """The keys that are read, each on one line; blank ones are left out."""
    known: dict[str, str] = {}
    for key in _KEYS:
        value = found.get(key, "")
        if not isinstance(value, str):
            raise Unreadable(f"its front matter has a {key} that is not a line of text")
        if line := one_line(value):
            known[key] = line
    return known


def _split_title(pieces: list[_Piece], title: str | None) -> tuple[str | None, list[_Piece]]:
    """The `# Heading` at the top, taken off the text where it is the title or says the same."""
    first = pieces[0] if pieces else None
    if first and first.level == 1 and (title is None or title.casefold() == first.text.casefold()):
        return first.text, pieces[1:]
    return None, pieces


def _pieces(text: str) -> Iterator[_Piece]:
    """Paragraphs, headings, list items, code and table rows, in order, each on one line."""
    level = 0
    row: list[str] | None = None
    for token in _PARSER.parse(text):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield from _piece(" | ".join(row or ()), 0)
            row = None
        elif row is not None and token.type == "inline":
            row.append(_plain(token.children or ()))
        elif token.type == "inline":
            yield from _piece(_plain(token.children or ()), level)
            level = 0
        elif token.type in ("fence", "code_block"):
            yield from _piece(token.content, 0)
        elif token.type == "html_block":
            yield from _piece(unescape(_UNSEEN.sub(" ", token.content)), 0)


def _piece(text: str, level: int) -> Iterator[_Piece]:
    """The text as a piece, if there is any. Sentences over a line of dashes are no heading."""
    if line := one_line(text):
        yield _Piece(line, 0 if is_paragraph(line) and ends_sentence(line) and not line.endswith("?") else level)


def _plain(children: Sequence[Token]) -> str:
    """What a reader sees of a paragraph: no marks, no images, no raw tags."""
    return "".join(
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in children
        if child.type in ("text", "code_inline", "softbreak", "hardbreak")
    )
