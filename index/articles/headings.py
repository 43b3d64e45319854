"""Section headings in plain text, where nothing but the look of a line tells them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.lines import SHORT_WORDS, ends_sentence, is_dateline, is_paragraph
from index.furniture import is_furniture
from index.types import Span

_LIST_ITEM = re.compile(r"[-–—•*>·○▪■●✔|+]|\(?[a-z][).] ")
_QUESTION = re.compile(
    r"(?:who|what|when|where|why|which|whose|how|is|are|was|were|will|would|can|could|do|does|did|has|have|should|so)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    isolated: bool  # blank lines around it, in a text that has blank lines at all


def find_headings(text: str) -> tuple[Span, ...]:
    """Spans of the lines that are headings, in order; each is a whole line without the spaces at its ends.

    A heading is a short line that stands alone between paragraphs and does not end as a sentence does; a question
    that stands alone above its answer is one too. Short lines in a row are a list, and lists hold answers: none of
    them is a heading. Links to other stories and picture credits ("Related: …", "(Image credit: …)") can't be taken
    out of a text whose offsets are promised, so they are reported as headings: nothing glues them to a sentence,
    nothing quotes them.
    """
    lines = _lines(text)
    furniture = [is_furniture(line.text) for line in lines]
    story = [line for line, other in zip(lines, furniture, strict=True) if not other]
    found = [line for line, other in zip(lines, furniture, strict=True) if other]
    found += [line for index, line in enumerate(story) if _is_heading(story, index)]
    return tuple(sorted((Span(x.start, x.start + len(x.text)) for x in found), key=lambda span: span.start))


def with_plain_headings(text: str, marked: Sequence[Span]) -> tuple[Span, ...]:
    """The headings that the source marks as such, and those that only look like one (a bold line, in a web page)."""
    return tuple(sorted({*marked, *find_headings(text)}, key=lambda span: span.start))


def _lines(text: str) -> list[_Line]:
    has_blanks = re.search(r"\n\s*\n", text) is not None
    raw = text.split("\n")
    lines: list[_Line] = []
    position = 0
    for index, line in enumerate(raw):
        if stripped := line.strip():
            before = index == 0 or not raw[index - 1].strip()
            after = index + 1 == len(raw) or not raw[index + 1].strip()
            lines.append(_Line(stripped, position + line.index(stripped), not has_blanks or (before and after)))
        position += len(line) + 1
    return lines


def _is_heading(story: list[_Line], index: int) -> bool:
    line = story[index]
    follows = index + 1 < len(story) and is_paragraph(story[index + 1].text)
    after_prose = index == 0 or not _is_short(story[index - 1].text)
    return line.isolated and follows and after_prose and _looks_like_heading(line.text)


def _is_short(line: str) -> bool:
    return not is_paragraph(line) and not is_dateline(line)


def _looks_like_heading(line: str) -> bool:
    words = line.split()
    first = line.lstrip("“‘\"'(¿")[:1]
    if len(words) > SHORT_WORDS or not (first.isupper() or first.isdigit()) or _LIST_ITEM.match(line):
        return False
    if ends_sentence(line):
        return line.endswith("?") and _QUESTION.match(line) is not None
    return not _is_fact(line) and not line.endswith((":", ",", ";", "—", "–", "-")) and any(map(str.isalpha, line))


def _is_fact(line: str) -> bool:
    """A label and a value, such as "Final: Oklahoma 85, Portland 63" or "Rookie of the year: Luis Gil": an answer."""
    values = line.partition(": ")[2].split()
    return any(map(str.isdigit, "".join(values))) or len(values) == 1 or bool(values and all(map(_capital, values)))


def _capital(word: str) -> bool:
    return word[0].isupper()
