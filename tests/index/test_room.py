"""A collection never holds more than it may, and what it holds already may always change."""

from hypothesis import given
from hypothesis import strategies as st

from index import Article, Rejection
from index.room import fitting


def article(number: int) -> Article:
    return Article(f"https://a.example/{number}", "Title", "Text.")


numbers = st.integers(0, 9)


@given(st.lists(numbers | st.none()), st.sets(numbers), st.integers(0, 12))
def test_new_articles_are_taken_in_their_order_while_there_is_room_and_known_ones_always(
    given: list[int | None], there: set[int], most: int
) -> None:
    ids = {article(number).id for number in there}
    bad = Rejection("a.txt", "is empty")
    found = list(fitting([bad if one is None else article(one) for one in given], len(there), most, ids.__contains__))
    holds = set(there)
    for number, one in zip(given, found, strict=True):
        if number is None:
            assert one is bad
        elif number in holds or len(holds) < most:
            holds.add(number)
            assert one == article(number)
        else:
            assert isinstance(one, Rejection)
            assert str(most) in one.reason
