"""The health of what is watched."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from index.doctor.findings import Finding, fine, suspect
from index.store import Examined, Source

_LATE = timedelta(hours=1)  # a round over many sources takes its time
_NAMED = 20  # failing sources that get a line of their own


def look_at_sources(examined: Examined, now: datetime) -> Iterator[Finding]:
    """A line for each that fails, and one for the others; whether anybody looks at them at all."""
    sources = examined.sources
    if not sources:
        yield fine("sources", "none are watched")
        return
    watched = [one for one in sources if not one.paused]
    failing = [one for one in watched if one.error]
    yield from map(_failing, failing[:_NAMED])
    if len(failing) > _NAMED:
        yield suspect("sources", f"{len(failing) - _NAMED:,} more fail", "pullquote source list")
    if late := [one for one in watched if one.due_at + max(one.every, _LATE) < now]:
        yield _late(late, examined)
    paused = f", {len(sources) - len(watched):,} are paused" if len(sources) > len(watched) else ""
    yield fine("sources", f"{len(watched) - len(failing):,} of {len(watched):,} do well{paused}")


def _failing(source: Source) -> Finding:
    times = f"{source.failures:,} times in a row" if source.failures > 1 else "the last time"
    found = f"{source.address} failed {times}: it {source.error}"
    mend = f"pullquote source resume {source.id} when it is well again, or pullquote source remove {source.id}"
    return suspect("source", found, mend)


def _late(late: list[Source], examined: Examined) -> Finding:
    count = f"{len(late):,} should have been looked at since {min(one.due_at for one in late):%Y-%m-%d %H:%M} UTC"
    if examined.is_watched:
        return suspect("sources", f"{count}; `pullquote watch` runs, and is behind", "look at what it prints")
    return suspect("sources", f"{count}, and nobody watches", "pullquote watch, or docker compose up -d indexer")
