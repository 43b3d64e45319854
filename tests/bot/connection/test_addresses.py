import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from discord.http import Route

from bot.archive import Archive
from bot.client import Pullquote
from bot.connection.addresses import speak_to
from tests.bot.discord_server import TOKEN, DiscordServer, online

PROJECT = Path(__file__).resolve().parents[3]
IDENTIFY, RESUME = 2, 6


@pytest.mark.parametrize("named", [True, False], ids=["gateway set", "gateway asked of the API"])
async def test_the_bot_comes_up_and_answers_over_a_real_socket(
    server: DiscordServer, archive: Archive, *, named: bool
) -> None:
    bot = Pullquote(archive)
    gateway = f"ws://{server.address}/socket" if named else ""
    speak_to(bot, api=f"http://{server.address}/api/v10", gateway=gateway)
    async with online(bot):
        assert (await server.hear(IDENTIFY))["d"]["shard"] == [0, 1]
        sent = await server.asked("PUT", "/applications/1001/commands")
        assert {"ask", "search", "archive", "help"} <= {command["name"] for command in sent.body}
        await server.ask("Who was first to suggest postponing the summit?")
        answered = await server.asked("PATCH", "/webhooks/1001/a-token/messages/@original")
    assert "**Trump** was the first" in answered.body["embeds"][0]["description"]


async def test_a_lost_connection_is_resumed_at_the_server_s_own_gateway(
    server: DiscordServer, archive: Archive
) -> None:
    bot = Pullquote(archive)
    speak_to(bot, api=f"http://{server.address}/api")
    async with online(bot):
        await server.sockets[0].send_json({"op": 7, "d": None, "s": None, "t": None})
        assert (await server.hear(RESUME))["d"]["session_id"] == "s"


@pytest.mark.usefixtures("discord_s_own_addresses")
def test_an_api_without_a_version_gets_the_one_that_discord_py_speaks(archive: Archive) -> None:
    for given in ("http://here.example/api", "http://here.example/api/", "http://here.example/api/v10"):
        speak_to(Pullquote(archive), api=given)
        assert Route.BASE == "http://here.example/api/v10"


def test_without_addresses_discord_itself_is_spoken_to(archive: Archive) -> None:
    bot = Pullquote(archive)
    speak_to(bot)
    assert Route.BASE.startswith("https://discord.com/api/")
    assert "ws_connect" not in vars(bot.http)


@pytest.mark.slow
@pytest.mark.usefixtures("discord_s_own_addresses")
async def test_as_many_shards_are_opened_as_the_api_advises(archive: Archive) -> None:
    bot = Pullquote(archive)
    async with DiscordServer(shards=2).running() as server:
        speak_to(bot, api=f"http://{server.address}/api")
        async with online(bot):
            identified = [await server.hear(IDENTIFY) for _ in range(2)]
    assert sorted(one["d"]["shard"] for one in identified) == [[0, 2], [1, 2]]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are Unix")
async def test_the_program_takes_the_addresses_from_its_settings(server: DiscordServer, tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PULLQUOTE_", "DISCORD_"))}
    addresses = {"DISCORD_API_URL": f"http://{server.address}/api/v10", "DISCORD_TOKEN": TOKEN}
    addresses["DISCORD_GATEWAY_URL"] = f"ws://{server.address}/socket"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=tmp_path, env={**clean, "PYTHONPATH": str(PROJECT), **addresses}
    )
    await server.asked("PUT", "/commands")
    assert (await server.hear(IDENTIFY))["d"]["token"] == TOKEN
    program.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(program.wait(), 60) == 0
