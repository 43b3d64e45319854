"""Paragraphs of a plain text file, whether each is one line or broken into lines of equal width."""

import re
from collections.abc import Sequence
from itertools import pairwise

MAX_WRAP_COLUMNS = 100  # programs that break lines do it at 64 to 80, seldom at 100
MIN_WRAP_COLUMNS = 40
MIN_WRAPS = 3  # fewer breaks may be chance
WRAPPED_SHARE = 0.6  # of the breaks inside blocks; verse and addresses have less

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]+")
_SPACES = re.compile(r"[ \t\u00a0\u2028\u2029\x0b\x0c]+")


def paragraphs(text: str) -> list[str]:
    """The paragraphs in order, each on one line, spaces inside made single; blank ones are left out."""
    blocks = _blocks(text.replace("\r\n", "\n").replace("\r", "\n"))
    width = _wrap_width(blocks)
    return [line for block in blocks for line in (_joined(block, width) if width else block)]


def _blocks(text: str) -> list[list[str]]:
    """Runs of lines without a blank one between them."""
    blocks: list[list[str]] = [[]]
    for raw in text.split("\n"):
        line = _SPACES.sub(" ", _CONTROL.sub(" ", raw)).strip()
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _wrap_width(blocks: Sequence[Sequence[str]]) -> int | None:
    """The width that the text was broken to; None where its lines are paragraphs."""
    width = max((len(line) for block in blocks for line in block), default=0)
    if not MIN_WRAP_COLUMNS <= width <= MAX_WRAP_COLUMNS:
        return None
    breaks = [_is_wrap(one, other, width) for block in blocks for one, other in pairwise(block)]
    return width if sum(breaks) >= max(MIN_WRAPS, WRAPPED_SHARE * len(breaks)) else None


def _is_wrap(line: str, following: str, width: int) -> bool:
    """A line was broken here by a program where the next word would not have fitted any more."""
    return len(line) + 1 + len(following.split(" ", 1)[0]) > width


def _joined(block: Sequence[str], width: int) -> list[str]:
    lines = [block[0]]
    for one, other in pairwise(block):
        if _is_wrap(one, other, width):
            lines[-1] += f" {other}"
        else:
            lines.append(other)
    return lines
