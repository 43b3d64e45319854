"""Publication dates as sources write them, turned into aware UTC times. A date is read or refused, never guessed."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from index.articles.rules import Unreadable

EARLIEST_YEAR = 1600  # the first printed newspapers are from 1605
MAX_AHEAD = timedelta(days=2)  # time zones and pages that are dated to tomorrow's paper
MAX_DATE_CHARS = 64  # the longest form read here has about 40

# What programs put where there is no date: the first day of Unix, Windows and other calendars, the first in the evening
# of the day before in America.
PLACEHOLDERS = frozenset({date(1970, 1, 1), date(1969, 12, 31), date(1900, 1, 1), date(1601, 1, 1)})
_TEMPLATE = re.compile(r"\{\{|\$\{|<%|\{%|%[Yymd]|\bYYYY\b", re.IGNORECASE)

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?P<month>jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_WRITTEN = (
    re.compile(rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_DAY}\s+{_MONTH},?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b"),
)
_NUMERIC = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_RFC2822 = re.compile(
    r"(?:[a-z]{3},\s*)?\d{1,2}\s+[a-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s*(?:[+-]\d{4}|UTC?|GMT|[ECMP][SD]T)?",
    re.IGNORECASE,
)


def parse_date(value: str, *, now: datetime) -> datetime:
    """An ISO 8601 or RFC 2822 date, or one written out ("October 26, 2025"), as an aware UTC time.

    A date without a time is midnight UTC; a time without a zone is taken as UTC.
    Raises Unreadable for what is no whole date, for a year before 1600, and for more than 2 days after `now`.
    """
    found = parse_whole(value)
    if found is None:
        raise Unreadable(f"its publication date {value.strip()[:MAX_DATE_CHARS]!r} is not a date")
    return in_range(found, now=now)


def parse_whole(value: str) -> datetime | None:
    """The date that the whole value is, aware or naive as written; None where it is none."""
    text = value.strip()
    if len(text) > MAX_DATE_CHARS:
        return None
    try:
        return datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text) if ":" in text else text)
    except ValueError:
        return _parse_rfc2822(text) or _parse_written(text)


def _parse_rfc2822(text: str) -> datetime | None:
    if not _RFC2822.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _parse_written(text: str) -> datetime | None:
    matches = (pattern.fullmatch(text) for pattern in _WRITTEN)
    return next((_from_match(match) for match in matches if match), None)


def find_date(line: str) -> datetime | None:
    """The one date written in a line of prose, at midnight UTC; None where there is none or it is ambiguous."""
    found = {date for pattern in _WRITTEN for match in pattern.finditer(line) if (date := _from_match(match))}
    found |= {date for match in _NUMERIC.finditer(line) if (date := _from_numbers(match))}
    return found.pop() if len(found) == 1 else None


def require_filled_in(value: str) -> None:
    """Raise Unreadable for a date that a template was to fill in: "{{ published }}", "YYYY-MM-DD"."""
    if _TEMPLATE.search(value):
        raise Unreadable(f"its publication date {value.strip()[:MAX_DATE_CHARS]!r} is out of a template")


def in_range(moment: datetime, *, now: datetime) -> datetime:
    """The moment in UTC. Raises Unreadable where no news article can have been published."""
    naive = moment.tzinfo is None
    try:
        moment = moment.replace(tzinfo=UTC) if naive else moment.astimezone(UTC)
    except OverflowError:
        raise Unreadable(f"its publication date lies in the year {moment.year}") from None
    if moment.year < EARLIEST_YEAR:
        raise Unreadable(f"its publication date lies in the year {moment.year}, before there were newspapers")
    if moment.date() in PLACEHOLDERS:
        raise Unreadable(f"its publication date, {moment:%Y-%m-%d}, is what stands where none was filled in")
    if moment > now + MAX_AHEAD:
        raise Unreadable(f"its publication date lies in the future: {moment:%Y-%m-%d}")
    return moment


def _from_match(match: re.Match[str]) -> datetime | None:
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    return _day(int(match["year"]), number, int(match["day"]))


def _from_numbers(match: re.Match[str]) -> datetime | None:
    """10/26/2025 and 26.10.2025 can be read in one way only; 03/04/2025 cannot."""
    first, second, year = map(int, match.groups())
    readings = {_day(year, first, second), _day(year, second, first)} - {None}
    return readings.pop() if len(readings) == 1 else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
