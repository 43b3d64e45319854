"""The command line as people run it: one process for each command, with what it cost."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RUSAGE_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in a unit of ru_maxrss; see getrusage(2)

Row = dict[str, Any]  # one line of JSON, as it came


@dataclass(frozen=True, slots=True)
class Run:
    """What one command printed and what it took."""

    code: int
    output: str
    seconds: float
    peak_bytes: int  # resident memory of that process at its largest


class CommandFailed(Exception):
    """The command ended with a code that the benchmark has no use for; what it said is on the terminal."""


@dataclass(frozen=True, slots=True)
class Pullquote:
    """The command `pullquote` over one archive folder."""

    data: Path

    def add(self, source: Path) -> Run:
        """Add a file or folder. Rejected sources (exit code 1) are in the report that it prints."""
        return self._run("add", str(source), accepted=(0, 1))

    def articles(self) -> int:
        """The number of articles in the archive; 0 when there is none."""
        run = self._run("status", "--json", accepted=(0, 3), quiet=True)
        return int(json.loads(run.output)["articles"]) if run.code == 0 else 0

    def ask(self, questions: Iterable[Row]) -> tuple[list[Row], Run]:
        """The answers to a batch, in order, as `pullquote ask --batch` prints them."""
        with tempfile.TemporaryDirectory() as folder:
            batch = Path(folder) / "questions.jsonl"
            write_rows(batch, questions)
            run = self._run("ask", "--batch", str(batch), accepted=(0, 1))
        return [json.loads(line) for line in run.output.splitlines()], run

    def texts(self, ids: Iterable[str]) -> Iterator[Row]:
        """The stored text of each article, as rows of `id` and `text`."""
        if names := list(ids):
            for line in self._run("show", *names, "--json", accepted=(0,)).output.splitlines():
                stored = json.loads(line)
                yield {"id": stored["id"], "text": stored["text"]}

    def _run(self, *words: str, accepted: tuple[int, ...], quiet: bool = False) -> Run:
        command = [sys.executable, "-m", "index", *words, "--data", str(self.data.resolve())]
        with tempfile.TemporaryFile() as output:
            started = time.perf_counter()
            process = subprocess.Popen(  # not subprocess.run: wait4 tells the memory of this one process
                command, cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL if quiet else None
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.perf_counter() - started
            output.seek(0)
            printed = output.read().decode()
        if process.returncode not in accepted:
            raise CommandFailed(f"pullquote {' '.join(words)} ended with {process.returncode}.")
        return Run(process.returncode, printed, seconds, usage.ru_maxrss * RUSAGE_UNIT)


def write_rows(file: Path, rows: Iterable[Row]) -> None:
    """One JSON object a line."""
    with file.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_rows(file: Path) -> list[Row]:
    """The objects of a JSON lines file."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]
