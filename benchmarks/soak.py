"""Hours of simulated people, news and restarts: does memory stay flat, is nothing leaked, lost or mixed up?

python -m benchmarks.soak --hours H [--archive DIR] [--rate R] [--servers N] [--restarts N]

The real bot and the real `pullquote watch`, with the real models, each a process of its own; Discord and a news outlet
are simulated in this one. The programs are stopped and started again in the first half, each second time by SIGKILL;
in the second half they are left alone, and their memory is watched. An event loop that has nothing to do runs beside
them: how late that is, the machine is.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.command import ROOT, Row, read_rows
from benchmarks.results import write_result
from benchmarks.soaking.news import Newsroom, secret
from benchmarks.soaking.people import People
from benchmarks.soaking.programs import Program, free_port
from benchmarks.soaking.scene import Scene, inspected
from benchmarks.soaking.town import FIRST_GUILD, TOKEN, Town
from benchmarks.soaking.verdict import figures_of, promises
from bot.archive import own_collection
from index import IndexConfig, NewsIndex
from tests.index.watching.press import press

SAMPLES = ROOT / "samples"
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, how much and how often."""

    seconds: float
    rate: float = 0.5  # deeds a second of all people together
    servers: int = 4
    restarts: int = 4  # of each program
    look_s: float = 60.0  # between two looks at the programs
    news_s: float = 20.0  # between two stories
    archive: str | None = None  # is copied; one of the samples where it is None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it, print it and write it down; 0 where every promise was kept, 1 where one was not."""
    options = vars(_parser().parse_args(arguments))
    figures = asyncio.run(soak(Plan(seconds=3600 * options.pop("hours"), **options)))
    for name, value in figures.items():
        if name != "looks":
            print(f"{name:20} {value}")
    print(f"written to {write_result('soak', figures)}")
    for promise, kept in figures["promises"].items():
        print(f"{'kept  ' if kept else 'BROKEN'} {promise}")
    return 0 if all(figures["promises"].values()) else 1


async def soak(plan: Plan) -> Row:
    """Everything, in a folder that goes again; the figures.

    Raises:
        RuntimeError: a program did not come up.
    """
    if (this := asyncio.current_task()) is not None:  # stopped in order: no program is left behind
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    with tempfile.TemporaryDirectory() as temporary, press() as outlet:
        folder, town = Path(temporary), Town(plan.servers)
        collections = {"public": "public"} | {secret(n): own_collection(FIRST_GUILD + n) for n in range(plan.servers)}
        newsroom = Newsroom(outlet, list(collections), SEED)
        await asyncio.to_thread(_furnish, folder / "data", plan.archive, newsroom, collections)
        people = People(town, [row["question"] for row in read_rows(SAMPLES / "questions.jsonl")], SEED)
        async with town.running():
            pages = {name: f"127.0.0.1:{free_port()}" for name in ("bot", "idle")}
            scene = Scene(town, people, _programs(folder, town.address, outlet.site.port, pages), pages)
            try:
                await _play(plan, scene, people, newsroom)
            finally:
                await scene.stop(signal.SIGTERM)
        found = await asyncio.to_thread(inspected, folder / "data", people.fates.added, newsroom.settled())
    figures = figures_of(scene.looks, scene.lags, people.fates) | {"errors": scene.errors, "archive_after": found}
    kept = {"promises": promises(figures)}
    return asdict(plan) | figures | kept | {"restarted": scene.restarts, "looks": scene.rows}


async def _play(plan: Plan, scene: Scene, people: People, newsroom: Newsroom) -> None:
    """All at once until the time is over; then what is under way is waited for."""
    await scene.start()
    background = [people.live(plan.rate), newsroom.live(plan.news_s), scene.look_every(plan.look_s)]
    tasks = [asyncio.create_task(one) for one in background]
    try:
        pause_s = plan.seconds / 2 / max(1, plan.restarts)
        for number in range(plan.restarts):
            await asyncio.sleep(pause_s)
            await scene.restart((signal.SIGTERM, signal.SIGKILL)[number % 2])
        await asyncio.sleep(plan.seconds / 2)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
    await people.rest()
    await scene.look()


def _furnish(data: Path, archive: str | None, newsroom: Newsroom, collections: Mapping[str, str]) -> None:
    """An archive that is copied or made of the samples, and that watches the outlet."""
    if archive is not None:
        shutil.copytree(archive, data)
    index = NewsIndex.open(IndexConfig(data=data))
    try:
        if archive is None:
            index.add_sources([str(SAMPLES / "articles")])
        newsroom.watched_by(index, collections)
    finally:
        index.close()


def _programs(folder: Path, discord: str, outlet: int, pages: Mapping[str, str]) -> dict[str, Program]:
    environ = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": f"http://{discord}/api/v10",
        "DISCORD_GATEWAY_URL": f"ws://{discord}/socket",
        "PULLQUOTE_DATA": str(folder / "data"),
        "PULLQUOTE_METRICS": pages["bot"],
        "PULLQUOTE_LOG": "json",
    }
    watch = ["benchmarks.soaking.watching", str(outlet), "watch", "--data", str(folder / "data")]
    idle = ["benchmarks.soaking.bystander", pages["idle"]]
    return {
        "bot": Program("bot", ["bot"], environ, folder),
        "watch": Program("watch", watch, {}, folder),
        "idle": Program("idle", idle, {}, folder),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description="Let people, news and restarts go on for hours, and measure."
    )
    parser.add_argument("--hours", type=float, required=True, metavar="H", help="how long, such as 4 or 0.5")
    parser.add_argument("--archive", metavar="DIR", help="copy this archive, of public articles (default: the samples)")
    parser.add_argument("--rate", type=float, default=0.5, help="what people do, a second (default: %(default)g)")
    parser.add_argument("--servers", type=int, default=4, help="that they are in (default: %(default)s)")
    parser.add_argument("--restarts", type=int, default=4, help="of each program (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
