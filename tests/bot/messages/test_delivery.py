"""Discord refuses what the bot sends: nothing goes unhandled, nobody's words are logged, and one try more may help."""

import logging
import re
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.archive import Archive
from bot.client import Pullquote
from bot.messages import delivery
from index import Article
from tests.bot.conftest import World
from tests.bot.fake_index import FERRY, HOSTILE, SUMMIT, FakeIndex

QUESTION = "Who was first to suggest postponing the summit?"
SENTENCE = "**Trump** was the first"
CALLBACK, ORIGINAL = "/interactions/*/callback", "/webhooks/*/messages/@original"
TYPING, MESSAGES = "/channels/*/typing", "/channels/*/messages"

REFUSALS = [(403, 50001), (403, 50013), (404, 10008), (404, 10062), (400, 40060), (400, 50083), (429, 0), (500, 0)]
every_refusal = pytest.mark.parametrize(("status", "code"), REFUSALS, ids=[f"{one[0]}-{one[1]}" for one in REFUSALS])


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(delivery, "AGAIN_S", 0.0)
    caplog.set_level(logging.DEBUG, logger="bot")


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(SUMMIT, FERRY, HOSTILE)


@pytest.fixture
def simcord_bot(archive: Archive, tmp_path: Path) -> Pullquote:
    (tmp_path / "a.txt").write_text("A title\nA text.", encoding="utf-8")
    return Pullquote(archive, sources=[tmp_path / "a.txt"])


def refuse(world: World, path: str, status: int, code: int, times: int | None = None) -> None:
    world.env.inject_error("*", path, status=status, code=code, message="no", times=times)


def was_quiet(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """One line with an id, no traceback, no question, and nothing that nobody caught."""
    assert world.env.errors == []
    assert re.search(r"failure [0-9a-f]{8}: Discord refused with status \d+, code \d+", caplog.text)
    assert "Traceback" not in caplog.text
    assert "postponing" not in caplog.text


@every_refusal
@pytest.mark.parametrize("path", [CALLBACK, ORIGINAL])
async def test_a_question_whose_answer_is_refused_ends_quietly(
    world: World, caplog: pytest.LogCaptureFixture, path: str, status: int, code: int
) -> None:
    refuse(world, path, status, code)
    await world.alice.slash(world.channel, "ask", question=QUESTION)
    was_quiet(world, caplog)


@every_refusal
@pytest.mark.parametrize("path", [TYPING, MESSAGES])
async def test_a_mention_whose_answer_is_refused_ends_quietly(
    world: World, caplog: pytest.LogCaptureFixture, path: str, status: int, code: int
) -> None:
    assert world.env.bot.user is not None
    refuse(world, path, status, code)
    await world.alice.send(world.channel, f"<@{world.env.bot.user.id}> {QUESTION}")
    if path == TYPING:
        assert SENTENCE in (world.shown().description or "")
    else:
        was_quiet(world, caplog)


@every_refusal
@pytest.mark.parametrize("path", [CALLBACK, ORIGINAL])
async def test_a_page_that_is_refused_ends_quietly(
    world: World, caplog: pytest.LogCaptureFixture, path: str, status: int, code: int
) -> None:
    world.index.articles |= FakeIndex(*[_note(number) for number in range(6)]).articles
    found = await world.alice.slash(world.channel, "search", query="harbour")
    assert found.response is not None
    refuse(world, path, status, code)
    await world.alice.click(found.response, label="Next")
    was_quiet(world, caplog)


@every_refusal
@pytest.mark.parametrize("path", [CALLBACK, ORIGINAL])
async def test_a_reindexing_whose_report_is_refused_ends_quietly(
    world: World, caplog: pytest.LogCaptureFixture, path: str, status: int, code: int
) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    bot.owner_id = world.admin.id
    refuse(world, path, status, code)
    await world.admin.slash(world.channel, "archive reindex")
    was_quiet(world, caplog)
    assert ("Reindexing: 1 added" in caplog.text) == (path == ORIGINAL), "what began is done, shown or not"


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("path", [CALLBACK, ORIGINAL, MESSAGES])
async def test_what_fails_once_is_tried_once_more_and_answered(world: World, path: str, status: int) -> None:
    assert world.env.bot.user is not None
    refuse(world, path, status, 0, times=1)
    if path == MESSAGES:
        await world.alice.send(world.channel, f"<@{world.env.bot.user.id}> {QUESTION}")
    else:
        await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert SENTENCE in (world.shown().description or "")
    assert world.env.errors == []


async def test_where_the_answer_is_refused_the_person_hears_of_it_if_anybody_can(world: World) -> None:
    refuse(world, ORIGINAL, 400, 50035)
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert result.response is not None  # the first follow-up takes the place of "is thinking"
    assert "Discord did not take my answer" in (result.response.embeds[0].description or "")


async def test_who_asks_where_the_bot_may_not_write_hears_so_in_a_direct_message(world: World) -> None:
    assert world.env.bot.user is not None
    refuse(world, f"/channels/{world.channel.id}/*", 403, 50013)
    await world.alice.send(world.channel, f"<@{world.env.bot.user.id}> {QUESTION}")
    told = world.alice.user.dm_channel.last_message
    assert told is not None
    assert "I may not write in #news" in (told.embeds[0].description or "")


async def test_a_failure_that_cannot_be_told_is_one_failure(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("secret detail")

    world.index.before_read = fail
    refuse(world, MESSAGES, 403, 50013)
    await world.alice.send_dm(QUESTION)
    assert [type(error).__name__ for error in world.env.errors] == ["Unanswered"]
    assert "postponing" not in caplog.text


async def test_a_second_try_that_was_acknowledged_already_counts_as_heard() -> None:
    refused = iter([_error(500, 0), _error(400, 40060)])

    async def send() -> None:
        raise next(refused)

    assert await delivery.refusal(send) is None


async def test_nothing_is_tried_again_that_is_refused_for_good_or_for_long() -> None:
    tries = []

    async def send() -> None:
        tries.append(1)
        raise error

    for error in (_error(403, 50013), _error(429, 0, {"Retry-After": "60"})):
        assert await delivery.refusal(send) is error
    assert len(tries) == 2


class Response:
    """As much of a response as an error looks at."""

    reason = "no"

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.headers = headers


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> discord.HTTPException:
    response: Any = Response(status, headers or {})
    return discord.HTTPException(response, {"code": code, "message": "no"})


def _note(number: int) -> Article:
    return Article(f"https://notes.example/{number}", f"Note {number}", f"The harbour saw ship {number}.")
