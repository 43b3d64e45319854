"""How long work is going to take, from how fast it went so far."""

from collections.abc import Sequence

Sample = tuple[float, int]  # seconds on some clock, and how much was done by then
KEPT = 20  # samples: a minute or so, since the pace changes when the new articles come after the known ones


def with_sample(samples: Sequence[Sample], new: Sample) -> tuple[Sample, ...]:
    """The last `KEPT` samples. Where less is done than before, another stage has begun: its own samples only."""
    if samples and new[1] < samples[-1][1]:
        return (new,)
    return (*samples[-(KEPT - 1) :], new)


def time_left_s(samples: Sequence[Sample], total: int | None) -> float | None:
    """Seconds until `total` is done at the pace of the samples, oldest first; None while nothing can be said."""
    if total is None or not samples:
        return None
    (began, before), (now, done) = samples[0], samples[-1]
    if now <= began or done <= before:
        return None
    return max(0, total - done) * (now - began) / (done - before)
