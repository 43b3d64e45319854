"""The bookkeeping of follows: what is kept comes back, nothing is told twice, a day has its measure."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.follows import A_DAY, A_PERSON, A_SERVER, LONG_AGO, NOWHERE, TOLD_KEPT, Added, Follow, Follows
from bot.archive import Archive
from index import Hit, Passage, StoredArticle
from tests.bot.fake_index import SUMMIT

moments = st.datetimes(timezones=st.just(UTC))
FOLLOWS = st.builds(
    Follow,
    id=st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    guild_id=st.integers(0),
    topic=st.text(max_size=100),
    user_id=st.none() | st.integers(1),
    channel_id=st.none() | st.integers(1),
    language=st.sampled_from(["en", "de"]),
    looked_at=moments,
    day=st.dates(),
    sent=st.integers(0, A_DAY),
    told=st.lists(st.text(max_size=16), max_size=3).map(tuple),
    paused=st.booleans(),
)


def follow(number: int = 1, *, guild_id: int = 7, user_id: int | None = 5, channel_id: int | None = None) -> Follow:
    return Follow(
        id=f"{number:08x}", guild_id=guild_id, topic=f"topic {number}", user_id=user_id, channel_id=channel_id
    )


@given(FOLLOWS)
def test_a_follow_comes_back_as_it_was_written(one: Follow) -> None:
    assert Follow.of(one.written) == one


@given(st.text() | st.dictionaries(st.sampled_from(["id", "topic", "day", "told"]), st.integers()).map(json.dumps))
def test_what_cannot_be_read_is_no_follow(written: str) -> None:
    assert Follow.of(written) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), max_size=60))
def test_no_day_brings_more_alerts_than_its_measure_and_no_article_comes_twice(news: list[tuple[int, int]]) -> None:
    one, told = follow(), list[tuple[date, str]]()
    for day, article in sorted(news):
        today, mark = date(2025, 1, 1) + timedelta(days=day), f"article-{article}"
        if one.left(today) and not one.has_told(mark):
            one = one.telling(today, mark)
            told.append((today, mark))
    assert all([day for day, _ in told].count(today) <= A_DAY for today, _ in told)
    assert len({mark for _, mark in told}) == len(told)


def test_what_was_told_is_remembered_within_bounds() -> None:
    one = follow()
    for number in range(TOLD_KEPT + 5):
        one = one.telling(date(2025, 1, 1), str(number))
    assert len(one.told) == TOLD_KEPT
    assert one.has_told(str(TOLD_KEPT))


@given(moments, moments)
def test_a_look_never_goes_back(first: datetime, second: datetime) -> None:
    assert follow().looked(first).looked(second).looked_at == max(first, second, LONG_AGO)


def test_only_an_article_that_came_in_since_the_last_look_and_was_not_told_is_new() -> None:
    at = datetime(2025, 11, 1, tzinfo=UTC)
    one = follow().looked(at)

    def hit(*, hours: int, version: int = 1, url: str = SUMMIT.url) -> Hit:
        stored = StoredArticle(replace(SUMMIT, url=url), version, at + timedelta(hours=hours))
        return Hit(1, stored, Passage(0, 5), 1.0)

    new = hit(hours=1)
    hits = [new, new, hit(hours=0, url="a:old"), hit(hours=9, url="a:later"), hit(hours=1, version=2, url="a:changed")]
    assert one.new_in(hits, at + timedelta(hours=2)) == [new.stored]
    told = one.telling(at.date(), SUMMIT.id)
    assert told.new_in([new], at + timedelta(hours=2)) == []


async def test_follows_are_read_by_server_and_by_person_and_a_person_is_named_by_pseudonym(archive: Archive) -> None:
    follows = Follows(archive.notes, lambda user_id: f"p{user_id}")
    mine, theirs, elsewhere = follow(1), follow(2, user_id=6), follow(3, guild_id=70)
    channel, direct = follow(4, user_id=None, channel_id=9), follow(5, guild_id=NOWHERE)
    for one in (mine, theirs, elsewhere, channel, direct):
        assert await follows.add(one) is Added.NEW
    assert [key for key, _ in await archive.notes.recall("follow", "7/")] == [
        "7/channel-9/00000004",
        "7/p5/00000001",
        "7/p6/00000002",
    ]
    assert await follows.of_guild(7) == [channel, mine, theirs]
    assert await follows.of_person(7, 5) == [mine]
    assert await follows.of_person(None, 5) == [direct, mine, elsewhere]


async def test_the_same_topic_is_followed_once_and_following_again_ends_a_pause(archive: Archive) -> None:
    follows = Follows(archive.notes)
    one = follow(1)
    same = replace(follow(2), topic=one.topic.upper())
    assert await follows.add(one) is Added.NEW
    assert await follows.add(same) is Added.KNOWN
    assert await follows.change(replace(one, paused=True))
    later = datetime(2025, 11, 1, tzinfo=UTC)
    assert await follows.add(same.looked(later)) is Added.RESUMED
    assert await follows.of_guild(7) == [one.looked(later)]


async def test_a_person_and_a_server_may_follow_so_many_topics_and_no_more_even_at_once(archive: Archive) -> None:
    follows = Follows(archive.notes)
    asked = [follows.add(follow(number)) for number in range(A_PERSON + 1)]
    assert (await asyncio.gather(*asked)).count(Added.FULL_PERSON) == 1
    assert await follows.add(follow(1, guild_id=70)) is Added.NEW
    for number in range(A_SERVER - A_PERSON):
        assert await follows.add(follow(100 + number, user_id=None, channel_id=9)) is Added.NEW
    assert await follows.add(follow(99, user_id=6)) is Added.FULL_SERVER
    assert await follows.add(follow(99, user_id=6, guild_id=NOWHERE)) is Added.NEW


async def test_what_was_ended_is_not_written_again(archive: Archive) -> None:
    follows = Follows(archive.notes)
    await follows.add(follow())
    assert await follows.end(follow())
    assert not await follows.end(follow())
    assert not await follows.change(follow())
    assert await follows.every() == []
