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
        ("POST", SEND, {"content": "x" * 4001}, "body.content: is over 4000"),
        ("POST", SEND, {"content": 7}, "body.content: must be string or null, and is 7"),
        ("POST", SEND, {"allowed_mentions": {"parse": ["here"]}}, "allowed_mentions.parse[0]: must be"),
        ("POST", SEND, {"embeds": [{"colour": 5}]}, "colour: Discord knows no such property"),
        ("POST", SEND, {"embeds": [{}] * 11}, "body.embeds: is over 10"),
        ("POST", SEND, {"message_reference": {}}, "message_id: is missing"),
        ("POST", TYPING, {"for": 5}, "takes no body"),
        ("POST", "/channels/1/letters", {}, "knows no such operation"),
        ("PUT", COMMANDS, None, "the body is missing"),
        ("PUT", COMMANDS, [COMMAND | {"description": "x" * 101}], "body[0].description: is over 100"),
        ("PUT", COMMANDS, [COMMAND | {"contexts": [0, 0]}], "holds an item twice"),
        ("POST", CALLBACK, {"type": 99}, "must be one of"),
    ],
)
def test_what_discord_refuses_is_told_with_its_place(
    contract: Contract, method: str, path: str, body: object, fault: str
) -> None:
    assert any(fault in one for one in contract.faults(method, path, body)), contract.faults(method, path, body)


def test_a_keyword_that_the_validator_has_never_seen_fails() -> None:
    schema = {"type": "object", "dependentRequired": {}}
    operation = {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
    with pytest.raises(KeyError, match="dependentRequired"):
        Contract({"paths": {"/here": operation}}).faults("POST", "/here", {})


def test_the_document_is_looked_for_beside_the_project() -> None:
    assert DOCUMENT.parts[-3:] == ("shared", "data", "discord-openapi.json")
