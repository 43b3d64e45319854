"""What a question's wording says of time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.timing import FADING_DAYS, FADING_DAYS_NOW, Timing, fresh_from, timing_of
from index.types import Filters

ASKED = date(2024, 10, 16)  # a Wednesday
DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


def days(question: str) -> tuple[date, date]:
    timing = timing_of(question, ASKED)
    return timing.first, timing.last


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who suggested it?", ASKED, ASKED),
        ("Who won this week?", ASKED, ASKED),
        ("What did May say?", ASKED, ASKED),
        ("Which films of 2024 won?", ASKED, ASKED),
        ("What faces a ban on January 19, 2025?", ASKED, ASKED),
        ("Who resigned in March?", date(2024, 3, 1), date(2024, 3, 31)),
        ("Who resigned in May?", date(2024, 5, 1), date(2024, 5, 31)),
        ("Who resigned in December?", ASKED, ASKED),
        ("Who resigned in March 2023?", date(2023, 3, 1), date(2023, 3, 31)),
        ("Who was arrested on Tuesday?", date(2024, 10, 15), date(2024, 10, 15)),
        ("Who spoke on Oct. 12?", date(2024, 10, 12), date(2024, 10, 12)),
        ("Which animal was cloned in 1996?", date(1996, 1, 1), date(1996, 12, 31)),
        ("Who died last month?", date(2024, 9, 1), date(2024, 9, 30)),
        ("Who died yesterday?", date(2024, 10, 15), ASKED),
        ("Who left in the last 10 days?", date(2024, 10, 6), ASKED),
        ("Who died 3 days ago?", date(2024, 10, 13), date(2024, 10, 13)),
    ],
)
def test_the_days_that_a_question_is_about(question: str, first: date, last: date) -> None:
    assert days(question) == (first, last)
    assert not timing_of(question, ASKED).strict


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened since 3 May 2024?", date(2024, 5, 3), ASKED),
        ("Who fled between March 3 and March 10?", date(2024, 3, 3), date(2024, 3, 10)),
        ("Who led from 2020 to 2022?", date(2020, 1, 1), date(2022, 12, 31)),
        ("Who was first before June 2024?", date.min, date(2024, 5, 31)),
        ("What was said after Monday?", date(2024, 10, 14), ASKED),
    ],
)
def test_a_named_range_is_strict(question: str, first: date, last: date) -> None:
    assert timing_of(question, ASKED) == Timing(first, last, strict=True)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened yesterday?", date(2024, 10, 15), date(2024, 10, 15)),
        ("What happened the day before yesterday?", date(2024, 10, 14), date(2024, 10, 14)),
        ("What happened two days ago?", date(2024, 10, 14), date(2024, 10, 14)),
        ("What happened a week ago?", date(2024, 10, 6), date(2024, 10, 12)),
        ("any news today", ASKED, ASKED),
        ("Tell me the top stories of this week.", date(2024, 10, 10), ASKED),
        ("What happened on Tuesday?", date(2024, 10, 15), date(2024, 10, 15)),
        ("What was going on in March?", date(2024, 3, 1), date(2024, 3, 31)),
        ("What happened in 2024?", date(2024, 1, 1), ASKED),
        ("What happened last month?", date(2024, 9, 1), date(2024, 9, 30)),
    ],
)
def test_a_question_that_names_nothing_but_its_days_is_about_no_others(question: str, first: date, last: date) -> None:
    assert timing_of(question, ASKED) == Timing(first, last, strict=True, alone=True)


@pytest.mark.parametrize(
    "question", ["Who died yesterday?", "What happened to the ferry today?", "What happened?", "Will it rain in May?"]
)
def test_a_question_that_names_something_or_no_days_is_not_about_its_days_alone(question: str) -> None:
    assert not timing_of(question, ASKED).alone


def test_a_range_that_lies_ahead_or_names_no_days_is_none() -> None:
    for question in ("What is on from December 3 to December 5?", "Who won between Princeton and Delaware?"):
        assert not timing_of(question, ASKED).strict


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Who suggested it?", None),
        ("Which films of 2024 won?", None),
        ("Who won this week?", date(2024, 10, 14)),
        ("What is the latest on the summit?", date(2024, 10, 14)),
        ("Who died yesterday?", date(2024, 10, 15)),
        ("Who was arrested on Tuesday?", date(2024, 10, 15)),
        ("Who died last month?", date(2024, 9, 28)),
        ("Who resigned in March 2023?", date(2023, 3, 29)),
        ("What happened since 3 May 2024?", date(2024, 10, 14)),
        ("Who was first before June 2024?", date(2024, 5, 29)),
    ],
)
def test_how_far_an_archive_has_to_reach_follows_from_the_days_asked_about(question: str, day: date | None) -> None:
    assert fresh_from(question, ASKED) == day


@given(st.sampled_from(["Who won today?", "Who won last week?", "Who won in May?", "Who won since 1999?"]), DAYS)
def test_an_archive_that_reaches_to_the_day_of_the_question_always_reaches_far_enough(
    question: str, asked_on: date
) -> None:
    assert (fresh_from(question, asked_on) or asked_on) <= asked_on


def test_now_fades_faster() -> None:
    assert timing_of("What is the latest?", ASKED).fading_days == FADING_DAYS_NOW < FADING_DAYS


@given(DAYS, DAYS, DAYS)
def test_nearness_is_one_on_those_days_and_falls_with_distance(one: date, other: date, published: date) -> None:
    timing = Timing(min(one, other), max(one, other))
    nearness = timing.nearness(datetime(published.year, published.month, published.day, 12, tzinfo=UTC))
    assert (nearness == 1) == (timing.first <= published <= timing.last)
    further = published + (timedelta(days=1) if published > timing.last else -timedelta(days=1))
    if not timing.first <= further <= timing.last:
        assert timing.nearness(datetime(further.year, further.month, further.day, tzinfo=UTC)) <= nearness
    assert timing.nearness(None) == 0


@given(DAYS, DAYS, st.none() | DAYS, st.none() | DAYS)
def test_a_strict_timing_only_narrows(one: date, other: date, after: date | None, before: date | None) -> None:
    def at(day: date | None) -> datetime | None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None

    given_ = Filters(("guild-1",), at(after), at(before), "North Post")
    assert Timing(min(one, other), max(one, other)).within(given_) == given_
    narrowed = Timing(min(one, other), max(one, other), strict=True).within(given_)
    assert (narrowed.collections, narrowed.publisher) == (given_.collections, given_.publisher)
    assert narrowed.after is not None
    assert narrowed.before is not None
    assert narrowed.after >= (given_.after or narrowed.after)
    assert narrowed.before <= (given_.before or narrowed.before)


@given(st.text(max_size=80), DAYS)
def test_any_question_has_a_timing(question: str, asked_on: date) -> None:
    timing = timing_of(question, asked_on)
    assert timing.first <= timing.last
