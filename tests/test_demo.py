"""The demo as a newcomer meets it: a process, a page, a question typed into the composer."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "who suggested postponing the summit?"
QUOTE = re.compile(r"Donald Trump who first proposed putting off the summit")
PICKER = "#command-picker-listbox"
PATIENCE_MS = 90_000  # a first question on a busy machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install Debian's package chromium"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def start(data: Path) -> "subprocess.Popen[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PULLQUOTE_", "DISCORD_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "--demo", "--no-browser", "--data", str(data)],
        cwd=PROJECT,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(demo: "subprocess.Popen[str]", wanted: str) -> str:
    assert demo.stdout is not None
    shown = ""
    for line in demo.stdout:
        shown += line
        if wanted in line:
            return shown
    raise AssertionError(f"the demo ended early:\n{shown}\n{demo.stderr.read() if demo.stderr else ''}")


def end(demo: "subprocess.Popen[str]") -> tuple[int, str]:
    demo.send_signal(signal.SIGINT)
    _, errors = demo.communicate(timeout=30)
    return demo.returncode, errors


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    demo = start(data)
    try:
        shown = read_until(demo, "Ctrl-C")
        assert "/ask who suggested postponing the summit?" in shown, "it says what to type"
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+", shown)
        assert found
        yield found[0]
        code, errors = end(demo)
        assert code == 0
        assert "Traceback" not in errors
    finally:
        demo.kill()
        demo.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1120, "height": 900})
    page.goto(address)
    expect(page.locator("#channel-message-list")).to_contain_text(QUOTE, timeout=PATIENCE_MS)
    yield page
    page.close()


def answers(page: Page) -> int:
    return len(QUOTE.findall(page.locator("#channel-message-list").inner_text()))


def type_in_composer(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).click()
    page.keyboard.type(text)


def send(page: Page) -> None:
    """Press Enter as soon as it counts: while the Send button is grey, SimCord drops an Enter and says nothing."""
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled(timeout=PATIENCE_MS)
    page.keyboard.press("Enter")


def type_and_send(page: Page, text: str) -> None:
    type_in_composer(page, text)
    # Until the commands have loaded, the picker stands open with nothing in it and swallows the Enter.
    expect(page.locator(PICKER)).to_be_hidden(timeout=PATIENCE_MS)
    send(page)


def pick(page: Page, command: str, key: str) -> None:
    type_in_composer(page, command)
    highlighted = page.locator(PICKER).get_by_role("option", selected=True)
    expect(highlighted).to_contain_text(command, timeout=PATIENCE_MS)
    page.keyboard.press(key)


def wait_for_answer(page: Page, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while answers(page) < count and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert answers(page) == count


def test_the_page_opens_on_a_first_question_that_has_been_answered(page: Page) -> None:
    messages = page.locator("#channel-message-list")
    expect(messages).to_contain_text("Welcome!")
    expect(messages).to_contain_text("Nora used /ask")
    expect(messages).to_contain_text("The Harbour Post")


def test_a_question_typed_out_as_a_command_shows_a_quote(page: Page) -> None:
    before = answers(page)
    type_and_send(page, f"/ask {QUESTION}")
    wait_for_answer(page, before + 1)
    expect(page.locator("#channel-message-list")).to_contain_text("You used /ask")


def test_a_command_chosen_in_the_picker_shows_a_quote(page: Page) -> None:
    before = answers(page)
    pick(page, "/ask", key="Tab")
    question = page.get_by_label("question, required", exact=True)
    expect(question).to_be_focused(timeout=PATIENCE_MS)
    page.keyboard.type(QUESTION)
    expect(question).to_have_value(QUESTION, timeout=PATIENCE_MS)
    send(page)
    wait_for_answer(page, before + 1)


def test_the_pages_of_a_search_turn(page: Page) -> None:
    messages = page.locator("#channel-message-list")
    type_and_send(page, "/search harbour")
    expect(messages).to_contain_text("Page 1 of ", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Next", exact=True).last.click()
    expect(messages).to_contain_text("Page 2 of ", timeout=PATIENCE_MS)


def test_the_viewer_may_reindex_and_nothing_is_encoded_twice(page: Page) -> None:
    pick(page, "/archive reindex", key="Enter")
    chosen = page.get_by_role("button", name="Command /archive reindex", exact=True)
    expect(chosen).to_be_focused(timeout=PATIENCE_MS)  # it has no options to fill in: a second Enter runs it
    send(page)
    expect(page.locator("#channel-message-list")).to_contain_text("0 added", timeout=PATIENCE_MS)


def test_a_second_start_reads_the_archive_that_is_there(address: str, data: Path) -> None:
    assert address
    demo = start(data)
    try:
        assert re.search(r"\d\d articles, 0 of them new", read_until(demo, "Ctrl-C"))
        assert end(demo)[0] == 0
    finally:
        demo.kill()
        demo.communicate()
