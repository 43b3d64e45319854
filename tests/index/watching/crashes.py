"""Watches killed one after the other: `python -m tests.index.watching.crashes [KILLS] [SEED]`; see CONTRIBUTING.md.

A news site goes on publishing and correcting meanwhile. After each kill the archive opens by itself, the check is
clean, what was noted as read is there once and as it was read, and nothing that was noted is ever sent again. A last
round that nobody kills brings in everything.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from index import IndexConfig, NewsIndex, NewSource, utc_now
from index.store import Store, WatchedPage
from tests.fakes import WordEncoder, WordReader
from tests.index.watching.dying_watch import BATCH
from tests.index.watching.press import Press, press

ROOT = Path(__file__).parents[3]
MOST_STEPS = 500
LONGEST_S = 0.9
Noted = dict[str, WatchedPage]  # by path


@contextmanager
def killer(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The process that forks watches."""
    command = [sys.executable, "-m", "tests.index.watching.dying_watch", str(data), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


def order(process: subprocess.Popen[str], what: dict[str, float]) -> str:
    """Let a watch live; how it ended."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


class Site:
    """The outlet that is watched, and what the archive was seen to know of it."""

    def __init__(self, outlet: Press, data: Path, dice: random.Random) -> None:
        self.outlet, self.data, self.dice = outlet, data, dice
        self.noted: Noted = {}
        outlet.clock.moment = utc_now() - timedelta(days=1)  # what is published is of the past, whenever this runs
        for number in range(12):
            outlet.publish(f"/{number}")
        index = NewsIndex.open(IndexConfig(data=data), encoder=WordEncoder(), reader=WordReader())
        watcher = index.watcher(outlet.clock, web=outlet.site.rules())
        assert isinstance(watcher.add(outlet.list_in("/map.xml", "sitemap"), every=timedelta(hours=1)), NewSource)
        index.close()
        outlet.sent.clear()

    def go_on(self) -> None:
        """Some news, and some corrections, of which the sitemap tells."""
        self.outlet.clock.moment += timedelta(seconds=1)
        for _ in range(self.dice.randint(0, 3)):
            self.outlet.publish(f"/{len(self.outlet.stories)}")
        for path in self.dice.sample(sorted(self.outlet.stories), self.dice.randint(0, 4)):
            self.outlet.change(path)

    def look(self) -> int:
        """Look at the archive as a watch left it, and at what that has asked for; how much of it was lost."""
        store = Store.open(self.data)
        assert store.check() == ()
        articles = {stored.article.url: stored for stored in store.articles()}
        (source,) = store.watched.sources()
        pages = {
            url.removeprefix(self.outlet.site.url("")): page for url, page in store.watched.pages(source.id).items()
        }
        noted = {path: page for path, page in pages.items() if page.article_id}
        for path, page in noted.items():
            stored = articles[page.url]
            assert page.article_id == stored.article.id
            assert self._fact(path, page) in stored.article.text or self._is_ahead(path, page, stored.article.text)
        assert self.noted.keys() <= noted.keys(), "what was noted as read is no longer"
        lost = self._check_sent(noted)
        self.noted = noted
        store.close()
        return lost

    def _check_sent(self, noted: Noted) -> int:
        """Nothing was sent twice to one watch, or that an earlier one had noted; little was lost with this one."""
        sent = Counter(self.outlet.sent)
        assert not [one for one, times in sent.items() if times > 1], "sent twice in one round"
        known = {(path, _edition(page)) for path, page in self.noted.items()}
        assert not known & sent.keys(), "what was noted was sent again"
        lost = [one for one in sent if one not in {(path, _edition(page)) for path, page in noted.items()}]
        assert len(lost) <= BATCH + 1, "more was lost than what was in flight"
        self.outlet.sent.clear()
        return len(lost)

    def _fact(self, path: str, page: WatchedPage) -> str:
        story = self.outlet.stories[path]
        return story.fact.replace(f"{story.edition} hundred", f"{_edition(page)} hundred")

    def _is_ahead(self, path: str, page: WatchedPage, text: str) -> bool:
        """Stored already, and not yet noted: the article is that of a later edition, whole."""
        story = self.outlet.stories[path]
        facts = [
            story.fact.replace(f"{story.edition} hundred", f"{edition} hundred")
            for edition in range(_edition(page) + 1, story.edition + 1)
        ]
        return any(fact in text for fact in facts)

    def look_at_the_end(self) -> None:
        """All is there, in its last edition."""
        self.look()
        assert {path: _edition(page) for path, page in self.noted.items()} == {
            path: story.edition for path, story in self.outlet.stories.items()
        }


def _edition(page: WatchedPage) -> int:
    return int((page.etag or "").strip('"').rpartition("-")[2])


def run(folder: Path, kills: int, seed: int) -> Counter[str]:
    """Kill so many watches; how. Raises AssertionError at the first fault."""
    dice = random.Random(seed)  # noqa: S311 - for moments, not for secrets
    done: Counter[str] = Counter()
    with press() as outlet:
        site = Site(outlet, folder / "data", dice)
        with killer(folder / "data", outlet.site.port) as process:
            for _ in range(kills):
                by = dice.choice(["steps", "seconds"])
                when = dice.randint(1, MOST_STEPS) if by == "steps" else dice.uniform(0, LONGEST_S)
                assert order(process, {by: when}) == "killed", f"{by} {when}: the watch ended by itself"
                done[f"killed by {by}"] += 1
                done["pages that were in flight"] += site.look()
                site.go_on()
            assert order(process, {}) == "ended"
            site.look_at_the_end()
    return done


def main() -> None:
    kills, seed = [*map(int, sys.argv[1:]), 200, 1][:2] if len(sys.argv) < 3 else map(int, sys.argv[1:3])
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = run(Path(folder), kills, seed)
    told = ", ".join(f"{count} {how}" for how, count in sorted(done.items()))
    print(f"{told} in {time.monotonic() - started:.0f} s; nothing lost, nothing sent twice")


if __name__ == "__main__":
    main()
