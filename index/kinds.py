"""The kind of thing that a question asks for (who, when, where, how many, why), and where a sentence holds one."""

import re
from collections.abc import Iterator

from index.words import stem, stems

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)"
)
_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_CAPITALISED = r"(?:(?:St|Mt|Ft|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen)\. )?[A-Z](?:[\w-]|[’'](?=[A-Z]))++"
_COUNT = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|twenty|thirty"
    "|forty|fifty|dozens?|hundreds?|thousands?|half|twice)"
)

# A sentence's first word is a capitalised one whatever it is: a name there needs a second word.
_NAME = re.compile(
    rf"(?:(?<![.!?“\"] )(?<!^)(?<![\w“\"]){_CAPITALISED}(?: {_CAPITALISED})*+"
    rf"|^[“\"]?{_CAPITALISED}(?: {_CAPITALISED})++)(?![’'])"  # a possessive is not the one who acts
)
_DATE = re.compile(
    rf"\b(?:{_DAY}, )?{_MONTH} \d{{1,2}}(?:, {_YEAR})?\b|\b\d{{1,2}} {_MONTH}(?: {_YEAR})?|\b{_MONTH}(?: {_YEAR})?"
    rf"|\b{_DAY}\b|\b{_YEAR}s?\b|\b\d{{1,2}}(?::\d\d)? [ap]\.m\.|\b(?:yesterday|today|tonight|tomorrow)\b"
)
_PLACE = re.compile(
    rf"\b(?:in|at|near|from|to|outside|across|of)(?: the)? (?P<short>{_CAPITALISED}(?:,? {_CAPITALISED})*)"
)
_NUMBER = re.compile(
    rf"(?:[$€£]\s?)?\d[\d,]*(?:\.\d+)?%?(?: (?:million|billion|trillion|percent|per cent))?|\b{_COUNT}\b", re.IGNORECASE
)
_REASON = re.compile(
    r"\b(?:because|since|due to|after|so that|in order to|amid|citing|blam\w+|caus\w+|reason\w*|to avoid|as a result)\b"
)
_KINDS = (
    (re.compile(r"\b(?:who|whom|whose)\b"), _NAME),
    (re.compile(r"\b(?:when|(?:what|which) (?:day|date|year|month|time))\b"), _DATE),
    (re.compile(r"\b(?:where|(?:what|which) (?:country|city|state|town|place|nation|county|island))\b"), _PLACE),
    (
        re.compile(r"\bhow (?:many|much|long|old|far|tall|big|large|high|fast)\b|\bwhat (?:percentage|number|age)\b"),
        _NUMBER,
    ),
    (re.compile(r"^why\b|\bwhat (?:caused|led)\b"), _REASON),
)


def holds_kind(question: str, sentence: str) -> float:
    """1 when the sentence holds the kind of thing asked for that the question does not hold itself, 0 when not.

    A question that asks for no particular kind gives 0.5 for every sentence.
    """
    kind = _kind_of(question)
    if kind is None:
        return 0.5
    return float(any(True for _ in _new(kind, question, sentence)))


def find_short(question: str, sentence: str) -> str | None:
    """The slice of the sentence that is the kind of thing asked for and stands nearest to the question's own words."""
    kind, asked = _kind_of(question), stems(question)
    if kind in (None, _REASON):  # a reason is a whole sentence: it has no short form
        return None
    shared = [w.start() for w in re.finditer(r"[^\W_]+", sentence) if stem(w.group().lower()) in asked]
    nearest = min(
        _new(kind, question, sentence),
        key=lambda found: min((abs(found.end() - at) for at in shared), default=0),
        default=None,
    )
    if nearest is None:
        return None
    return nearest["short"] if "short" in nearest.re.groupindex else nearest.group().strip('“"')


def _kind_of(question: str) -> re.Pattern[str] | None:
    return next((kind for asks, kind in _KINDS if asks.search(question.lower())), None)


def _new(kind: re.Pattern[str] | None, question: str, sentence: str) -> Iterator[re.Match[str]]:
    """What of this kind the sentence holds beyond the question's own words."""
    asked = stems(question)
    return (
        found for found in (kind.finditer(sentence) if kind else ()) if kind is _REASON or stems(found.group()) - asked
    )
