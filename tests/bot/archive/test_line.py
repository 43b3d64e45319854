from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.archive.line import Line

READERS, WAITING = 2, 3


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class AnyDay(RuleBasedStateMachine):
    """Any order of coming, being served and leaving, against two lists."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line(READERS, WAITING, Clock())
        self.waiting: list[int] = []
        self.served: list[int] = []
        self.seen: dict[int, int] = {}

    @rule()
    def join(self) -> None:
        ticket = self.line.join()
        assert (ticket is None) == (len(self.waiting) + len(self.served) == READERS + WAITING)
        if ticket is not None:
            self.waiting.append(ticket)

    @precondition(lambda self: self.waiting and len(self.served) < READERS)
    @rule()
    def start(self) -> None:
        self.served.append(self.waiting.pop(0))
        self.line.start(self.served[-1])

    @precondition(lambda self: self.waiting or self.served)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.waiting + self.served))
        (self.waiting if ticket in self.waiting else self.served).remove(ticket)
        self.line.leave(ticket)
        self.line.leave(ticket)  # changes nothing more

    @invariant()
    def places_count_up_from_one_in_the_order_of_coming(self) -> None:
        assert [self.line.place(ticket) for ticket in self.waiting] == list(range(1, len(self.waiting) + 1))
        assert all(self.line.place(ticket) == 0 for ticket in self.served)

    @invariant()
    def nobody_is_ever_moved_back(self) -> None:
        for ticket in self.waiting:
            assert self.line.place(ticket) <= self.seen.get(ticket, WAITING + READERS)
            self.seen[ticket] = self.line.place(ticket)

    @invariant()
    def a_time_to_come_back_is_a_second_or_more(self) -> None:
        assert self.line.again_in_s() >= 1


TestAnyDay = AnyDay.TestCase


@given(st.integers(1, 8), st.integers(0, 40), st.floats(0.1, 60))
def test_the_time_to_come_back_is_what_the_waiting_need_at_the_recent_pace(
    readers: int, waiting: int, turn_s: float
) -> None:
    clock = Clock()
    line = Line(readers, waiting + 1, clock)
    first = line.join()
    assert first is not None
    line.start(first)
    clock.now_s += turn_s
    line.leave(first)
    for _ in range(waiting):
        line.join()
    needed_s = turn_s * (waiting + 1) / readers
    assert needed_s <= line.again_in_s() + 1e-6
    assert line.again_in_s() <= needed_s + 1 + 1e-6  # whole seconds, and at least one
