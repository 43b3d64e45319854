"""What is made of the figures of a soak. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.command import Row
from benchmarks.processes import Held

if TYPE_CHECKING:
    from benchmarks.soaking.people import Fates

Buckets = Mapping[float, float]  # a histogram: by bound in seconds, how many were no more than that

WARM_SHARE = 0.25  # of one life of a program: until then caches fill, and models have met few lengths of text
FLAT_BYTES_AN_HOUR = 20_000_000  # a week of more would fill a small machine
LAG_S, LAG_SHARE = 0.05, 0.99  # so many of the event loop's looks must come no later
FEWEST = 8  # looks at memory that a slope is drawn through


class Look(NamedTuple):
    """One look at a program."""

    at_s: float  # since the soak began
    life: int  # which process of that name it was, from 0
    held: Held


@dataclass(frozen=True, slots=True)
class Growth:
    """A straight line through memory, after the beginning, of the last process."""

    mean_bytes: int
    bytes_an_hour: int
    error_an_hour: int  # twice the standard error of that: what noise explains
    hours: float

    @property
    def is_flat(self) -> bool:
        """Whether it grows no more than allowed, as far as the noise lets that be seen."""
        return self.bytes_an_hour - self.error_an_hour <= FLAT_BYTES_AN_HOUR


def last_life(looks: Sequence[Look]) -> list[Look]:
    """The looks at the last process, without those of its beginning."""
    of_last = [look for look in looks if look.life == looks[-1].life] if looks else []
    return of_last[round(WARM_SHARE * len(of_last)) :]


def growth(looks: Sequence[Look]) -> Growth | None:
    """Of the last process; None where it was looked at too rarely."""
    seen = last_life(looks)
    if len(seen) < FEWEST:
        return None
    hours = np.array([look.at_s / 3600 for look in seen])
    sizes = np.array([float(look.held.resident_bytes) for look in seen])
    slope, start = np.polyfit(hours, sizes, 1)
    noise = sizes - (slope * hours + start)
    spread = np.sum((hours - hours.mean()) ** 2)
    error = np.sqrt(np.sum(noise**2) / (len(seen) - 2) / spread)
    return Growth(round(sizes.mean()), round(slope), round(2 * error), round(float(hours[-1] - hours[0]), 2))


def leaks(counts: Sequence[int]) -> bool:
    """Whether it rises from third to third and never comes down to where it was: what was opened was not closed again.

    A single step is no leak: a model that is loaded late brings its threads.
    """
    third = len(counts) // 3
    if third == 0:
        return False
    first, middle, last = counts[:third], counts[third:-third], counts[-third:]
    return max(first) < min(last) and median_low(first) < median_low(middle) < median_low(last)


def handles(looks: Sequence[Look]) -> Row:
    """Descriptors and threads of the last process: least, most, and whether they leak."""
    seen = last_life(looks)
    figures: Row = {}
    for name in ("descriptors", "threads"):
        counts = [getattr(look.held, name) for look in seen]
        figures[name] = {"least": min(counts, default=0), "most": max(counts, default=0), "leaks": leaks(counts)}
    return figures


def percentile(buckets: Buckets, share: float) -> float:
    """The least bound, in seconds, that at least this share keeps to; infinite above the last one, 0 without any."""
    total = max(buckets.values(), default=0.0)
    return min((bound for bound, count in buckets.items() if count >= share * total), default=0.0) if total else 0.0


def less(now: Buckets, before: Buckets) -> Buckets:
    """What has come since before."""
    return {bound: count - before.get(bound, 0.0) for bound, count in now.items()}


def merged(histograms: Iterable[Buckets]) -> Buckets:
    """What several processes have seen, together."""
    total: dict[float, float] = {}
    for one in histograms:
        for bound, count in one.items():
            total[bound] = total.get(bound, 0.0) + count
    return total


def figures_of(looks: Mapping[str, Sequence[Look]], lags: Mapping[str, Mapping[int, Buckets]], fates: "Fates") -> Row:
    """The figures of a whole soak."""
    figures: Row = {}
    for name, seen in looks.items():
        grown = growth(seen)
        figures[name] = {"memory": {**asdict(grown), "flat": grown.is_flat} if grown else None, **handles(seen)}
    loops = {name: _lag(merged(lives.values())) for name, lives in lags.items()}
    p50, p95 = (round(1000 * float(np.percentile(fates.waits_s or [0.0], share))) for share in (50, 95))
    return figures | {
        "loop_lag": loops,
        "done": dict(fates.done),
        "question_ms": {"p50": p50, "p95": p95},
        "acknowledged_late": fates.late,
        "unanswered": fates.unanswered,
        "lost": fates.lost,
        "cut_off_by_kills": fates.cut_off,
        "unheard_by_a_bot_that_was_going": fates.unheard,
        "own_articles_shown": fates.own,
        "seen_by_others": fates.leaked,
        "additions_confirmed": len(fates.added),
    }


def _lag(lag: Buckets) -> Row:
    """How often a loop was looked at, the share of looks that were in time, and what 99 of 100 kept to."""
    looks = max(lag.values(), default=0.0)
    within = round(lag.get(LAG_S, 0.0) / looks, 4) if looks else 0.0
    return {"looks": int(looks), "within_50_ms": within, "p99_ms": 1000 * percentile(lag, LAG_SHARE)}


def promises(figures: Row) -> dict[str, bool]:
    """What was promised, and whether it was kept; memory only where it was looked at for long enough."""
    programs, after = [figures["bot"], figures["watch"]], figures["archive_after"]
    memory = [one["memory"]["flat"] for one in programs if one["memory"] is not None]
    return {
        **({"memory is flat": all(memory)} if memory else {}),
        "no handle leaked": not any(one[kind]["leaks"] for one in programs for kind in ("descriptors", "threads")),
        "loop lag p99 is under 50 ms": figures["loop_lag"]["bot"]["within_50_ms"] >= LAG_SHARE,
        "nothing acknowledged is lost": not figures["lost"] and not after["added_missing"],
        "every question is answered": not figures["unanswered"],
        "no server sees another's articles": not figures["seen_by_others"],
        "the archive is sound": not after["problems"],
        "what was published is in it": not after["published_missing"],
        "no error was logged": not figures["errors"],
    }
