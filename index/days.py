"""Dates as news write them, whole or in part: "Oct. 26", "26 October 2025", "Sunday", "October 2025", "2025"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day\b|\b\.?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)\b"
_FORMS = tuple(
    re.compile(rf"(?<![\w,.$€£-]){form}(?!,\d)", re.IGNORECASE)
    for form in (
        rf"(?:{_WEEKDAY},?\s+)?{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?",
        rf"(?:{_WEEKDAY},?\s+)?(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?",
        rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b",
        rf"{_MONTH}(?:,?\s+{_YEAR})?",
        _WEEKDAY,
        _YEAR,
    )
)
_BEFORE = re.compile(r"^(?:on|in|by|since|for)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """What a date says; None where it does not say. `weekday` counts from Monday, 0, and follows from a whole date."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    @property
    def calendar(self) -> tuple[int | None, int | None, int | None]:
        """Year, month and day."""
        return self.year, self.month, self.day


def read_day(answer: str) -> Day | None:
    """The date that the whole answer is; None where it is none."""
    text = _BEFORE.sub("", answer.strip(" ,"))
    if text == "May":  # more often Theresa than the month
        return None
    matches = (form.fullmatch(text) for form in _FORMS)
    return next((day for match in matches if match and (day := _from_match(match))), None)


def find_days(text: str) -> Iterator[Day]:
    """The dates in a text; a part of one ("October" of "October 26") may come as well."""
    for form in _FORMS:
        yield from (day for match in form.finditer(text) if (day := _from_match(match)))


def same_day(one: Day, other: Day) -> bool:
    """Both say something of the same kind, and nowhere do they differ."""
    pairs = _pairs(one, other)
    return bool(pairs) and all(mine == yours for mine, yours in pairs)


def differing_days(one: Day, other: Day) -> bool:
    """They name different days, months or years; two weekdays may be of different weeks, and prove nothing."""
    pairs = zip(one.calendar, other.calendar, strict=True)
    return any(mine != yours for mine, yours in pairs if mine is not None and yours is not None)


def _pairs(one: Day, other: Day) -> list[tuple[int, int]]:
    both = zip((*one.calendar, one.weekday), (*other.calendar, other.weekday), strict=True)
    return [(mine, yours) for mine, yours in both if mine is not None and yours is not None]


def _from_match(match: re.Match[str]) -> Day | None:
    parts = match.groupdict()
    year, month, day = (_number(parts.get(part)) for part in ("year", "month", "day"))
    weekday = _WEEKDAYS.index(parts["weekday"][:3].lower()) if parts.get("weekday") else None
    if month is None or day is None:
        return Day(year, month, day, weekday)
    try:
        whole = date(year or 2000, month, day)  # a leap year, so that Feb. 29 is let pass
    except ValueError:
        return None
    return Day(year, month, day, whole.weekday() if year else weekday)


def _number(part: str | None) -> int | None:
    if part is None:
        return None
    return int(part) if part.isdigit() else _MONTHS.index(part[:3].lower()) + 1
