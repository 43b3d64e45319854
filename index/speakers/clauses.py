"""A paragraph as words, marks and quotations, each quotation as one token: what its grammar is read on."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["word", "stop", "comma", "colon", "dash", "open", "close", "quotation"]

LONGEST_PARAGRAPH = 8_000  # characters read to either side of a quotation; longer lines are not prose

_TOKEN = re.compile(
    r"(?P<aside>\([^()\n“”\"]{1,40}\))"  # "(D-Nev.)": never part of the grammar
    r"|(?P<word>(?:(?:[A-Z]\.){2,}+|\b[A-Z]\.(?=\s?[A-Z])|\b[DRI]-[A-Z][a-z]{1,5}\."
    r"|\b(?:Mr|Mrs|Ms|Mx|Dr|Sens?|Reps?|Govs?|Gen|Lt|Col|Sgt|Capt|Cmdr|Adm|Maj|Rev|Prof|Hon|St|Jr|Sr|Pres|Sec|vs|No"
    r"|Jan|Feb|Aug|Sept|Oct|Nov|Dec|Inc|Corp|Co|Ltd|Ariz|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich"
    r"|Minn|Miss|Mo|Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)\."
    r"|[@#$£€]?\w++(?:[-’'&/]\w++|[.,](?=\d)\w++|\.(?=[a-z]{2,4}\b)\w++)*+)(?:[’'](?=\s))?)"
    r"|(?P<stop>[.!?…]+)|(?P<comma>,)|(?P<colon>[:;])|(?P<dash>[—–]|-+)|(?P<open>[(\[])|(?P<close>[)\]])"
)


class Token(NamedTuple):
    """A word, a mark or a whole quotation: `text[start:end]`."""

    kind: Kind
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """In lower case, without the full stop of an abbreviation."""
        return self.text.lower().rstrip(".")

    @property
    def capital(self) -> bool:
        """Whether it can be part of a name."""
        return self.kind == "word" and (self.text[0].isupper() or self.text[0] == "@")

    @property
    def possessive(self) -> bool:
        """Whether it is somebody's: "Merkel’s", "voters’"."""
        return self.text.endswith(("’s", "'s", "’", "'"))


def paragraph_around(text: str, at: int) -> tuple[int, int]:
    """The line that holds the character, cut where it is longer than any paragraph of prose."""
    start = text.rfind("\n", max(0, at - LONGEST_PARAGRAPH), at) + 1 or max(0, at - LONGEST_PARAGRAPH)
    end = text.find("\n", at, at + LONGEST_PARAGRAPH)
    return start, end if end >= 0 else min(len(text), at + LONGEST_PARAGRAPH)


def paragraph_before(text: str, start: int) -> tuple[int, int] | None:
    """The last line with anything on it before the paragraph that begins at `start`."""
    end = len(text[max(0, start - LONGEST_PARAGRAPH) : start].rstrip()) + max(0, start - LONGEST_PARAGRAPH)
    return paragraph_around(text, end - 1) if start and end else None


def quotations(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches in double quotation marks, marks included; one that is still open ends with the paragraph."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for mark in re.compile('[“”"]').finditer(text, start, end):
        if opened is None and mark.group() != "”":
            opened = mark.start()
        elif opened is not None and mark.group() != "“":
            found.append((opened, mark.end()))
            opened = None
    return [*found, (opened, end)] if opened is not None else found


def tokens_of(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a paragraph, in order."""
    return list(_tokens(text, start, end))


def _tokens(text: str, start: int, end: int) -> Iterator[Token]:
    for opened, closed in quotations(text, start, end):
        yield from _plain(text, start, opened)
        yield Token("quotation", text[opened:closed], opened, closed)
        start = closed
    yield from _plain(text, start, end)


def _plain(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        if match.lastgroup != "aside":
            yield Token(match.lastgroup, match.group(), *match.span())  # type: ignore[arg-type]  # the groups are the kinds
