"""Figures as news write them: "eleven", "1.2 million", "$7m", "52 per cent", "11 people"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from index.words import STOPWORDS, stem

ROUND_FROM = 100  # a smaller figure is not rounded in news
ROUNDED_WITHIN = Fraction(1, 10)  # of the figure: "300,000" for 298,400
MOST_WORDS = 6  # behind the figure; a longer answer is a phrase that begins with a number

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {word: 10 * tens for tens, word in enumerate(_TENS, 2)}
_TIMES = {"dozen": 12, "hundred": 100}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "bn": 10**9, "tn": 10**12}
_MONEY_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9, "mn": 10**6}
_ALL_SCALES = _SCALES | _MONEY_SCALES  # "$7m"; without a currency, "m" is a measure
_BEFORE_AND = frozenset((*_TIMES, *_SCALES))  # "a hundred and five"
_CURRENCIES = {"dollar": "$", "usd": "$", "euro": "€", "eur": "€", "pound": "£", "gbp": "£", "yen": "¥"}
_MEASURES = frozenset(
    """second minut hour day week month year decad mile kilomet meter foot inch acr hectar ton degre point gallon liter
    kilogram cent""".split()
)
_SPELLINGS = {"metr": "meter", "kilometr": "kilomet", "km": "kilomet", "feet": "foot", "tonn": "ton", "litr": "liter"}
_PEOPLE = frozenset(
    """peopl person men women passeng worker resid victim civilian soldier student children migrant patient crew employe
    dead death die fatal kill bodi live other""".split()
)
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_WORD = re.compile(rf"{_NUMBER.pattern}|[^\W\d_]+|[$€£¥%]")
_ABOUT = re.compile(
    r"(?:(?:about|around|roughly|approximately|nearly|almost|some|at least|at most|up to|as many as|no fewer than|over"
    r"|under|just|more than|less than|fewer than|only|an estimated|the|an?)\s+)+"
)
# A score, a time, "16-year-old", "49ers", "one of them".
_NO_FIGURE = re.compile(r"\d[-–:/]|\d(?!(?:[kmb]|mn|bn|tn|km)\b)[a-z]|\bone (?:of|who|or|and|that)\b")
_CAPITALISED = re.compile(r"[A-Z][a-z-]+ [A-Z]")  # "One Direction"


@dataclass(frozen=True, slots=True)
class Figure:
    """`unit` is "%", a currency sign or the stem of a measure, "" for a count. `counted`: stems of what is counted."""

    value: Fraction
    unit: str
    counted: frozenset[str]


def read_figure(answer: str) -> Figure | None:
    """The figure that the whole answer is; None where it is none."""
    text = _plain(answer)
    if _NO_FIGURE.search(text) or _CAPITALISED.match(answer):
        return None
    about = _ABOUT.match(text)
    currency, words = _split_currency(_WORD.findall(text[about.end() if about else 0 :]))
    value, used = _amount(words, in_money=bool(currency))
    unit, rest = _split_unit(words[used:])
    if not used or len(rest) > MOST_WORDS or any(_NUMBER.fullmatch(word) or word in "$€£¥%" for word in rest):
        return None
    return Figure(value, currency or unit, frozenset(stem(word) for word in rest if word not in STOPWORDS))


def find_values(text: str) -> Iterator[Fraction]:
    """The values of all figures in a text, whatever they count."""
    words = _WORD.findall(_plain(text))
    at = 0
    while at < len(words):
        value, used = _amount(words[at:], in_money=at > 0 and words[at - 1] in "$€£¥")
        if used:
            yield value
        at += used or 1


def same_figure(one: Figure, other: Figure) -> bool:
    """The same value of the same thing; a unit or a thing counted that only one of them names does not matter."""
    units_fit = one.unit == other.unit or not (one.unit and other.unit)
    return one.value == other.value and units_fit and _counts_alike(one, other)


def differing_figures(one: Figure, other: Figure) -> bool:
    """Figures of the same thing that cannot both be right; one that is the other rounded can."""
    return one.unit == other.unit and _counts_alike(one, other) and not _is_near(one.value, other.value)


def _counts_alike(one: Figure, other: Figure) -> bool:
    if not one.counted or not other.counted or one.counted & other.counted:
        return True
    return bool(one.counted & _PEOPLE) and bool(other.counted & _PEOPLE)


def _is_near(one: Fraction, other: Fraction) -> bool:
    low, high = sorted((one, other))
    if low == high:
        return True
    if low < ROUND_FROM or high - low > high * ROUNDED_WITHIN:
        return False
    return any(
        round(fine / step) * step == coarse for fine, coarse in ((low, high), (high, low)) for step in _steps(coarse)
    )


def _steps(value: Fraction) -> list[int]:
    """The round step that a figure is written in: 1,000,000 for 3 million, 100 for 1,200; none for 1,247 or 1.5."""
    if value.denominator != 1:
        return []
    zeros = len(str(value)) - len(str(value).rstrip("0"))
    return [10**zeros] if zeros else []


def _plain(text: str) -> str:
    """In lower case, hyphens between words opened, dots of abbreviations dropped."""
    return re.sub(r"(?<=[^\W\d_])\.", "", re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", " ", text.casefold()))


def _split_currency(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """A leading "$" or "US$" and the rest; other dollars ("A$") keep their letter."""
    if words[:1] and words[0] in "$€£¥":
        return words[0], words[1:]
    if words[1:2] == ["$"]:
        return "$" if words[0] == "us" else words[0] + "$", words[2:]
    return "", words


def _amount(words: Sequence[str], *, in_money: bool) -> tuple[Fraction, int]:
    """The value that the first words spell, and how many they are; (0, 0) where they spell none."""
    scales = _ALL_SCALES if in_money else _SCALES
    total = current = Fraction(0)
    used = 0
    for at, word in enumerate(words):
        if word == "and" and at == used and used and words[at - 1] in _BEFORE_AND:
            continue
        if _NUMBER.fullmatch(word) and not used:
            current = Fraction(word.replace(",", ""))
        elif word in _SMALL and _adds_up(current, _SMALL[word]):
            current += _SMALL[word]
        elif word in _TIMES:
            current = (current if used else 1) * Fraction(_TIMES[word])
        elif word in scales and (used or word in _SCALES):
            total, current = total + (current if used else 1) * scales[word], Fraction(0)
        else:
            break
        used = at + 1
    return total + current, used


def _adds_up(current: Fraction, small: int) -> bool:
    """Whether "one" may follow "twenty" or "hundred": it does not follow "eleven"."""
    rest = current % 100
    return rest == 0 or (rest % 10 == 0 and rest > _SMALL["ten"] and small < _SMALL["ten"])


def _split_unit(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The unit that the words begin with, "" where there is none, and the rest."""
    words = [word for word in words if word != "us"]  # "7 million U.S. dollars"
    if words[:1] in (["%"], ["percent"]):
        return "%", words[1:]
    if words[:2] == ["per", "cent"]:
        return "%", words[2:]
    first = stem(words[0]) if words else ""
    unit = _CURRENCIES.get(first) or _SPELLINGS.get(first, first)
    return (unit, words[1:]) if unit in _MEASURES or first in _CURRENCIES else ("", words)
