"""The wording of a question to the days that it is about: "this week", "yesterday", "in March", "since 3 May 2024"."""

import math
import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from index.days import Day, read_day
from index.types import Filters

# How fast being published near those days loses weight, and how much more it counts where the wording says "now".
# Swept on realtimeqa-2024 (docs/quality-log.md).
FADING_DAYS, FADING_DAYS_NOW, NOW = 30.0, 15.0, 2.0
LONGEST_DATE = 4  # words: "Tuesday, 3 May 2024"
A_FEW = 3
STALE_DAYS = 2  # an archive that ends so many days before the days that are asked about ends is as good as complete
AHEAD_DAYS = 92  # a month without its year may be one that comes; further ahead it is one that was

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NOW = re.compile(
    r"(?i)\b(?:this (?:past )?week(?:end)?|past week|today|tonight|latest|newest|most recent(?:ly)?|recently|currently"
    r"|right now|these days|this morning|just now|breaking)\b"
)
_AGO = re.compile(
    r"(?i)\b(?:the day before (?P<eve>yesterday)|(?P<yesterday>yesterday)"
    rf"|(?P<many>\d{{1,3}}|an?|(?:a )?few|a couple of|{'|'.join(_NUMBERS)}) (?P<past>day|week|month)s? ago"
    r"|last (?P<unit>week(?:end)?|month|year)"
    r"|(?:(?:in|over|during) )?the (?:last|past) (?P<count>\d+|few|couple of) (?P<units>day|week|month)s)\b"
)
_TODAY = re.compile(r"(?i)\b(?:(?P<day>today|tonight|this morning)|(?:this|the past|past) week)\b")
_SPANS = re.compile(r"(?i)\b(?P<lead>between|from|since|after|before)\s+(?:the\s+)?(?=[\w])")
_JOINS = re.compile(r"(?i)^\s*(?:and|to|until|till|through|[-–])\s+")
_NAMED = re.compile(r"(?i)\b(?:in|on|during|of|for|last|this|since|by|early|late|mid)\s+(?:the\s+)?(?=[\w])")
_ASKS_NOTHING = frozenset(  # words that name nothing: what is left of "What happened yesterday?" beside its day
    "a about all an any anything are around been big did do events everything for from give going had happen happened"
    " happening happens has have headlines important in is it its main major me most new news of on place please read"
    " report reported s said say show significant some something stories story summarise summarize tell that the there"
    " things to took top update updates us was went were what which world".split()
)
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True)
class Timing:
    """The days that a question is about, both ends included, and how being published around them counts.

    `strict`: the question names where they begin or end; what was published outside is not asked for. `alone`: it names
    nothing else, so that any other day's article would be as good an answer.
    """

    first: date
    last: date
    fading_days: float = FADING_DAYS
    weight: float = 1.0
    strict: bool = False
    alone: bool = False

    def nearness(self, published_at: datetime | None) -> float:
        """1 for what was published on these days, less with every day away; 0 without a date."""
        if published_at is None:
            return 0.0
        day = published_at.date()
        away = max((self.first - day).days, (day - self.last).days, 0)
        return math.exp(-away / self.fading_days)

    def within(self, filters: Filters) -> Filters:
        """The filters with what a strict timing leaves out left out."""
        if not self.strict:
            return filters
        after, before = _midnight(self.first), _midnight(self.last + timedelta(days=1))
        return replace(
            filters,
            after=max(after, filters.after) if filters.after else after,
            before=min(before, filters.before) if filters.before else before,
        )


def timing_of(question: str, asked_on: date) -> Timing:
    """What the wording says of time; nothing said means the days around that of the question."""
    if strict := _strict(question, asked_on):
        return strict
    if days := _only_days(question, asked_on):
        return Timing(*days, strict=True, alone=True)
    if relative := _relative(question, asked_on):
        return relative
    if named := _named(question, asked_on):
        return Timing(*_unless_now(named[0], asked_on))
    if _NOW.search(question):
        return Timing(asked_on, asked_on, FADING_DAYS_NOW, NOW)
    return Timing(asked_on, asked_on)


def fresh_from(question: str, asked_on: date) -> date | None:
    """The day from which on an archive's newest article should be, to tell of the days that the question is about.

    None where its wording says nothing of time.
    """
    timing = timing_of(question, asked_on)
    if timing == Timing(asked_on, asked_on):
        return None
    end = _back(timing.last, STALE_DAYS)
    return end if timing.first == asked_on else max(timing.first, end)


def _strict(question: str, asked_on: date) -> Timing | None:
    for found in _SPANS.finditer(question):
        lead = found["lead"].lower()
        if not (first := _read(question[found.end() :], asked_on)):
            continue
        days, rest = first
        if lead in ("between", "from"):
            join = _JOINS.match(rest)
            second = _read(rest[join.end() :], asked_on) if join else None
            if second and days[0] <= second[0][1] <= asked_on:
                return Timing(days[0], second[0][1], strict=True)
        elif lead == "before" and days[0] <= asked_on:
            return Timing(date.min, days[0] - timedelta(days=1), strict=True)
        elif days[0] <= asked_on:
            return Timing(days[0] if lead == "since" else days[1], asked_on, strict=True)
    return None


def _only_days(question: str, asked_on: date) -> tuple[date, date] | None:
    """The days of a question that names nothing but them."""
    days: tuple[date, date] | None
    if found := _AGO.search(question):
        timing, rest = _relative(question, asked_on), _without(found, question)
        yesterday = asked_on - timedelta(days=1)
        days = (timing.first, timing.last) if timing and not found["yesterday"] else (yesterday, yesterday)
    elif found := _TODAY.search(question):
        days, rest = (asked_on if found["day"] else _back(asked_on, 6), asked_on), _without(found, question)
    elif named := _named(question, asked_on):
        ((first, last), rest) = named
        days = (first, min(last, asked_on)) if first <= asked_on else None
    else:
        return None
    return days if _ASKS_NOTHING.issuperset(re.findall(r"[^\W_]+", rest.lower())) else None


def _without(found: re.Match[str], question: str) -> str:
    return f"{question[: found.start()]} {question[found.end() :]}"


def _relative(question: str, asked_on: date) -> Timing | None:
    found = _AGO.search(question)
    if found is None:
        return None
    if found["eve"] or found["many"]:
        ago = (2, "day") if found["eve"] else (_how_many(found["many"]), found["past"].lower())
        first, last = _ago(*ago, asked_on)
        return Timing(first, last, FADING_DAYS_NOW, NOW)
    if found["yesterday"]:
        return Timing(asked_on - timedelta(days=1), asked_on, FADING_DAYS_NOW, NOW)
    if count := found["count"]:
        return Timing(_back(asked_on, _how_many(count) * _UNIT_DAYS[found["units"].lower()]), asked_on)
    unit = found["unit"].lower()
    if unit.startswith("week"):
        return Timing(_back(asked_on, 14), _back(asked_on, 3), FADING_DAYS_NOW)
    last = (asked_on.replace(day=1) if unit == "month" else asked_on.replace(month=1, day=1)) - timedelta(days=1)
    return Timing(last.replace(day=1) if unit == "month" else last.replace(month=1, day=1), last)


def _how_many(words: str) -> int:
    number = words.lower()
    if number in _NUMBERS:
        return _NUMBERS.index(number) + 1
    if number in ("a", "an"):
        return 1
    return int(number) if number.isdigit() else A_FEW


def _ago(count: int, unit: str, asked_on: date) -> tuple[date, date]:
    """That day so long ago, or the week or month around it."""
    middle, half = _back(asked_on, count * _UNIT_DAYS[unit]), _UNIT_DAYS[unit] // 2
    return _back(middle, half), middle + timedelta(days=half)


def _named(question: str, asked_on: date) -> tuple[tuple[date, date], str] | None:
    """The first date named, after a preposition any, elsewhere one with a year or a day of the month; and the rest."""
    for found in _NAMED.finditer(question):
        if read := _read(question[found.end() :], asked_on):
            return read[0], f"{question[: found.start()]} {read[1]}"
    for found in re.finditer(r"\b(?=[A-Z0-9])", question):
        if (read := _read(question[found.end() :], asked_on, whole=True)) is not None:
            return read[0], f"{question[: found.start()]} {read[1]}"
    return None


def _unless_now(days: tuple[date, date], asked_on: date) -> tuple[date, date]:
    """Of days that come, and of a year or a month that is still going on, one reads in the news of today."""
    return (asked_on, asked_on) if asked_on <= days[1] else days


def _read(text: str, asked_on: date, *, whole: bool = False) -> tuple[tuple[date, date], str] | None:
    """The date that the text begins with, as days, and what follows it. `whole`: it must have a year or a day."""
    if not whole and re.match(r"May\b(?!\s+\d)", text):  # `read_day` takes it for a name; after "in" it is the month
        return _days_of(Day(month=5), asked_on), text[3:]
    ends = [found.end() for found in re.finditer(r"[^\s?!;:()]+", text)][:LONGEST_DATE]
    for end in reversed(ends):
        day = read_day(text[:end].rstrip(".,’'\"”"))
        if day and not (whole and day.year is None and day.day is None):
            return _days_of(day, asked_on), text[end:]
    return None


def _days_of(day: Day, asked_on: date) -> tuple[date, date]:
    """Its first and last day, in the year that was meant."""
    if day.month is None and day.year is None:
        when = asked_on - timedelta(days=(asked_on.weekday() - (day.weekday or 0)) % 7)
        return when, when
    if day.month is None:
        year = day.year or asked_on.year
        return date(year, 1, 1), date(year, 12, 31)
    year = day.year or _year_of(day.month, day.day or 1, asked_on)
    length = monthrange(year, day.month)[1]
    first = min(day.day or 1, length)
    return date(year, day.month, first), date(year, day.month, first if day.day else length)


def _year_of(month: int, day: int, asked_on: date) -> int:
    """Of a date without its year: the one that was last, unless it comes soon."""
    coming = date(asked_on.year, month, min(day, 28))
    if coming - asked_on > timedelta(days=AHEAD_DAYS):
        return asked_on.year - 1
    return asked_on.year + 1 if asked_on - coming > timedelta(days=365 - AHEAD_DAYS) else asked_on.year


def _back(day: date, days: int) -> date:
    return day - timedelta(days=min(days, (day - date.min).days))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
