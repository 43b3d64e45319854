"""A bot that is stopped loses no question that it has acknowledged."""

import asyncio
import os
import signal
import sys
import threading

import pytest

from bot import __main__ as program
from bot.archive import Archive, Restarting
from bot.client import Pullquote
from bot.connection.addresses import speak_to
from bot.connection.finishing import end_in_time, finishing
from bot.underway import Underway
from index import AddReport, Progress
from tests.bot.conftest import World, until
from tests.bot.discord_server import TOKEN, DiscordServer
from tests.bot.fake_index import FakeIndex

FIRST = "Who was first to suggest postponing the summit?"
KIND = "I am being restarted. Please ask again in a minute."
ACKNOWLEDGED = "/callback"


async def test_who_asks_a_bot_that_stops_hears_a_kind_sentence(world: World) -> None:
    world.archive.stop_taking()
    await world.alice.slash(world.channel, "ask", question=FIRST)
    assert world.shown().description == KIND
    await world.alice.send_dm(FIRST)
    told = world.alice.user.dm_channel.last_message
    assert told
    assert told.embeds[0].description == KIND
    await world.alice.slash(world.channel, "search", query=FIRST)
    assert world.shown().description == KIND
    assert not world.env.errors


@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix")
async def test_after_the_signal_what_runs_is_answered_and_what_comes_is_told(
    server: DiscordServer, archive: Archive, index: FakeIndex
) -> None:
    gate = threading.Event()
    index.before_read = until(gate)
    bot = Pullquote(archive)
    speak_to(bot, api=f"http://{server.address}/api/v10", gateway=f"ws://{server.address}/socket")
    running = asyncio.create_task(program.connect(bot, TOKEN, finishing(archive, bot.underway)))
    await server.asked("PUT", "/commands")
    await server.hear(2)
    await server.ask(FIRST, number=1)
    await server.asked("POST", ACKNOWLEDGED)
    while archive.queue != (0, 1):  # noqa: ASYNC110 - a thread takes it up
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    while not archive.stopping:  # noqa: ASYNC110 - the signal is handled in the loop
        await asyncio.sleep(0.01)
    await server.ask(FIRST, number=2)
    told = await server.asked("PATCH", "/a-token-2/messages/@original")
    assert told.body["embeds"][0]["description"] == KIND
    assert not running.done()
    gate.set()
    answered = await server.asked("PATCH", "/a-token-1/messages/@original")
    assert "**Trump** was the first" in answered.body["embeds"][0]["description"]
    assert await asyncio.wait_for(running, 30) == 0


async def test_what_takes_too_long_is_given_up_and_told(world: World) -> None:
    gate = threading.Event()
    world.index.before_read = until(gate)
    asking = asyncio.create_task(world.alice.slash(world.channel, "ask", question=FIRST))
    while world.archive.queue != (0, 1):  # noqa: ASYNC110 - a thread takes it up
        await asyncio.sleep(0.01)
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    try:
        await finishing(world.archive, bot.underway, finish_s=0.01, tell_s=5)()
        await asking
    finally:
        gate.set()
    assert world.shown().description == KIND


async def test_a_change_that_is_ordered_while_the_bot_stops_is_left_to_the_next_start(archive: Archive) -> None:
    archive.stop_taking()

    def listen(_: Progress) -> None:
        pytest.fail("it must not begin")

    with pytest.raises(Restarting):
        await archive.reindex([], listen)
    with pytest.raises(Restarting):
        await archive.add_upload("a.txt", b"x\ny", "public", listen)
    assert AddReport().added == 0


async def test_nothing_under_way_ends_at_once_and_what_never_ends_is_not_waited_for() -> None:
    underway = Underway()
    assert await underway.ended(0.01)

    async def forever() -> None:
        underway.join()
        await asyncio.Event().wait()

    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    assert not await underway.ended(0.01)
    task.cancel()
    assert await underway.ended(5)


def test_a_process_that_does_not_end_is_ended_with_0() -> None:
    codes: list[int] = []
    timer = end_in_time(0.01, codes.append)
    timer.join(10)
    assert codes == [0]
