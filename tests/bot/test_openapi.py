from typing import Any

import pytest

from tests.bot.openapi import ABSENT, DOCUMENT, Contract, discord_contract

SEND, TYPING, COMMANDS = "/channels/1/messages", "/channels/1/typing", "/applications/1/commands"
CALLBACK = "/interactions/1/a-token/callback"
COMMAND: dict[str, Any] = {"name": "ask", "description": "Ask", "type": 1, "options": []}


@pytest.fixture
def contract() -> Contract:
    found = discord_contract()
    if found is None:
        pytest.skip(ABSENT)
    return found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "POST",
            SEND,
            {"content": "hello", "allowed_mentions": {"parse": []}, "message_reference": {"message_id": "7"}},
        ),
        ("POST", SEND, {"embeds": [{"description": "hello", "color": 5}], "components": []}),
        ("POST", TYPING, None),
        ("PUT", COMMANDS, [COMMAND]),
        ("POST", CALLBACK, {"type": 5, "data": {"flags": 64}}),
        ("POST", CALLBACK, {"type": 8, "data": {"choices": [{"name": "Ours", "value": "Ours"}]}}),
    ],
)
def test_what_discord_takes_is_allowed(contract: Contract, method: str, path: str, body: object) -> None:
    assert contract.faults(method, path, body) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "fault"),
    [
        ("POST", SEND, {"content": "x" * 4001}, "is too long"),
        ("POST", SEND, {"content": 7}, "body.content: 7 is not"),
        ("POST", SEND, {"allowed_mentions": {"parse": ["here"]}}, "parse[0]: "),
        ("POST", SEND, {"embeds": [{"colour": 5}]}, "'colour' was unexpected"),
        ("POST", SEND, {"embeds": [{}] * 11}, "is too long"),
        ("POST", SEND, {"message_reference": {}}, "'message_id' is a required property"),
        ("POST", TYPING, {"for": 5}, "takes no body"),
        ("POST", "/channels/1/letters", {}, "knows no such operation"),
        ("PUT", COMMANDS, None, "the body is missing"),
        ("PUT", COMMANDS, [COMMAND | {"description": "x" * 101}], "is too long"),
        ("PUT", COMMANDS, [COMMAND | {"contexts": [0, 0]}], "non-unique"),
        ("POST", CALLBACK, {"type": 99}, "body"),
    ],
)
def test_what_discord_refuses_is_told_with_its_place(
    contract: Contract, method: str, path: str, body: object, fault: str
) -> None:
    assert any(fault in one for one in contract.faults(method, path, body)), contract.faults(method, path, body)


def test_the_document_is_looked_for_beside_the_project() -> None:
    assert DOCUMENT.parts[-3:] == ("shared", "data", "discord-openapi.json")
