import threading
from typing import Any

import pytest

from bot.archive import Archive, readers
from bot.client import Pullquote
from bot.connection.addresses import speak_to
from index import Records
from tests.bot.conftest import check_message, until
from tests.bot.discord_server import DiscordServer, online
from tests.bot.fake_index import FakeIndex

QUESTION = "Who was first to suggest postponing the summit?"


@pytest.fixture
def archive(index: FakeIndex, records: Records) -> Archive:
    return Archive(index, records, readers=1, waiting=2)


async def test_who_waits_sees_their_place_where_the_answer_will_be(
    server: DiscordServer, archive: Archive, index: FakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Over a real socket: SimCord fires no timer while a thread works.
    monkeypatch.setattr(readers, "PLACE_TOLD_AFTER_S", (0.1, 60.0))
    gate = threading.Event()
    index.before_read = until(gate)
    bot = Pullquote(archive)
    speak_to(bot, api=f"http://{server.address}/api/v10")
    async with online(bot):
        for _ in range(3):
            await server.ask(QUESTION)
        shown = [await said(server), await said(server)]
        gate.set()
        shown += [await said(server) for _ in range(3)]
    archive.close()
    assert shown[:2] == ["Your question is next in line …", "Your question is number 2 in line …"]
    assert all("**Trump** was the first" in text for text in shown[2:])


async def said(server: DiscordServer) -> str:
    body: dict[str, Any] = (await server.asked("PATCH", "/@original")).body
    check_message(body)
    return str(body["embeds"][0]["description"])
