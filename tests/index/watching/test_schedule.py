"""When to look again: soon after a change, ever more rarely after that, and never before a server wants it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from index.watching.schedule import LEFT_ALONE, LONGEST_BACKOFF, RARELY, next_check, next_try

NOW = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=3))
AGES = st.timedeltas(min_value=timedelta(0), max_value=LEFT_ALONE)


@given(age=AGES, every=EVERY)
def test_a_change_is_noticed_within_half_of_the_time_since_the_last_one_a_week_or_the_interval(
    age: timedelta, every: timedelta
) -> None:
    due_at = next_check(NOW, changed_at=NOW - age, every=every)
    assert due_at is not None
    assert every <= due_at - NOW <= max(every, min(age / 2, RARELY))


@given(every=EVERY)
def test_a_page_that_stays_the_same_is_asked_for_some_dozens_of_times_and_then_no_more(every: timedelta) -> None:
    moment: datetime | None = NOW
    times = 0
    while moment and (moment := next_check(moment, changed_at=NOW, every=every)):
        times += 1
    assert times <= 40


@given(failures=st.integers(1, 200), every=EVERY, asked_s=st.none() | st.floats(0, 86_400))
def test_what_fails_is_tried_later_each_time_within_a_day_and_not_before_the_server_wants_it(
    failures: int, every: timedelta, asked_s: float | None
) -> None:
    this = next_try(NOW, failures=failures, every=every, asked_s=asked_s)
    assert NOW + every <= this <= next_try(NOW, failures=failures + 1, every=every, asked_s=asked_s)
    assert this - NOW >= timedelta(seconds=asked_s or 0)
    assert this - NOW <= max(every, LONGEST_BACKOFF)
