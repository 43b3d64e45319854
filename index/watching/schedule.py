"""When to look again. Times and intervals in, times out."""

from datetime import datetime, timedelta

GROWTH = 0.5  # a page is asked for again after half of the time that it has stayed as it is
RARELY = timedelta(days=7)  # and no more rarely than this
LEFT_ALONE = timedelta(days=30)  # a page that has stayed as it is for so long is not asked for any more
LONGEST_BACKOFF = timedelta(days=1)
GONE_EVERY = timedelta(days=1)  # a page that is gone may come back, and whoever withdraws it wants to be sure


def next_check(now: datetime, *, changed_at: datetime, every: timedelta) -> datetime | None:
    """When to ask again for a page that changed last, or came in, at `changed_at`; None: no more.

    So a change is noticed after no more than half of the time since the last one (or `every`, or a week).
    """
    age = now - changed_at
    if age > LEFT_ALONE:
        return None
    return now + max(every, min(age * GROWTH, RARELY))


def next_try(now: datetime, *, failures: int, every: timedelta, asked_s: float | None = None) -> datetime:
    """When to try again after so many failures in a row: later each time, and no sooner than the server asks."""
    doubled = min(every * 2.0 ** min(failures - 1, 20), max(LONGEST_BACKOFF, every))
    return now + max(doubled, timedelta(seconds=asked_s or 0))
