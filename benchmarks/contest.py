"""One contestant in a process of its own: it loads, indexes and searches, and tells what that took.

PYTHON -m benchmarks.contest NAME JOB.json

NAME is a file of `benchmarks/contestants`. Only the standard library is used here, as PYTHON may be that of a rival.
The last line that is printed is the figures, in JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

WARM = "Which city hosts the summit?"  # asked before the clock runs, and not one of the questions


@dataclass(frozen=True, slots=True)
class Job:
    """What every contestant gets."""

    articles: str  # file of JSON lines, as `pullquote add` reads them
    passages: list[str]  # of the same articles, cut, for those that do not cut by themselves
    questions: list[str]
    model: str  # folder with the weights
    folder: str  # an empty one, to index into
    k: int  # passages that a search returns
    precision: str = "float32"  # of the weights, for those that can be told


class Contestant(Protocol):
    """What is timed."""

    def load(self) -> None:
        """Bring the model into memory, and encode a text with it."""

    def index(self) -> None:
        """Index the articles, so that they are on disk in the end and can be searched."""

    def search(self, question: str) -> list[str]:
        """The texts of the best passages, best first; the question is encoded anew."""


def main() -> int:
    """Run the contestant that the command line names."""
    name, job_file = sys.argv[1:]
    job = Job(**json.loads(Path(job_file).read_text(encoding="utf-8")))
    contestant: Contestant = import_module(f"benchmarks.contestants.{name}").made(job)
    print(json.dumps(contend(contestant, job)), flush=True)
    return 0


def contend(contestant: Contestant, job: Job) -> dict[str, object]:
    """Seconds to load and to index, milliseconds of each search, what was found, peak memory."""
    load_s = _seconds(contestant.load)
    index_s = _seconds(contestant.index)
    contestant.search(WARM)
    found, search_ms = [], []
    for question in job.questions:
        started = time.perf_counter()
        found.append(contestant.search(question))
        search_ms.append(1000 * (time.perf_counter() - started))
    return {
        "load_s": load_s,
        "index_s": index_s,
        "search_ms": search_ms,
        "found": found,
        "peak_bytes": peak_bytes(),
    }


def peak_bytes() -> int:
    """Resident memory of this process at its largest: ru_maxrss may be that of the process that started it."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def _seconds(call: Callable[[], None]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
