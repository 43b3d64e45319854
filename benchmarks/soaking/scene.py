"""The programs among people and news: looked at every so often, stopped and started again, and checked at the end."""

import asyncio
import os
import signal
import time
from pathlib import Path

from benchmarks.command import Row
from benchmarks.processes import Held
from benchmarks.soaking.people import People
from benchmarks.soaking.programs import Program, metrics
from benchmarks.soaking.town import Town
from benchmarks.soaking.verdict import Buckets, Look, less, percentile
from index import IndexConfig, NewsIndex

STARTING_S = 180.0  # for a bot on a busy machine
LAG = "pullquote_loop_lag_seconds_bucket"


class Scene:
    """What was seen is in `looks`, `lags` and `rows`."""

    def __init__(self, town: Town, people: People, programs: dict[str, Program], pages: dict[str, str]) -> None:
        self.looks: dict[str, list[Look]] = {name: [] for name in programs}
        self.lags: dict[str, dict[int, Buckets]] = {name: {} for name in pages}  # by life, as at the last look
        self.rows: list[Row] = []
        self.restarts: list[Row] = []
        self.errors: list[str] = []  # that were logged, as at the last look
        self._began = time.monotonic()
        self._town, self._people, self._programs, self._pages = town, people, programs, pages

    async def start(self) -> None:
        """Start all, and wait for the bot. Raises RuntimeError where it does not come."""
        for program in self._programs.values():
            await program.start()
        try:
            await asyncio.wait_for(self._town.up.wait(), STARTING_S)
        except TimeoutError:
            raise RuntimeError(f"The bot did not come up: {self._programs['bot'].last_words()}") from None

    async def look_every(self, seconds: float) -> None:
        """Look until it is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await self.look()

    async def look(self) -> None:
        """Look at every program once, unless the bot is still loading, and print what is seen."""
        row: Row = {"at_s": round(time.monotonic() - self._began)}
        for name, program in self._programs.items():
            if (seen := program.held()) is not None and self._town.up.is_set():
                self.looks[name].append(Look(time.monotonic() - self._began, program.life, seen))
                row[name] = _shown(program.life, seen)
        row["lag_p99_ms"] = {name: await self._lag(name) for name in self._pages}
        fates = self._people.fates
        row |= {"done": fates.done.total(), "unanswered": len(fates.unanswered), "lost": len(fates.lost)}
        self._read_errors()
        row |= {"errors": len(self.errors)}
        row |= {"load": round(os.getloadavg()[0], 1)}
        self.rows.append(row)
        print(row, flush=True)

    async def restart(self, how: signal.Signals) -> None:
        """Stop every program this way, and start it again."""
        await self.look()
        stopped = await self.stop(how)
        began = time.monotonic()
        await self.start()
        self.restarts.append({"how": how.name, **stopped, "back_s": round(time.monotonic() - began, 1)})
        print(self.restarts[-1], flush=True)

    async def stop(self, how: signal.Signals) -> Row:
        """Stop every program this way; the seconds that each took."""
        seconds = await asyncio.gather(*(program.end(how) for program in self._programs.values()))
        self._town.up.clear()
        self._people.gone(killed=how is signal.SIGKILL)
        self._read_errors()
        return {f"{name}_s": round(took, 1) for name, took in zip(self._programs, seconds, strict=True)}

    def _read_errors(self) -> None:
        self.errors = [error for program in self._programs.values() for error in program.errors()]

    async def _lag(self, name: str) -> float | None:
        """Milliseconds under which 99 of 100 looks of the loop came since the last look; None: nobody tells."""
        told = (await metrics(self._pages[name])).get(LAG)
        if told is None:
            return None
        life, lags = self._programs[name].life, self.lags[name]
        now = {float(bound.replace("+Inf", "inf")): count for bound, count in told.items()}
        before, lags[life] = lags.get(life, {}), now
        return 1000 * percentile(less(now, before), 0.99)


def inspected(data: Path, added: list[str], published: list[str]) -> Row:
    """What the archive says afterwards: what of it is not sound, and which of the addresses are not in it."""
    index = NewsIndex.open(IndexConfig(data=data))
    try:
        missing = [[url for url in urls if not index.find(url)] for urls in (added, published)]
        status = index.status(None)
        return {
            "articles": status.articles,
            "problems": list(index.check()),
            "added_missing": missing[0],
            "published_missing": missing[1],
        }
    finally:
        index.close()


def _shown(life: int, seen: Held) -> Row:
    return {"life": life, "mb": round(seen.resident_bytes / 1e6, 1), "fds": seen.descriptors, "threads": seen.threads}
