"""A question that was acknowledged is answered, also when the process dies that has acknowledged it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive import Archive
from bot.asking.asked import Asked
from bot.asking.conversations import Place
from bot.asking.pending import KIND, Question
from bot.client import Pullquote
from bot.language import language
from bot.lists.paging import Search
from index import Turn
from tests.bot.conftest import World

FIRST = "Who was first to suggest postponing the summit?"
SENTENCE = "**Trump** was the first"
ASKED = st.builds(
    Asked,
    search=st.builds(
        Search, st.text(), st.none() | st.dates(), st.none() | st.dates(), st.none() | st.text(), by_date=st.booleans()
    ),
    day=st.dates(),
    place=st.builds(Place, st.none() | st.integers(1), st.integers(1), st.integers(1)),
    say=st.sampled_from([language("en"), language("de")]),
    private=st.booleans(),
    history=st.lists(st.builds(Turn, st.text(), st.text()), min_size=1, max_size=2).map(tuple) | st.none(),
)


@pytest.fixture
def archive(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Archive:
    monkeypatch.setattr(Archive, "is_shared", True)
    return archive


@given(ASKED)
def test_what_was_asked_comes_back_as_it_was_written(asked: Asked) -> None:
    question = Question.of_command(1, 2, "token", asked, "search")
    again = Question.read(question.written)
    assert again == question
    assert again.asked == asked


async def test_nothing_is_left_of_a_question_that_was_answered(world: World) -> None:
    await world.alice.slash(world.channel, "ask", question=FIRST)
    await world.alice.slash(world.channel, "ask", question="???")
    await world.alice.send_dm(FIRST)
    await world.alice.slash(world.channel, "search", query="summit")
    await world.alice.slash(world.channel, "latest")
    assert await world.archive.notes.recall(KIND) == []


async def test_it_is_written_down_before_it_is_acknowledged(world: World) -> None:
    written: list[list[str]] = []
    world.index.before_read = lambda: written.append(_kept(world))
    await world.alice.slash(world.channel, "ask", question=FIRST)
    assert FIRST in written[0][0]


def _kept(world: World) -> list[str]:
    return [value for _, value in world.archive.notes._records.items(KIND)]


async def test_the_next_process_answers_a_command_and_a_message_that_the_one_before_left(world: World) -> None:
    shown = await world.alice.slash(world.channel, "ask", question="Will it snow on Mars?")
    assert shown.response
    token = next(one.path.split("/")[3] for one in world.env.http_requests if one.path.startswith("/webhooks/"))
    bot = world.env.bot
    assert bot
    assert bot.user
    sent = await world.alice.send(world.channel, f"{bot.user.mention} {FIRST}")
    before = len(world.channel.history())
    place = Place(world.guild.id, world.channel.id, world.alice.id)
    asked = Asked(search=Search(FIRST), day=date(2025, 11, 1), place=place, say=language("en"))
    command = Question.of_command(1, bot.application_id or 0, token, asked)
    message = Question(guild_id=world.guild.id, number=sent.id, channel_id=world.channel.id)
    foreign = Question(guild_id=world.guild.id + (1 << 22), number=2, channel_id=1)
    gone = Question(guild_id=world.guild.id, number=3, channel_id=world.channel.id)
    for one in (command, message, gone):
        await world.archive.notes.keep(KIND, one.key, one.written)
    await world.env.restart_bot(Pullquote(world.archive))
    assert SENTENCE in (shown.response.embeds[0].description or "")
    assert len(world.channel.history()) == before + 1
    assert SENTENCE in (world.shown().description or "")
    assert await world.archive.notes.recall(KIND) == []
    del foreign


@contextmanager
def dying(method: str) -> Iterator[None]:
    """The process comes to its end whenever it wants that of the archive: nothing of its tasks is done any more."""

    async def die(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Archive, method, die)
        yield


async def test_the_next_process_answers_a_search_that_the_one_before_left(world: World) -> None:
    with dying("search"):
        await world.alice.slash(world.channel, "search", query="summit")
    assert len(await world.archive.notes.recall(KIND)) == 1
    await world.env.restart_bot(Pullquote(world.archive))
    assert "Summit put off" in (world.shown().description or "") + str(world.shown().fields)
    assert await world.archive.notes.recall(KIND) == []


async def test_who_waits_for_something_else_is_told_to_try_again(world: World) -> None:
    with dying("recent"):
        await world.alice.slash(world.channel, "latest")
    await world.env.restart_bot(Pullquote(world.archive))
    assert "Please try again" in (world.shown().description or "")
    assert await world.archive.notes.recall(KIND) == []


async def test_what_was_shown_before_the_process_died_stays(world: World) -> None:
    await world.alice.slash(world.channel, "latest")
    before = world.shown().to_dict()
    bot = world.env.bot
    assert bot
    token = next(one.path.split("/")[3] for one in world.env.http_requests if one.path.startswith("/webhooks/"))
    left = Question(
        guild_id=world.guild.id, number=1, deed="other", application_id=bot.application_id or 0, token=token
    )
    await world.archive.notes.keep(KIND, left.key, left.written)
    await world.env.restart_bot(Pullquote(world.archive))
    assert world.shown().to_dict() == before
    assert await world.archive.notes.recall(KIND) == []
