"""Dates: read as written, in UTC, or refused."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.dates import PLACEHOLDERS, find_date, parse_date
from index.articles.rules import Unreadable

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


moments = st.datetimes(datetime(1700, 1, 1), datetime(2025, 12, 31), timezones=zones)  # noqa: DTZ001 - hypothesis adds the zone


@given(moments.filter(lambda moment: moment.astimezone(UTC).date() not in PLACEHOLDERS))
def test_an_iso_time_is_read_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    found = parse_date(moment.isoformat(), now=NOW)
    assert found == moment
    assert found.tzinfo is UTC


@given(st.text(max_size=70))
def test_anything_else_is_read_or_refused_and_nothing_else(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert parse_date(text, now=NOW).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-10-26", datetime(2025, 10, 26, tzinfo=UTC)),
        ("2025-10-26T10:30:00Z", datetime(2025, 10, 26, 10, 30, tzinfo=UTC)),
        ("2025-10-26 10:30", datetime(2025, 10, 26, 10, 30, tzinfo=UTC)),
        ("2025-10-26T23:30:00-05:00", datetime(2025, 10, 27, 4, 30, tzinfo=UTC)),
        ("Sun, 26 Oct 2025 10:30:00 GMT", datetime(2025, 10, 26, 10, 30, tzinfo=UTC)),
        ("26 Oct 2025 10:30 +0200", datetime(2025, 10, 26, 8, 30, tzinfo=UTC)),
        ("October 26, 2025", datetime(2025, 10, 26, tzinfo=UTC)),
    ],
)
def test_the_forms_that_news_uses_are_read(text: str, moment: datetime) -> None:
    assert parse_date(text, now=NOW) == moment


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("9999-01-01", "future: 9999-01-01"),
        ("9999-12-31T23:59:59-12:00", "9999"),
        ("0001-01-01", "year 1"),
        ("1599-12-31", "newspapers"),
        ("2026-01-19", "future"),
        ("2025-13-01", "not a date"),
        ("2025", "not a date"),
        ("yesterday", "not a date"),
        ("03/04/2025", "not a date"),
    ],
)
def test_what_cannot_be_a_publication_date_is_refused_in_words(text: str, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        parse_date(text, now=NOW)


def test_two_days_ahead_are_allowed_for_time_zones_and_early_editions() -> None:
    assert parse_date("2026-01-17", now=NOW) == datetime(2026, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize("line", ["from 2025-10-26 to 2025-10-27", "on 03/04/2025", "on 31 June 2025", "no date"])
def test_no_date_is_found_in_a_line_with_none_or_several(line: str) -> None:
    assert find_date(line) is None
