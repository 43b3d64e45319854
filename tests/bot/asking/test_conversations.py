from hypothesis import given
from hypothesis import strategies as st

from bot.asking.conversations import FORGOTTEN_S, MOST, TURNS, Conversations, Place
from index import Turn

HERE = Place(1, 2, 3)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_only_the_last_turns_are_remembered_oldest_first() -> None:
    conversations = Conversations(Clock())
    for number in range(TURNS + 2):
        conversations.add(HERE, Turn(str(number)))
    assert [turn.question for turn in conversations.before(HERE)] == ["2", "3", "4"]


def test_a_turn_is_forgotten_after_a_quarter_of_an_hour_and_a_later_one_is_not() -> None:
    clock = Clock()
    conversations = Conversations(clock)
    conversations.add(HERE, Turn("first"))
    clock.now = FORGOTTEN_S / 2
    conversations.add(HERE, Turn("second"))
    clock.now = FORGOTTEN_S + 1
    assert conversations.before(HERE) == (Turn("second"),)
    clock.now = 2 * FORGOTTEN_S
    assert conversations.before(HERE) == ()


def test_no_place_hears_of_another() -> None:
    conversations = Conversations(Clock())
    conversations.add(HERE, Turn("secret"))
    for other in (Place(1, 2, 4), Place(1, 5, 3), Place(None, 2, 3)):
        assert conversations.before(other) == ()


def test_when_full_the_quietest_place_is_forgotten() -> None:
    conversations = Conversations(Clock())
    for user in range(MOST):
        conversations.add(Place(1, 1, user), Turn("q"))
    conversations.add(Place(1, 1, 0), Turn("again"))
    conversations.add(Place(1, 1, MOST), Turn("q"))
    assert conversations.before(Place(1, 1, 1)) == ()
    assert len(conversations.before(Place(1, 1, 0))) == 2


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, FORGOTTEN_S)), max_size=40))
def test_what_is_remembered_is_what_was_said_there_lately(told: list[tuple[int, float]]) -> None:
    clock = Clock()
    conversations = Conversations(clock)
    said: list[tuple[float, int, str]] = []
    for number, (user, pause) in enumerate(told):
        clock.now += pause
        conversations.add(Place(1, 1, user), Turn(str(number)))
        said.append((clock.now, user, str(number)))
    for user in range(6):
        lately = [text for at, who, text in said if who == user][-TURNS:]
        fresh = [text for at, who, text in said if who == user and at > clock.now - FORGOTTEN_S]
        expected = [text for text in lately if text in fresh]
        assert [turn.question for turn in conversations.before(Place(1, 1, user))] == expected
