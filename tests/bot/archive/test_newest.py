"""How far the archive reaches is looked up seldom, and never costs an answer."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.archive import Archive
from bot.archive.newest import MOST, REMEMBERED_S, Newest
from bot.archive.readers import Readers
from tests.bot.conftest import until
from tests.bot.fake_index import SUMMIT, FakeIndex

DAY = datetime(2025, 10, 22, tzinfo=UTC)
PUBLIC, OURS = ("public",), ("public", "guild-7")


class Shelf:
    """An archive that has gained an article a day with every look, and a clock; a look takes until `gate` is open."""

    def __init__(self) -> None:
        self.now_s, self.looks = 0.0, 0
        self.gate, self.ended = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self) -> float:
        return self.now_s

    def find(self, collections: tuple[str, ...]) -> datetime | None:
        until(self.gate)()
        self.looks += 1
        self.ended.set()
        return DAY + timedelta(days=self.looks) if collections == PUBLIC else None


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def newest(shelf: Shelf) -> Iterator[Newest]:
    readers = Readers(1, 0)
    yield Newest(shelf.find, readers, shelf)
    shelf.gate.set()
    readers.close()


async def test_it_is_looked_up_once_a_minute_for_each_place(shelf: Shelf, newest: Newest) -> None:
    assert [await newest.of(PUBLIC) for _ in range(3)] == [DAY + timedelta(days=1)] * 3
    assert [await newest.of(OURS) for _ in range(3)] == [None] * 3
    assert shelf.looks == 2
    shelf.now_s += REMEMBERED_S
    assert await newest.of(PUBLIC) == DAY + timedelta(days=3)


async def test_where_the_threads_are_busy_or_slow_the_last_look_counts_until_a_new_one_ends(
    shelf: Shelf, newest: Newest
) -> None:
    assert await newest.of(PUBLIC) == DAY + timedelta(days=1)
    shelf.now_s += REMEMBERED_S
    shelf.gate.clear()
    shelf.ended.clear()
    assert await newest.of(PUBLIC) == DAY + timedelta(days=1)  # too late
    assert await newest.of(PUBLIC) == DAY + timedelta(days=1)  # busy
    assert await newest.of(OURS) is None
    shelf.gate.set()
    assert shelf.ended.wait(10)
    assert await newest.of(PUBLIC) in (DAY + timedelta(days=2), DAY + timedelta(days=3))


async def test_it_does_not_remember_places_without_end(newest: Newest) -> None:
    for number in range(MOST + 1):
        await newest.of((f"guild-{number}",))
    assert len(newest._known) == 1


async def test_the_door_says_what_may_be_read_and_nothing_of_others(archive: Archive, index: FakeIndex) -> None:
    late = replace(SUMMIT, collection="guild-7", published_at=DAY + timedelta(days=9))
    index.articles |= FakeIndex(late).articles
    assert await archive.newest(PUBLIC) == SUMMIT.published_at
    assert await archive.newest(OURS) == late.published_at
