"""Articles that correct themselves or others, and which claims a correction overrules."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from index.articles.dates import find_date
from index.corroboration.claims import Claim, Reported
from index.corroboration.sameness import differ, holds
from index.types import Article
from index.words import stems

NEAR_ENDS = 800  # characters from the start or the end of the text where a correction is noted
SAME_STORY = timedelta(days=14)
CREDIBLE = 0.3  # of the overruled claim's probability that the correction's own must have
SHARED_STEMS = 2  # that a note has in common with a quote it concerns
BARE_NOTE_STEMS = 2  # a note with fewer words of its own does not say what was wrong

_STORY = r"(?:story|stories|article|column|headlines?|caption|op-ed)"
_THIS_STORY = rf"\b(?:(?:this|the|our|an?) (?:[\w’'-]+ ){{0,3}}?{_STORY}|this (?:report|piece|post|graphic|video))\b"
_NOT_REPRINTED = r"(?! (?:was |were )?(?:originally |first )?(?:publish|appear|ran))"
_CHANGED = r"[^.\n]{0,60}?\b(?:ha(?:s|ve)|was|were) (?:also |since )?(?:been )?"
_ON_DATE = r"(?:on |of )?(?:[a-z]{3,9}\.? \d{1,2}(?:, \d{4})?|\d{1,2} [a-z]{3,9}\.?(?: \d{4})?|\d+[./-]\d+[./-]\d+)"
_HEADING = rf"(?:correction|clarification)s?(?: (?:&|and) (?:clarification|update)s?)?(?:,? \(?{_ON_DATE}\)?)?"
_TITLE = re.compile(
    rf"^\W*{_HEADING}\s*(?:[:–—|]|\s-\s|\bto\b|\barchive\b|$)|^\W*correct(?:ed|s)\s*[:–—|-]"
    r"|[(\[](?:correction|corrected|clarification)s?[)\]]"
    rf"|\bcorrects (?:[\w’']+ ){{0,3}}(?:{_STORY}|figures?|tolls?|date|names?|age|spelling)\b"
    rf"|\b(?:earlier|previous) version of {_THIS_STORY}",
    re.IGNORECASE,
)
_NOTES = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"^[^\w\n]*(?:editor[’']s note\W+)?{_HEADING}\s*(?:[:–—]|\s-\s)",
        rf"\b(?:earlier|previous|prior) versions? of {_THIS_STORY}{_NOT_REPRINTED}",
        rf"{_THIS_STORY}{_CHANGED}(?:corrected|amended)\b",
        rf"(?:{_THIS_STORY}|\bit){_CHANGED}updated\b[^.\n]{{0,30}} to (?:correct|clarify|fix)",
        rf"{_THIS_STORY} corrects\b|^[^\w\n]*\(corrects\b|\ba correction was made on\b",
    )
)
_FORMULA = re.compile(  # what such notes say whatever was wrong
    rf"\b(?:{_STORY}|editor|note|correct\w*|clarif\w+|updated|amended|incorrectly|stated|said|misstated|error)\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?i:\b(?:corrections?|clarifications?|corrected|amended|updated|made)\b[\s,(]*(?:on\s)?)"
    r"(?P<date>[\w.]{1,9} [\w.]{1,9},? \d{4}|\d{4}-\d\d-\d\d)"
)
_WRONG = re.compile(
    r"(?i)\b(?:earlier|previous|prior) version|\b(?:incorrectly|mistakenly|wrongly|misstated|erroneously)\b"
)


@dataclass(frozen=True, slots=True)
class Note:
    """The notice of a correction: the title of an article, or lines of its text, verbatim."""

    text: str
    in_title: bool
    noted_at: datetime | None  # its own date, where it has one
    mark: int = 0  # where in `text` it says that it is one


def overrules(correction: Reported, other: Reported) -> bool:
    """Whether a claim of `correction` corrects what `other` says, later than every claim of it."""
    return any(_corrects(claim, other) for claim in correction.claims)


def _corrects(claim: Claim, other: Reported) -> bool:
    note = find_note(claim.article)
    if note is None or not differ(claim.answer, other.claims[0].answer) or _is_called_wrong(claim):
        return False
    if claim.probability < CREDIBLE * other.claims[0].probability:
        return False
    made_at = max((date for date in (note.noted_at, claim.article.published_at) if date), default=None)
    before = [rival.article.published_at for rival in other.claims]
    if made_at is None or any(date is None or date >= made_at for date in before):
        return False
    if holds(note.text, other.claims[0].answer, beside=claim.answer):
        return True
    is_fresh = any(date and made_at - date <= SAME_STORY for date in before)
    return is_fresh and _concerns(note, claim)


def _concerns(note: Note, claim: Claim) -> bool:
    """Whether the note is about this claim: most notes mend the spelling of a name or a caption."""
    own = stems(_without_formula(note.text))
    if note.in_title or len(own) < BARE_NOTE_STEMS or holds(note.text, claim.answer, beside=""):
        return True
    return len(own & stems(claim.text)) >= SHARED_STEMS


def _without_formula(note: str) -> str:
    for pattern in (*_NOTES, _FORMULA):
        note = pattern.sub(" ", note)
    return note


def _is_called_wrong(claim: Claim) -> bool:
    """Whether the answer is what the quote says was wrong: "An earlier version said 12 people died", "not 12"."""
    answer = re.escape(claim.answer)
    if re.search(rf"(?i)\b(?:not|instead of|rather than)\s+(?:the\s+)?{answer}", claim.text):
        return True
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", claim.text) if claim.answer in part]
    return bool(sentences) and all(_WRONG.search(sentence) for sentence in sentences)


@lru_cache(maxsize=64)
def find_note(article: Article) -> Note | None:
    """What the article says of its having been corrected, in its title or near the start or the end of its text."""
    if _TITLE.search(article.title):
        return Note(article.title, in_title=True, noted_at=None)
    text = article.text
    ends = ((0, min(NEAR_ENDS, len(text))), (max(0, len(text) - NEAR_ENDS), len(text)))
    for start, end in ends:
        found = [match.start() for pattern in _NOTES if (match := pattern.search(text, start, end))]
        if found:
            return _note_at(text, min(found), max(found))
    return None


def _note_at(text: str, first: int, last: int) -> Note:
    """The lines from the first to the last mark of a correction."""
    start = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last + 1)
    note = text[start : end if end >= 0 else len(text)]
    dated = _DATED.search(note)
    return Note(note, in_title=False, noted_at=find_date(dated["date"]) if dated else None, mark=first - start)
