"""The programs of a soak: each a process that is started, looked at, stopped or killed, and started again."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.command import ROOT
from benchmarks.processes import Held, held

STOPPING_S = 40.0  # more than the bot grants itself
ERRORS = ("ERROR", "CRITICAL")


class Program:
    """One process at a time. What it says goes to a file for each."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.life = -1  # how many there were before this one
        self._command = [sys.executable, "-m", *command]
        self._environ = {**_plain_environ(), **environ, "PYTHONPATH": str(ROOT)}
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it, also again."""
        self.life += 1
        with self._log(self.life).open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._folder, env=self._environ, stdout=log, stderr=log
            )

    async def end(self, how: signal.Signals) -> float:
        """Send the signal and wait; the seconds that it took. Raises TimeoutError."""
        began = time.monotonic()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.wait(), STOPPING_S)
        return time.monotonic() - began

    def held(self) -> Held | None:
        """What it holds now."""
        try:
            return held(self._process.pid) if self._process is not None and self.runs else None
        except OSError:
            return None

    def errors(self) -> list[str]:
        """What it has logged as an error, or said as its last words, in all its lives."""
        return [error for life in range(self.life + 1) for error in logged_errors(self._log(life))]

    def last_words(self) -> str:
        """The end of what the process there is now has said."""
        return self._log(self.life).read_text(encoding="utf-8", errors="replace")[-2000:]

    def _log(self, life: int) -> Path:
        return self._folder / f"{self.name}-{life}.log"


async def metrics(address: str) -> dict[str, dict[str, float]]:
    """What the page of a program tells: values by name and label; nothing while it does not answer."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(10)) as session,
            session.get(f"http://{address}/metrics") as answer,
        ):
            page = await answer.text()
    except (aiohttp.ClientError, TimeoutError):
        return {}
    values: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            values.setdefault(sample.name, {})["/".join(sample.labels.values())] = sample.value
    return values


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def logged_errors(log: Path) -> Iterator[str]:
    """What a log has of level ERROR or under an id, and where a program ended of an exception."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.startswith("{"):
            if line.startswith("Traceback"):
                yield line
            continue
        record = json.loads(line)
        if record["level"] in ERRORS or "incident" in record:
            yield f"{record['logger']}: {record['message']} {record.get('kind', '')}".strip()


def _plain_environ() -> dict[str, str]:
    """This process's own, without settings of the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PULLQUOTE", "DISCORD"))}
