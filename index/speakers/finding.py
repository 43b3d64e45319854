"""Who says a quote, read from the text alone. Where there is doubt, nobody: a wrong name is the worst error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.speakers.attribution import speaker_of_quotation
from index.speakers.clauses import Token, paragraph_around, paragraph_before, tokens_of
from index.speakers.mentions import Mention
from index.speakers.naming import name_of
from index.speakers.reported import sentences_of, speaker_of_sentence

Speech = Literal["direct", "partial", "indirect"]

CONTINUED = 12  # paragraphs at most that one speaker's quotation goes on for


@dataclass(frozen=True, slots=True)
class _Scene:
    """The paragraph around a quote: tokens `first` up to `last` (one past the end) are the quote's."""

    tokens: Sequence[Token]
    first: int
    last: int

    @property
    def quote(self) -> Sequence[Token]:
        return self.tokens[self.first : self.last]

    @property
    def words(self) -> bool:
        """Whether any word of the quote stands outside quotation marks."""
        return any(token.kind == "word" for token in self.quote)


def find_speaker(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range of `text` that tells who says `text[start:end]`, as the text words it there; None when not certain.

    That is a name without its title ("Dmitry Peskov"), a description ("a police spokesman") or, for "he added", the
    pronoun; `name_speaker` says who that is. The quote may be a quotation, part of one, or whole sentences.
    """
    found = _find(text, start, end)
    return (found.start, found.end) if found else None


def name_speaker(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The range of `text` that names who says `text[start:end]`, fit to be shown beside it; None when not certain.

    A pronoun is followed back to the last speaker named in the same passage, a surname to the full name where the
    text gives it first and gives no other of that surname.
    """
    found = find_speaker(text, start, end)
    return name_of(text, *found) if found else None


def kind_of_speech(text: str, start: int, end: int) -> Speech | None:
    """How `text[start:end]` is said: within quotation marks, reported with some words quoted, or reported without.

    "“...,” Lee said" is direct: beyond the quotation it only tells who speaks. None: it is nobody's speech.
    """
    scene = _read(text, start, end)
    quoted = [token for token in scene.quote if token.kind == "quotation"]
    if quoted and not scene.words:
        return "direct"
    if _find(text, start, end) is None:
        return None
    if not quoted:
        return "indirect"
    at = scene.first + scene.quote.index(quoted[0])
    opens = at == scene.first or scene.tokens[at - 1].kind in ("comma", "colon")
    return "direct" if opens and quoted[0].text[1:2].isupper() else "partial"


def _find(text: str, start: int, end: int) -> Mention | None:
    scene = _read(text, start, end)
    if not scene.quote:
        return None
    if not scene.words:
        return _find_quoted(text, scene)
    found = [
        speaker_of_sentence(scene.tokens, *sentence) for sentence in sentences_of(scene.tokens, scene.first, scene.last)
    ]
    return _the_same(text, found)


def _the_same(text: str, found: Sequence[Mention | None]) -> Mention | None:
    """The one speaker of several sentences, if each has one and it is the same."""
    wordings = {text[mention.start : mention.end] if mention else None for mention in found}
    return found[0] if len(wordings) == 1 else None


def _find_quoted(text: str, scene: _Scene) -> Mention | None:
    quoted = [i for i in range(scene.first, scene.last) if scene.tokens[i].kind == "quotation"]
    if not quoted:
        return None
    found = speaker_of_quotation(scene.tokens, quoted[0], quoted[-1])
    return found or (_find_continued(text, scene.tokens[0].start, CONTINUED) if quoted[0] == 0 else None)


def _find_continued(text: str, start: int, left: int) -> Mention | None:
    """Who says the quotation that the paragraph before leaves open: the next one goes on with it."""
    before = paragraph_before(text, start)
    tokens = tokens_of(text, *before) if before and left else []
    if not tokens or tokens[-1].kind != "quotation" or tokens[-1].text[-1:] in '”"':
        return None
    last = len(tokens) - 1
    return speaker_of_quotation(tokens, last, last) or (
        _find_continued(text, tokens[0].start, left - 1) if last == 0 else None
    )


def _read(text: str, start: int, end: int) -> _Scene:
    opened, closed = paragraph_around(text, start)
    closed = max(closed, paragraph_around(text, max(start, end - 1))[1])
    before = paragraph_before(text, opened)
    if before and text[before[1] - 1] == ":" and not text[opened:start].strip():
        opened = before[0]
    tokens = tokens_of(text, opened, closed)
    held = [i for i, token in enumerate(tokens) if token.start < end and token.end > start]
    return _Scene(tokens, held[0], held[-1] + 1) if held else _Scene(tokens, 0, 0)
