"""The log as machines read it."""

import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import JsonLines
from tests.bot.conftest import World

FIRST = "Who was first to suggest postponing the summit?"


def told(record: logging.LogRecord) -> dict[str, str]:
    line = JsonLines().format(record)
    assert len(line.splitlines()) == 1
    found: dict[str, str] = json.loads(line)
    return found


def record(message: str, *arguments: object, **facts: str) -> logging.LogRecord:
    return logging.makeLogRecord({"name": "bot.x", "levelname": "ERROR", "msg": message, "args": arguments, **facts})


@given(st.text())
def test_whatever_is_logged_is_one_line_of_json_that_holds_it(message: str) -> None:
    found = told(record("%s", message))
    assert found["message"] == message
    assert (found["level"], found["logger"]) == ("ERROR", "bot.x")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", found["time"])
    assert "incident" not in found


def test_an_exception_is_in_the_line() -> None:
    try:
        int("gone")
    except ValueError as error:
        one = record("failed")
        one.exc_info = (ValueError, error, error.__traceback__)
    assert "ValueError: invalid literal" in told(one)["traceback"]


async def test_the_id_that_a_person_is_shown_is_the_incident_in_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("a detail")

    world.index.before_read = fail
    result = await world.alice.slash(world.channel, "ask", question=FIRST)
    shown = result.followups[0] if result.followups else result.response
    assert shown is not None
    number = (shown.embeds[0].description or "").rstrip(".").split()[-1]
    (line,) = [one for one in map(told, caplog.records) if one.get("incident") == number]
    assert line["kind"] == "ValueError"
    assert number in line["message"], "and in the lines for people, too"
    assert world.env.errors
