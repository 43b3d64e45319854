"""Paragraphs and headings put together into the text of an article."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.types import Span

BETWEEN = "\n\n"  # a blank line: what the passages know a paragraph's end by


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or heading, on one line."""

    text: str
    is_heading: bool = False


def join_blocks(blocks: Iterable[Block]) -> tuple[str, tuple[Span, ...]]:
    """The text, and the spans of its headings: `text[span.start:span.end]` is the heading's whole line."""
    parts: list[str] = []
    headings: list[Span] = []
    position = 0
    for block in blocks:
        if block.is_heading:
            headings.append(Span(position, position + len(block.text)))
        parts.append(block.text)
        position += len(block.text) + len(BETWEEN)
    return BETWEEN.join(parts), tuple(headings)
