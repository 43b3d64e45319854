"""Whether the machine knows what day it is: the day of a question decides which news is new."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from index.doctor.findings import Finding, fine, suspect, wrong
from index.store import Examined

WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)  # no clock that is right is earlier than this program
SLACK = timedelta(minutes=5)
_MEND = "set the clock, and keep it set: timedatectl set-ntp true"


def look_at_clock(now: datetime, examined: Examined | None) -> Iterator[Finding]:
    """Against this program's own age, and against what came into the archive last."""
    last = examined.status.last_added_at if examined and examined.status else None
    if now < WRITTEN:
        yield wrong("clock", f"it is {now:%Y-%m-%d %H:%M} UTC here, before this program was written", _MEND)
    elif last and last > now + SLACK:
        yield suspect(
            "clock", f"it is {now:%Y-%m-%d %H:%M} UTC, yet an article came in at {last:%Y-%m-%d %H:%M}", _MEND
        )
    else:
        yield fine("clock", f"it is {now:%Y-%m-%d %H:%M} UTC")
