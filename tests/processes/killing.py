"""Two bots, two indexers and a database's server, killed in turn: `python -m tests.processes.killing [KILLS] [SEED]`.

People of four servers ask, search and send articles all the while. KILLS are of each kind. At the end each question and
search that was acknowledged is answered, every order that was shown is done, just once, and nobody has read another
server's article.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from index import Article, Filters, IndexConfig, NewsIndex
from tests.bot.discord_server import TOKEN
from tests.fakes import WordEncoder, WordReader
from tests.postgres_server import Server, running_server
from tests.processes.crowd import FACT, SHARDS, Command, Crowd

ROOT = Path(__file__).parents[2]
KINDS = ("bot", "indexer", "database")
SERVED_AGAIN_S = 60.0  # at most, after a bot was killed
SETTLED_S = 120.0
ENDED = ("added", "already", "up to date", "unchanged")
TOLD_TO_ASK_AGAIN = ("cannot be used right now", "I am being restarted")
TOLD_THAT_LOST = "I was restarted before"


@dataclass
class Site:
    """The processes, and where they run."""

    crowd: Crowd
    server: Server
    url: str
    folder: Path
    running: dict[str, list["subprocess.Popen[bytes]"]] = field(default_factory=lambda: {"bot": [], "indexer": []})

    def start(self, kind: str) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PULLQUOTE_", "DISCORD_"))}
        clean |= {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": f"http://{self.crowd.address}/api/v10",
            "DISCORD_GATEWAY_URL": f"ws://{self.crowd.address}/socket",
            "PULLQUOTE_DATABASE_URL": self.url,
            "PULLQUOTE_DATA": str(self.folder / "data"),
            "PYTHONPATH": str(ROOT),
        }
        arguments = ["bot"] if kind == "bot" else ["index", "watch"]
        command = [sys.executable, "-m", "tests.processes.without_models", *arguments]
        with (self.folder / f"{kind}.log").open("ab") as log:
            process = subprocess.Popen(command, env=clean, cwd=self.folder, stdout=log, stderr=log)
        self.running[kind].append(process)

    async def supervise(self) -> None:
        """Start again what has ended by itself, as a supervisor does, until cancelled."""
        while True:
            for kind, several in self.running.items():
                for one in [one for one in several if one.poll() is not None]:
                    several.remove(one)
                    self.start(kind)
            await asyncio.sleep(0.5)

    async def kill(self, kind: str) -> float:
        """Kill one, let another take its place; after how many seconds all shards are served again."""
        if kind == "database":
            self.server.kill()
            await asyncio.sleep(self.crowd.dice.uniform(0, 2))
            await asyncio.to_thread(self.server.start)
        else:
            await self._shared()
            victim = self.running[kind].pop(self.crowd.dice.randrange(len(self.running[kind])))
            if kind == "bot":
                await self.crowd.rush()
                await asyncio.sleep(self.crowd.dice.uniform(0, 0.3))
            victim.kill()
            victim.wait()
            self.start(kind)
            await asyncio.sleep(0.5)  # until its sockets are seen to be closed
        return await self.crowd.served(SERVED_AGAIN_S)

    async def _shared(self) -> None:
        """Come back when both bots serve a shard: else the one that is killed may be one that serves none."""
        async with asyncio.timeout(SETTLED_S):
            while await asyncio.to_thread(self._holders) < len(self.running["bot"]):  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.5)

    def _holders(self) -> int:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT count(DISTINCT holder) FROM shards WHERE held_until > now()").fetchone()
            return int(row[0]) if row else 0
        return 0

    def stop(self) -> list[int]:
        """Let all end by themselves; their exit codes."""
        every = [one for several in self.running.values() for one in several]
        for one in every:
            one.terminate()
        codes = []
        for one in every:
            try:
                codes.append(one.wait(40))
            except subprocess.TimeoutExpired:
                one.kill()
                codes.append(one.wait())
        return codes


def open_index(site: Site) -> NewsIndex:
    config = IndexConfig(data=site.folder / "data", database_url=site.url)
    return NewsIndex.open(config, encoder=WordEncoder(), reader=WordReader())


def fill(site: Site) -> None:
    """Each server has an article of its own, under one address."""
    index = open_index(site)
    for guild in site.crowd.guild_ids:
        told = FACT.format(port=site.crowd.port(guild))
        index.add([Article("https://a.example/ferry", "Ferry", told, collection=f"guild-{guild}")])
    index.close()


def lost(site: Site) -> list[Command]:
    """What was acknowledged, and did not come to its end."""
    acknowledged = [one for one in site.crowd.commands.values() if one.acknowledged]
    asked = [one for one in acknowledged if not one.shown]
    ordered = [one for one in acknowledged if one.is_accepted and not any(map(one.shown[-1].__contains__, ENDED))]
    return [*asked, *ordered]


def check(site: Site, killed: Counter[str]) -> Counter[str]:
    """Look at everything that people were shown, and at the archive; what there was. Raises AssertionError."""
    done: Counter[str] = Counter()
    index = open_index(site)
    for one in site.crowd.commands.values():
        state = "accepted" if one.is_accepted else "acknowledged" if one.acknowledged else "never acknowledged"
        done[f"{one.kind}: {state}"] += 1
        for other in site.crowd.guild_ids:
            told = " ".join(one.shown)
            assert other == one.guild or site.crowd.port(other) not in told, f"of another server: {told}"
        if one.acknowledged and TOLD_THAT_LOST in one.shown[-1]:
            done[f"{one.kind}: told that it is lost"] += 1
        if one.kind in ("ask", "search") and one.acknowledged:
            answered = site.crowd.port(one.guild) in one.shown[-1]
            done[f"{one.kind}: told to ask again"] += not answered
            assert answered or (killed["database"] and any(map(one.shown[-1].__contains__, TOLD_TO_ASK_AGAIN))), one
    held = {guild: index.recent(10_000, Filters((f"guild-{guild}",))) for guild in site.crowd.guild_ids}
    titles = Counter(stored.article.title for several in held.values() for stored in several)
    for one in site.crowd.commands.values():
        if one.is_accepted:
            assert titles[f"Note {one.name}"] == 1, f"lost, or there twice: {one}"
    for guild, several in held.items():
        assert all(site.crowd.port(guild) in stored.article.text for stored in several)
        assert all(stored.version == 1 for stored in several), "something was stored twice"
    assert index.check() == ()
    index.close()
    return done


async def run(
    kills: int, seed: int, folder: Path, *, kinds: tuple[str, ...] = KINDS
) -> tuple[Counter[str], list[float]]:
    """Kill so many of each kind; what there was, and after how many seconds shards were served again."""
    with running_server() as server:
        crowd = Crowd(seed)
        site = Site(crowd, server, server.new_database(), folder)
        fill(site)
        async with crowd.running():
            try:
                for kind in ("bot", "indexer") * 2:
                    site.start(kind)
                await crowd.served(120)
                again, killed = await _kill_in_turn(site, kills, kinds)
                codes = await asyncio.to_thread(site.stop)
            finally:
                site.stop()
        assert set(codes) <= {0, -signal.SIGTERM}, f"exit codes {codes}"  # one may not have begun yet
        assert not crowd.doubled, f"shards {crowd.doubled} were served twice at a time"
        return check(site, killed) + killed, again


async def _kill_in_turn(site: Site, kills: int, kinds: tuple[str, ...]) -> tuple[list[float], Counter[str]]:
    people, supervisor = asyncio.create_task(site.crowd.live()), asyncio.create_task(site.supervise())
    again, killed = list[float](), Counter[str]()
    for _ in range(kills):
        for kind in kinds:
            await asyncio.sleep(site.crowd.dice.uniform(0.5, 3))
            seconds = await site.kill(kind)
            killed[kind] += 1
            again += [seconds] if kind == "bot" else []
            print(f"killed {killed.total()}: {kind}, all served again after {seconds:.1f} s", flush=True)
    people.cancel()
    await asyncio.sleep(3)  # until what they did last is shown, and so counts as accepted
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLED_S):
            while lost(site):  # noqa: ASYNC110 - other processes do it
                await asyncio.sleep(0.2)
    supervisor.cancel()
    await asyncio.gather(people, supervisor, return_exceptions=True)
    assert not lost(site), f"lost: {lost(site)[:5]}"
    return again, killed


def main() -> None:
    kills, seed = [*map(int, sys.argv[1:]), 30, 1][:2] if len(sys.argv) < 3 else map(int, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        try:
            done, again = asyncio.run(run(kills, seed, Path(folder)))
        except BaseException:
            for log in Path(folder).glob("*.log"):
                print(f"--- {log.name}", log.read_text("utf-8", "replace")[-60_000:], sep="\n", file=sys.stderr)
            raise
    print(", ".join(f"{count} {what}" for what, count in sorted(done.items())))
    print(f"{SHARDS} shards served again in {max(again, default=0):.1f} s at most; nothing lost or read by others")


if __name__ == "__main__":
    main()
