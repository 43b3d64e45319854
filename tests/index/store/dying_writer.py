"""Writers that are killed: `python -m tests.index.store.dying_writer FOLDER`, one for each line on its input.

A line is JSON: {"seed", "edition", "deed", "steps" or "seconds"}. A fork of this process then does the deed, or deeds
by chance, again and again, until it is killed by SIGKILL: ahead of the call number `steps` to SQLite or to the disk, or
after `seconds`. What it has begun, and what was acknowledged, is in `FOLDER/log`, a JSON line each.

Forks, because importing faiss and tantivy two hundred times would take longer than all of the rest.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from index import ArchiveLocked, ArchiveStale, Article, IndexConfig, NewsIndex, build
from tests.fakes import WordEncoder, WordReader

LASTING = ("anna", "bert", "cleo", "dora")  # never removed
PASSING = ("emil", "fay", "gert")
MODELS = ("one", "another")
DEEDS = ("add", "replace", "remove", "rebuild", "switch", "backup")
ANY = "anything"  # of these; "restore" is done only where it is asked for
STEPS = {"execute", "executemany", "fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "link", "open", "flock"}


def edition_of(name: str, number: int) -> Article:
    """Three passages or so; the title tells which edition it is."""
    sentences = " ".join(f"Sentence {n} of edition {number} about {name} is nobody's business." for n in range(40))
    return Article(url=f"https://a.example/{name}", title=f"{name} {number}", text=sentences)


class Writer:
    """Does deeds on the archive in `folder/data`, and writes down what it begins and what is done."""

    def __init__(self, folder: Path, seed: int, edition: int) -> None:
        self._folder = folder
        self._log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._dice = random.Random(seed)  # noqa: S311 - for deeds, not for secrets
        self._edition = edition
        self._encoder = WordEncoder(name=self._dice.choice(MODELS))

    def work(self, deed: str) -> None:
        """For ever."""
        while True:
            chosen = self._dice.choice(DEEDS) if deed == ANY else deed
            try:
                getattr(self, f"_{chosen}")()
            except ArchiveLocked:  # a reader mends the legs
                time.sleep(0.01)
            except ArchiveStale:
                self._turn_round()

    def _index(self) -> NewsIndex:
        return NewsIndex.open(IndexConfig(data=self._folder / "data"), encoder=self._encoder, reader=WordReader())

    def _turn_round(self) -> None:
        self._encoder = WordEncoder(name=next(name for name in MODELS if name != self._encoder.model.name))

    def _add(self) -> None:
        self._write([*PASSING, *self._dice.sample(LASTING, 1)])

    def _replace(self) -> None:
        self._write(self._dice.sample(LASTING, 3))

    def _write(self, names: list[str]) -> None:
        self._edition += 1
        index = self._index()
        self._note("begun", dict.fromkeys(names, self._edition))
        index.add([edition_of(name, self._edition) for name in names])
        self._note("done", dict.fromkeys(names, self._edition))
        index.close()

    def _remove(self) -> None:
        index = self._index()
        self._note("begun", dict.fromkeys(PASSING[:2], 0))
        index.remove([edition_of(name, 0).id for name in PASSING[:2]])
        self._note("done", dict.fromkeys(PASSING[:2], 0))
        index.close()

    def _rebuild(self) -> None:
        index = self._index()
        index.rebuild()
        index.close()

    def _switch(self) -> None:
        self._turn_round()
        self._rebuild()

    def _backup(self) -> None:
        index = self._index()
        index.backup(self._folder / "backup")
        index.close()

    def _restore(self) -> None:
        NewsIndex.restore(IndexConfig(data=self._folder / "data"), self._folder / "backup")

    def _note(self, what: str, editions: dict[str, int]) -> None:
        os.write(self._log, (json.dumps([what, editions]) + "\n").encode())


def die_at(step: int, more: frozenset[str] | set[str] = frozenset()) -> Callable[[FrameType, str, Any], None]:
    """A profiler that kills this process ahead of a call that changes something, or may."""
    left, steps = step, STEPS | more

    def count(_: FrameType, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and called.__name__ in steps:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    return count


def live(folder: Path, order: dict[str, Any]) -> None:
    """In the fork."""
    build.BATCH_PASSAGES = 6  # several commits in one call
    build.PUBLISH_PASSAGES = 9
    writer = Writer(folder, order["seed"], order["edition"])
    if steps := order.get("steps"):
        sys.setprofile(die_at(steps))
    writer.work(order["deed"])


def main() -> None:
    folder = Path(sys.argv[1])
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if (child := os.fork()) == 0:
            try:
                live(folder, order)
            finally:
                os._exit(1)  # it should not have ended
        if seconds := order.get("seconds"):
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else "ended", flush=True)


if __name__ == "__main__":
    main()
