"""How soon people hear from the bot when many ask at the same time, and whether its event loop ever stands still.

The real bot with its real threads, over real sockets: Discord is a small server in a process of its own, which notes
when it sends each question and when the first acknowledgement of it comes in. The index answers after a fixed time,
or it is a real one.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.command import ROOT, Row
from benchmarks.results import write_result
from bot.archive import Archive, Index
from bot.client import Pullquote
from bot.connection.addresses import speak_to
from bot.connection.steadiness import steady
from bot.settings import Settings
from index import IndexConfig, NewsIndex, open_records
from tests.bot.discord_server import DiscordServer, online
from tests.bot.fake_index import SUMMIT, FakeIndex

QUESTION = "Who was first to suggest postponing the summit?"
IN_LINE = "Your question is"  # how the place of one who waits begins: no outcome yet
BUSY, LATE = "I am busy", "That took longer"
IDENTIFY = 2
TICK_S = 0.002


class Stall(NamedTuple):
    """By how much a tick came late, and how much of that the loop's own thread computed.

    The rest it waited for the interpreter, which threads hold, or for the processor, which other programs hold.
    """

    late_s: float
    computing_s: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write down; the exit code is 0."""
    options = _parser().parse_args(arguments)
    if options.serve:
        asyncio.run(_play_discord(options.people))
        return 0
    name, index = _index(options)
    figures = asyncio.run(measure(options.people, index))
    print(json.dumps(figures, indent=2))
    print(write_result(f"acknowledge-{name}", figures))
    return 0


def _index(options: argparse.Namespace) -> tuple[str, Index]:
    """The index to be asked, and what it is called in the name of the result."""
    if options.archive:
        real = NewsIndex.open(IndexConfig(data=options.archive))
        real.warm()
        return "archive", real
    fake, ask_s = FakeIndex(SUMMIT), options.ask_ms / 1000
    fake.before_read = _spinning(ask_s) if options.spin else lambda: time.sleep(ask_s)
    return f"{'spin' if options.spin else 'sleep'}{options.ask_ms:.0f}", fake


async def measure(people: int, index: Index) -> Row:
    """Figures of one rush."""
    defaults = Settings()
    folder = tempfile.TemporaryDirectory()
    records = open_records(IndexConfig(data=Path(folder.name)))
    archive = Archive(
        index, records, readers=defaults.readers, waiting=defaults.waiting, deadline_s=defaults.deadline_s
    )
    bot = Pullquote(archive)
    steady(bot)
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "benchmarks.acknowledge", "--serve", "--people", str(people)]
    discord = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert discord.stdout is not None  # noqa: S101 - asked for above
    address = (await discord.stdout.readline()).decode().strip()
    speak_to(bot, api=f"http://{address}/api/v10", gateway=f"ws://{address}/socket")
    async with online(bot):
        stalls: list[Stall] = []
        ticking = asyncio.create_task(_tick(stalls))
        seen, _ = await discord.communicate(b"go\n")
        ticking.cancel()
    archive.close()
    records.close()
    folder.cleanup()
    sizes = {"people": people, "readers": defaults.readers, "waiting": defaults.waiting}
    return {**sizes, **_figures(seen, stalls)}


def _figures(seen: bytes, stalls: list[Stall]) -> Row:
    rush = json.loads(seen)
    told_ms = [1000 * second for second in rush["acknowledged_s"]]
    percentiles = statistics.quantiles(told_ms, n=100, method="inclusive")
    return {
        "acknowledged_ms": {
            "p50": round(percentiles[49], 1),
            "p99": round(percentiles[98], 1),
            "max": round(max(told_ms), 1),
        },
        "all_done_ms": round(1000 * rush["all_done_s"], 1),
        **{outcome: rush[outcome] for outcome in ("answered", "busy", "late")},
        "longest_stall_of_the_loop_ms": round(1000 * max(stall.late_s for stall in stalls), 1),
        "longest_computing_of_the_loop_ms": round(1000 * max(stall.computing_s for stall in stalls), 1),
    }


async def _tick(stalls: list[Stall]) -> None:
    """Note each tick."""
    while True:
        before, computed = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK_S)
        stalls.append(Stall(time.perf_counter() - before - TICK_S, time.thread_time() - computed))


def _spinning(seconds: float) -> Callable[[], None]:
    """Work that never leaves Python, and so takes its share of the interpreter from the loop: worse than any model."""

    def spin() -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass

    return spin


async def _play_discord(people: int) -> None:
    """Send every question at once when told to, and print what was seen of them as JSON."""
    async with DiscordServer().running() as server:
        print(server.address, flush=True)
        await server.hear(IDENTIFY)
        await asyncio.to_thread(sys.stdin.readline)
        started = time.perf_counter()
        watching = asyncio.create_task(_watch(server, people))
        sent_s = []
        for number in range(people):
            sent_s.append(time.perf_counter())
            await server.ask(QUESTION, number=number)
        heard_s, outcomes = await watching
        acknowledged_s = [heard_s[number] - sent_s[number] for number in range(people)]
        busy, late = (sum(said.startswith(words) for said in outcomes) for words in (BUSY, LATE))
        seen = {"acknowledged_s": acknowledged_s, "all_done_s": time.perf_counter() - started}
        print(json.dumps({**seen, "answered": people - busy - late, "busy": busy, "late": late}), flush=True)


async def _watch(server: DiscordServer, people: int) -> tuple[dict[int, float], list[str]]:
    """When each was acknowledged, by number, and what they were told in the end."""
    heard_s: dict[int, float] = {}
    outcomes: list[str] = []
    while len(outcomes) < people:
        request = await asyncio.wait_for(server.requests.get(), 60)
        if request.path.endswith("/callback"):
            heard_s[int(request.path.split("/")[2]) - 2000] = time.perf_counter()
        elif request.path.endswith("/@original"):
            said = request.body["embeds"][0]["description"]
            outcomes += [] if said.startswith(IN_LINE) else [said]
    return heard_s, outcomes


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acknowledge", description=__doc__)
    parser.add_argument("--people", type=int, default=200, help="how many ask at the same time (default: 200)")
    parser.add_argument("--ask-ms", type=float, default=100, help="how long the index takes (default: 100)")
    parser.add_argument("--spin", action="store_true", help="let it spend that time in Python rather than asleep")
    parser.add_argument("--archive", type=Path, help="ask this archive, with the real model, in place of those")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
