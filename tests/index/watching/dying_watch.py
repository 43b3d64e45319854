"""Watches that are killed: `python -m tests.index.watching.dying_watch DATA PORT`, one for each line on its input.

A line is JSON: {"steps"} or {"seconds"}, or {} for one that ends by itself. A fork of this process then runs `pullquote
watch --now` over the archive in DATA, which may ask the site of the tests on that port, until it is killed by SIGKILL:
ahead of the call number `steps` to SQLite, the disk or the network, or after `seconds`.
"""

import json
import os
import signal
import sys
import threading
import time
from typing import Any

from index import NewsIndex, build, news
from index.__main__ import main as pullquote
from index.articles import FetchRules
from index.watching import desk
from tests.fakes import WordEncoder, WordReader
from tests.index.articles.site import Site
from tests.index.store.dying_writer import die_at

BATCH = 5  # articles stored together, so that a round has several stores


def live(data: str, port: int, order: dict[str, Any]) -> None:
    """In the fork: the command itself, over the site of the tests and without a model."""

    def web(_: NewsIndex) -> FetchRules:
        return Site(port).rules()

    NewsIndex._web = web  # type: ignore[method-assign,assignment]  # the tests' own site stands for the public internet
    news.open_encoder = lambda *_: WordEncoder()  # type: ignore[attr-defined]  # no model is loaded
    news.LearnedReader = lambda *_: WordReader()  # type: ignore[attr-defined,assignment]  # nor this one
    desk.BATCH = BATCH
    build.BATCH_PASSAGES = 3  # several commits in one call
    if steps := order.get("steps"):
        threading.setprofile(die := die_at(steps, {"connect", "sendall", "recv_into"}))
        sys.setprofile(die)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - until the process ends
    pullquote(["watch", "--now", *([] if order else ["--once"]), "--data", data])


def main() -> None:
    data, port = sys.argv[1], int(sys.argv[2])
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if (child := os.fork()) == 0:
            try:
                live(data, port, order)
            finally:
                os._exit(0 if not order else 1)
        if seconds := order.get("seconds"):
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else "ended", flush=True)


if __name__ == "__main__":
    main()
