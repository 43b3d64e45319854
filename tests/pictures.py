"""The pictures in `docs/`, taken of the demo: `python -m tests.pictures`. Look at each before it is kept."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.test_demo import CHROMIUM, PATIENCE_MS, PROJECT, QUIET, pick, read_until, send, start, type_and_send

MESSAGES = "#channel-message-list > *"
TALL = 1800  # pixels: the longest message is seen whole
DESKTOP, PHONE = 900, 390
SETTLING_MS = 1000  # after a scroll the page moves a little


class Picture(NamedTuple):
    """What is typed, what shows that it has been answered, and how wide the window is."""

    name: str
    typed: str
    shown: str
    width: int = DESKTOP


PICTURES = (
    Picture("ask", "/ask who suggested postponing the summit?", "Report wrong quote"),
    Picture("search", "/search ferry", "Page 1 of "),
    Picture("settings", "/settings", "Settings of this server"),
    Picture("status", "/archive status", "articles"),
    Picture("phone", "/ask how many people were hurt in the ferry accident?", "Report wrong quote", PHONE),
)


def main() -> int:
    """Take each picture anew, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the demo's archive (default: a new one)")
    parser.add_argument("--out", type=Path, default=PROJECT / "docs", help="where the pictures go (default: docs)")
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        _demo(options.data or Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for picture in PICTURES:
            if not options.names or picture.name in options.names:
                take(browser, address, picture, options.out)
        browser.close()
    return 0


@contextmanager
def _demo(data: Path) -> Iterator[str]:
    """The address of a demo that runs."""
    demo = start(data)
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+", read_until(demo, "Ctrl-C"))
        assert found
        yield found[0]
    finally:
        demo.kill()
        demo.communicate()


def take(browser: Browser, address: str, picture: Picture, out: Path) -> None:
    """The message that answers what is typed, and nothing around it."""
    page = browser.new_page(viewport={"width": picture.width, "height": TALL})
    page.goto(address)
    expect(page.locator("#channel-message-list")).to_contain_text("Nora used", timeout=PATIENCE_MS)
    before = page.locator(MESSAGES).count()
    _order(page, picture.typed)
    expect(page.locator(MESSAGES)).to_have_count(before + 1, timeout=PATIENCE_MS)
    answer = page.locator(MESSAGES).last
    expect(answer).to_contain_text(picture.shown, timeout=PATIENCE_MS)
    page.mouse.move(0, 0)  # a message under the mouse shows a toolbar
    answer.scroll_into_view_if_needed()
    page.wait_for_timeout(SETTLING_MS)
    answer.screenshot(path=out / f"{picture.name}.png")
    page.close()


def _order(page: Page, typed: str) -> None:
    """A command that takes no words is chosen in the picker, which stays open over it."""
    if " " in typed.removeprefix("/archive "):
        type_and_send(page, typed)
        return
    pick(page, typed, key="Enter")
    expect(page.get_by_role("button", name=f"Command {typed}", exact=True)).to_be_focused(timeout=PATIENCE_MS)
    send(page)


if __name__ == "__main__":
    sys.exit(main())
