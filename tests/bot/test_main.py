import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot import __main__ as program
from bot.connection.stopping import until_stopped
from bot.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]


def start(*arguments: str, cwd: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PULLQUOTE_", "DISCORD_"))}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(PROJECT), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_token_it_ends_with_2_and_one_line_that_names_the_demo(tmp_path: Path) -> None:
    done = start(cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "python -m bot --demo" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was written"


def test_a_wrong_setting_ends_with_2_and_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PULLQUOTE_DEADLINE=soon\n", encoding="utf-8")
    done = start(cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "PULLQUOTE_DEADLINE" in done.stderr


def test_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        program.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("DISCORD_TOKEN", "PULLQUOTE_DATA", "PULLQUOTE_SOURCES", "--demo"))


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["--version"])
    assert capsys.readouterr().out.startswith("pullquote ")


class Answered:
    """As much of a response as an error looks at."""

    status = 503
    reason = "Service Unavailable"


ANSWERED: Any = Answered()


class Refused(discord.Client):
    """A client whose start meets what Discord or the network answers."""

    def __init__(self, error: Exception) -> None:
        super().__init__(intents=discord.Intents.none())
        self._error = error

    async def start(self, token: str, *, reconnect: bool = True) -> None:
        del token, reconnect
        raise self._error


@pytest.mark.parametrize(
    ("error", "code", "named"),
    [
        (discord.LoginFailure("Improper token has been passed."), 2, "DISCORD_TOKEN"),
        (aiohttp.ClientConnectionError("no route"), 1, "cannot be reached"),
        (OSError("network down"), 1, "cannot be reached"),
        (discord.HTTPException(ANSWERED, "over capacity"), 1, "cannot be reached"),
    ],
)
async def test_a_bad_token_and_a_missing_connection_are_one_sentence_each(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, named: str
) -> None:
    assert await program.connect(Refused(error), "a token") == code
    shown = capsys.readouterr().err
    assert named in shown
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_work_without_an_error(number: signal.Signals) -> None:
    ended = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(30)
        finally:
            ended.append(True)

    await asyncio.wait_for(until_stopped(work()), 5)
    assert ended


async def test_a_failure_of_the_work_itself_is_passed_on() -> None:
    async def work() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await until_stopped(work())


def test_an_archive_that_cannot_be_opened_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    settings = Settings(token="a.b.c", data=tmp_path / "file")  # noqa: S106 - not one
    assert program.run(lambda: program.serve(settings)) == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
