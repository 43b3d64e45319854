"""The kind of thing that a question asks for (who, when, where, how many, why), and where a sentence holds one."""

import re
from collections.abc import Iterator

from index.words import stems

_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec)\.)"
)
_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_CAPITALISED = r"(?:(?:St|Mt|Ft|Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen)\. )?[A-Z](?:[\w-]|[’'](?=[A-Z]))++"
NEAR_WORDS = 5  # "was the first to suggest"

_COUNT = (
    "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|twenty|thirty"
    "|forty|fifty|dozens?|hundreds?|thousands?|half|twice)"
)

# A sentence's first word is a capitalised one whatever it is: a name there needs a second word. What stands behind a
# preposition of place is where, not who; a possessive ("Russia’s") is not the one who acts.
_NAME = re.compile(
    r"(?P<where>\b(?:[Ii]n|[Aa]t|[Oo]f|[Oo]n|[Nn]ear|[Ff]rom|[Tt]he) )?"
    rf"(?P<short>(?:(?<![.!?“\"] )(?<!^)(?<![\w“\"]){_CAPITALISED}(?: {_CAPITALISED})*+"
    rf"|^[“\"]?{_CAPITALISED}(?: {_CAPITALISED})++)(?![’']))"
)
_DATE = re.compile(
    rf"\b(?:{_DAY}, )?{_MONTH} \d{{1,2}}(?:, {_YEAR})?\b|\b\d{{1,2}} {_MONTH}(?: {_YEAR})?|\b{_MONTH}(?: {_YEAR})?"
    rf"|\b{_DAY}\b|\b{_YEAR}s?\b|\b\d{{1,2}}(?::\d\d)? [ap]\.m\.|\b(?:yesterday|today|tonight|tomorrow)\b"
)
_PLACE = re.compile(
    rf"\b(?:in|at|near|from|to|outside|across|of)(?: the)? (?P<short>{_CAPITALISED}(?:,? {_CAPITALISED})*)"
)
_NUMBER = re.compile(
    rf"(?:[$€£]\s?)?\d+(?:,\d{{3}})*(?:\.\d+)?%?(?: (?:million|billion|trillion|percent|per cent))?|\b{_COUNT}\b",
    re.IGNORECASE,
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
    """The slice of the sentence that is the kind of thing asked for, where there is no doubt which one; else None.

    There is no doubt when it is the only one of its kind that a word of the question follows closely ("*Trump* was the
    first to suggest"). Being the only one is not enough: of 23 short answers by that rule 7 were wrong, and a wrong
    name over a right quote is worse than none.
    """
    kind = _kind_of(question)
    if kind in (None, _REASON):  # a reason is a whole sentence: it has no short form
        return None
    found = [f for f in _new(kind, question, sentence) if _leads_to(sentence[f.end() :], stems(question))]
    if len(found) != 1:
        return None
    return found[0]["short"] if "short" in found[0].re.groupindex else found[0].group().strip('“"')


def _leads_to(rest: str, asked: frozenset[str]) -> bool:
    """Whether one of the stems comes within a few words, with no other name or comma between."""
    words = re.match(rf"(?: [a-z]\w*){{1,{NEAR_WORDS}}}", rest)
    return words is not None and bool(stems(words.group()) & asked)


def _kind_of(question: str) -> re.Pattern[str] | None:
    return next((kind for asks, kind in _KINDS if asks.search(question.lower())), None)


def _new(kind: re.Pattern[str] | None, question: str, sentence: str) -> Iterator[re.Match[str]]:
    """What of this kind the sentence holds beyond the question's own words, dates not taken for names."""
    asked = stems(question)
    for found in kind.finditer(sentence) if kind else ():
        groups = found.groupdict()
        is_name = not groups.get("where") and not (kind is _NAME and _DATE.fullmatch(found["short"]))
        if kind is _REASON or (is_name and stems(groups.get("short") or found.group()) - asked):
            yield found
