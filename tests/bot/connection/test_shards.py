"""Shards are shared evenly and handed over, and who can renew no lease serves none when it ends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from bot.connection import shards as module
from bot.connection.shards import Shards
from bot.underway import Underway
from index import ArchiveUnusable, Leases, Share, open_leases
from tests.engines import Postgres


class FakeClient:
    """Serves its shard until it is closed, unless it is told to fail."""

    error: Exception | None = None

    def __init__(self, number: int, serving: dict[int, list["FakeClient"]]) -> None:
        self.underway = Underway()
        self._all = serving.setdefault(number, [])
        self._all.append(self)

    async def start(self, token: str) -> None:
        assert token == "t"  # noqa: S105 - not one
        if self.error:
            raise self.error
        await asyncio.Event().wait()

    async def close(self) -> None:
        self._all.remove(self)


class Cut:
    """Leases as they are, until the database is out of reach."""

    def __init__(self, leases: Leases) -> None:
        self.leases = leases
        self.is_cut = False

    def renew(self, holder: str) -> Share:
        if self.is_cut:
            raise ArchiveUnusable("out of reach")
        return self.leases.renew(holder)

    def agree(self, holder: str, advised: int) -> int:
        return self.leases.agree(holder, advised)

    def take(self, holder: str, at_once: int) -> int | None:
        return self.leases.take(holder, at_once)

    def release(self, holder: str, shard: int) -> None:
        self.leases.release(holder, shard)

    def leave(self, holder: str) -> None:
        self.leases.leave(holder)

    def close(self) -> None:
        self.leases.close()


class Processes:
    """Bots over one database, each with what it serves by shard."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self.serving: list[dict[int, list[FakeClient]]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.cuts: list[Cut] = []

    def start(self) -> None:
        served: dict[int, list[FakeClient]] = {}
        self.serving.append(served)
        self.cuts.append(Cut(self._leases))
        shards = Shards(self.cuts[-1], lambda number, _: FakeClient(number, served))
        self.tasks.append(asyncio.create_task(shards.run("t", advised=4, at_once=4)))

    def held(self) -> list[set[int]]:
        """By process, the shards whose clients take what comes."""
        return [
            {number for number, several in one.items() if any(not client.underway.closed for client in several)}
            for one in self.serving
        ]

    async def until(self, *sizes: int) -> None:
        """Come back when each process serves so many, and no shard is anybody's twice."""
        async with asyncio.timeout(30):
            while tuple(map(len, self.held())) != sizes:
                held = self.held()
                assert sum(map(len, held)) == len(set().union(*held)), "served twice at a time"
                await asyncio.sleep(0.01)


@pytest.fixture
async def bots(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Processes]:
    monkeypatch.setattr(module, "RENEWED_EVERY_S", 0.05)
    leases = open_leases(postgres.config(tmp_path))
    assert leases
    processes = Processes(leases)
    yield processes
    for task in processes.tasks:
        task.cancel()
    await asyncio.gather(*processes.tasks, return_exceptions=True)
    leases.close()


async def test_one_process_serves_all_and_gives_a_second_one_its_share_and_gets_it_back(bots: Processes) -> None:
    bots.start()
    await bots.until(4)
    bots.start()
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("index.postgres.leases.BEGIN_EVERY_S", 0.2)  # else each shard begins 5 s after the last one
        await bots.until(2, 2)
        bots.tasks[0].cancel()
        await asyncio.wait([bots.tasks[0]])
        await bots.until(0, 4)
    assert not any(bots.serving[0].values())


async def test_who_can_renew_nothing_serves_nothing_before_its_leases_end(
    bots: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SERVED_S", 0.5)
    bots.start()
    await bots.until(4)
    bots.cuts[0].is_cut = True
    await bots.until(0)
    assert set().union(*bots.held()) == set()


async def test_a_refused_token_ends_the_program_and_another_failure_is_tried_again(
    bots: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeClient, "error", OSError("Discord is away"))
    monkeypatch.setattr("index.postgres.leases.BEGIN_EVERY_S", 0.0)
    bots.start()
    await asyncio.sleep(0.5)
    assert not bots.tasks[0].done()
    monkeypatch.setattr(FakeClient, "error", discord.LoginFailure("no"))
    with pytest.raises(discord.LoginFailure):
        await asyncio.wait_for(asyncio.shield(bots.tasks[0]), 30)
