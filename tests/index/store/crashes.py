"""The crash matrix: `python -m tests.index.store.crashes [KILLS] [SEED]`; CONTRIBUTING.md says when to run it.

Writers are killed one after the other over one archive, while a reader keeps asking. After each the archive opens by
itself, the check is clean, and every article is there once: as acknowledged, or as the writer was about to write it.
"""

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index import build
from index.store import FoundPassage, Snapshot, Store
from index.types import Filters, Passage
from tests.fakes import WordEncoder
from tests.index.store.dying_writer import ANY, DEEDS, LASTING, PASSING, edition_of

ROOT = Path(__file__).parents[3]
NAME_OF = {edition_of(name, 0).id: name for name in (*LASTING, *PASSING)}
PLENTY = 10_000
MOST_STEPS = 400  # about what a deed takes
LONGEST_S = 0.4
Editions = dict[str, int]  # of each name; 0: not there


def passages_of(name: str, edition: int) -> list[Passage]:
    return build.cut(edition_of(name, edition), WordEncoder())[1]


def editions_in(found: Iterable[FoundPassage]) -> Editions:
    """The edition of each article among the passages; each is there whole, in one edition, and once."""
    passages: dict[tuple[str, int], list[Passage]] = {}
    for one in found:
        name, edition = one.stored.article.title.split()
        assert one.stored.article == edition_of(name, int(edition)), "a text is not what was written"
        passages.setdefault((name, int(edition)), []).append(one.passage)
    for (title, number), there in passages.items():
        assert sorted(there, key=lambda p: p.start) == passages_of(title, number), f"{title} {number} is not whole"
    assert len(passages) == len(dict(passages)), "an article is there in two editions"
    return dict(passages.keys())


def legs_of(snapshot: Snapshot) -> tuple[Editions, Editions]:
    """What the dense and what the lexical leg find."""
    vector = WordEncoder().encode(["sentence"])[0]
    dense = snapshot.get([i for i, _ in snapshot.dense(vector, PLENTY, Filters())])
    return editions_in(dense), editions_in(
        snapshot.get([i for i, _ in snapshot.lexical("sentence", PLENTY, Filters())])
    )


class Log:
    """What writers have begun and what was acknowledged."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()

    def read(self) -> tuple[list[tuple[str, Editions]], int]:
        """The entries, and how many there are."""
        lines = self._file.read_text().splitlines()
        return [(what, editions) for what, editions in map(json.loads, lines)], len(lines)

    def settle(self, editions: Editions) -> None:
        """What a killed writer left: from here on it counts as acknowledged."""
        with self._file.open("a") as log:
            log.write(json.dumps(["done", editions]) + "\n")

    def allowed(self) -> dict[str, set[int]]:
        """For each name the acknowledged edition, and those begun after it."""
        may = {name: {0} for name in (*LASTING, *PASSING)}
        for what, editions in self.read()[0]:
            for name, edition in editions.items():
                may[name] = {edition} if what == "done" else may[name] | {edition}
        return may


class Reader(threading.Thread):
    """Keeps asking, of one opening of the archive, and remembers the first thing that it must not see."""

    def __init__(self, folder: Path, log: Log) -> None:
        super().__init__()
        self._store = Store.open(folder)
        self._log = log
        self._over = threading.Event()
        self._seen: Editions = dict.fromkeys(LASTING, 1)
        self.asked = 0
        self.wrong = ""

    def run(self) -> None:
        while not self._over.is_set() and not self.wrong:
            try:
                self._ask()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what the reader must not meet
                self.wrong = f"{type(error).__name__}: {error}"
            self.asked += 1
        self._store.close()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _ask(self) -> None:
        allowed, before = self._log.allowed(), self._log.read()[1]
        legs = legs_of(self._store.snapshot())
        quiet = self._log.read()[1] == before  # nothing was begun or done meanwhile
        for leg in legs:
            for name in LASTING:
                assert leg.get(name, 0) >= self._seen[name], f"{name} is gone, or is older than it was"
                self._seen[name] = leg[name]
            for name in PASSING:
                assert not quiet or allowed[name] != {0} or name not in leg, f"{name} was removed and is found"


@contextmanager
def killer(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The process that forks writers."""
    command = [sys.executable, "-m", "tests.index.store.dying_writer", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


def kill_one(process: subprocess.Popen[str], dice: random.Random, number: int, deed: str) -> str:
    """Let a writer live and die; what it did."""
    order: dict[str, object] = {"seed": dice.randrange(10**9), "edition": 1_000 * (number + 1), "deed": deed}
    order |= {"steps": dice.randint(1, MOST_STEPS)} if dice.random() < 0.5 else {"seconds": dice.uniform(0, LONGEST_S)}
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "killed\n", f"{order}: the writer ended by itself"
    return f"{deed} by {'step' if 'steps' in order else 'time'}"


def look(folder: Path, log: Log) -> None:
    """The archive as a writer left it."""
    store = Store.open(folder / "data")
    assert store.check() == ()
    legs = legs_of(store.snapshot())
    there = {NAME_OF[stored.article.id]: int(stored.article.title.split()[1]) for stored in store.articles()}
    assert legs == (there, there), "what is stored is not what is found"
    for name, may in log.allowed().items():
        assert there.get(name, 0) in may, f"{name} is there as {there.get(name, 0)}, and may be as {may}"
    log.settle({name: there.get(name, 0) for name in (*LASTING, *PASSING)})
    store.close()
    if (folder / "backup").exists():
        Store.restore(folder / "restored", folder / "backup")


def write(data: Path, edition: int) -> None:
    """The articles that are never removed, in this edition."""
    store, encoder = Store.open(data), WordEncoder(name="one")
    with store.writer(build.manifest_of(encoder)) as writer:
        rows = [build.cut(edition_of(name, edition), encoder) for name in LASTING]
        writer.put([(one, cut, encoder.encode([one.text[p.start : p.end] for p in cut])) for one, cut in rows])
    store.close()


def kill_while_restoring(folder: Path, kills: int, seed: int) -> Counter[int]:
    """As `run`, while a backup is restored: how often the archive was that of the backup, 1, or that of before, 2."""
    dice = random.Random(seed)  # noqa: S311 - for moments, not for secrets
    write(folder / "data", 1)
    store = Store.open(folder / "data")
    store.backup(folder / "backup")
    store.close()
    left: Counter[int] = Counter()
    with killer(folder) as process:
        for number in range(kills):
            write(folder / "data", 2)
            kill_one(process, dice, number, "restore")
            store = Store.open(folder / "data")
            assert store.check() == ()
            dense, lexical = legs_of(store.snapshot())
            store.close()
            assert dense == lexical
            assert len(set(dense.values())) == 1, "it is neither the archive of before nor that of the backup"
            left[dense[LASTING[0]]] += 1
    return left


def run(folder: Path, kills: int, seed: int) -> tuple[Counter[str], int]:
    """Kill so many writers; what they did, and how often the reader asked. Raises AssertionError at the first fault."""
    dice = random.Random(seed)  # noqa: S311 - for moments, not for secrets
    log = Log(folder / "log")
    write(folder / "data", 1)
    log.settle(dict.fromkeys(LASTING, 1))
    reader = Reader(folder / "data", log)
    reader.start()
    done: Counter[str] = Counter()
    try:
        with killer(folder) as process:
            for number in range(kills):
                deed = [*DEEDS, ANY][number % (len(DEEDS) + 1)]
                done[kill_one(process, dice, number, deed)] += 1
                look(folder, log)
                assert not reader.wrong, reader.wrong
    finally:
        reader.stop()
    assert not reader.wrong, reader.wrong
    return done, reader.asked


def main() -> None:
    kills, seed = [*map(int, sys.argv[1:]), 240, 1][:2] if len(sys.argv) < 3 else map(int, sys.argv[1:3])
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done, asked = run(Path(folder), kills, seed)
    for what, count in sorted(done.items()):
        print(f"{count:4} killed while doing {what}")
    print(f"{done.total()} kills in {time.monotonic() - started:.0f} s, nothing lost; a reader asked {asked:,} times")


if __name__ == "__main__":
    main()
