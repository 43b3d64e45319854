"""The pace of questions: whatever comes in whatever order, the two limits hold, and servers do not feel each other."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.asking import cooldowns
from bot.asking.cooldowns import MINUTE_S, Cooldowns
from bot.guilds import GuildSettings

PAUSE_S, PER_MINUTE = 7, 3
SETTINGS = GuildSettings(person_cooldown_s=PAUSE_S, per_minute=PER_MINUTE)
ATTEMPTS = st.lists(  # seconds since the one before, server, person
    st.tuples(st.integers(0, 30), st.sampled_from([1, 2]), st.sampled_from([10, 11, 12])), max_size=60
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(attempts: Sequence[tuple[int, int, int]], *, only: int | None = None) -> list[tuple[float, int, int, int]]:
    """When, where and by whom was asked, and the answer of the bookkeeping."""
    clock = Clock()
    paced, said = Cooldowns(clock), []
    for gap, guild, person in attempts:
        clock.now += gap
        if only in (None, guild):
            said.append((clock.now, guild, person, paced.ask(guild, person, SETTINGS)))
    return said


@given(ATTEMPTS)
def test_neither_limit_is_ever_passed_and_no_question_is_refused_without_one(
    attempts: list[tuple[int, int, int]],
) -> None:
    taken: list[tuple[float, int, int]] = []
    for at, guild, person, wait in run(attempts):
        last = max((then for then, where, who in taken if (where, who) == (guild, person)), default=float("-inf"))
        minute = [then for then, where, _ in taken if where == guild and then > at - MINUTE_S]
        free = at - last >= PAUSE_S and len(minute) < PER_MINUTE
        assert (wait == 0) == free
        if free:
            taken.append((at, guild, person))


@given(ATTEMPTS)
def test_what_happens_in_one_server_is_not_felt_in_another(attempts: list[tuple[int, int, int]]) -> None:
    together = [one for one in run(attempts) if one[1] == 1]
    assert together == run(attempts, only=1)


@given(ATTEMPTS)
def test_who_waits_as_long_as_told_may_ask(attempts: list[tuple[int, int, int]]) -> None:
    clock = Clock()
    paced = Cooldowns(clock)
    for gap, guild, person in attempts:
        clock.now += gap
        if wait := paced.ask(guild, person, SETTINGS):
            clock.now += wait
            assert paced.ask(guild, person, SETTINGS) == 0


def test_without_limits_nobody_waits_and_nothing_is_remembered() -> None:
    paced = Cooldowns(Clock())
    assert [paced.ask(1, 10, GuildSettings()) for _ in range(100)] == [0] * 100
    assert not paced._people
    assert not paced._servers


def test_a_limit_that_is_lowered_holds_at_once() -> None:
    clock = Clock()
    paced = Cooldowns(clock)
    for _ in range(5):
        assert paced.ask(1, 10, GuildSettings(per_minute=5)) == 0
        clock.now += 1
    assert paced.ask(1, 10, GuildSettings(per_minute=2)) == 58, "until only one of the last two is in the minute"


def test_memory_is_bounded_however_many_ask() -> None:
    paced = Cooldowns(Clock())
    for one in range(cooldowns.MOST + 50):
        paced.ask(one, one, SETTINGS)
    assert len(paced._people) == len(paced._servers) == cooldowns.MOST
