import asyncio
import time
from typing import Any

import discord
import pytest

from benchmarks.acknowledge import measure
from bot.errors import Tree
from tests.bot.fake_index import SUMMIT, FakeIndex


async def test_of_many_commands_at_once_one_begins_in_each_round_of_the_loop() -> None:
    tree = Tree(discord.Client(intents=discord.Intents.none()))
    anybody: Any = None
    rounds, began = 0, list[int]()

    async def begin() -> None:
        await tree.interaction_check(anybody)
        began.append(rounds)

    tasks = [asyncio.create_task(begin()) for _ in range(50)]
    while len(began) < len(tasks):
        rounds += 1
        await asyncio.sleep(0)
    assert len(set(began)) == len(tasks)


@pytest.mark.slow
@pytest.mark.usefixtures("discord_s_own_addresses")
async def test_when_many_ask_at_once_nobody_waits_longer_than_discord_does() -> None:
    index = FakeIndex(SUMMIT)
    index.before_read = lambda: time.sleep(0.02)
    figures = await measure(60, index)
    assert figures["answered"] + figures["busy"] == 60
    assert figures["answered"] >= 18, "as many as are served and may wait"
    assert figures["acknowledged_ms"]["max"] < 3000, "then the interaction is void"
