"""What Discord's own OpenAPI document says of a request's body."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "discord-openapi.json"
ABSENT = "Discord's OpenAPI document is not here (../shared/data): the bodies of requests are not validated"
NAME = "urn:discord"

Schema = dict[str, Any]

# What discord.py sends of itself, with nothing in it that Discord minds, and what the document does not list.
UNLISTED = re.compile(r"body\[\d+\]\.nsfw|body(\.data)?\.tts|body(\.data)?\.embeds\[\d+\]\.flags")


class Contract:
    """The operations of the document, and what they take."""

    def __init__(self, document: Schema) -> None:
        _close(document)
        # discord.py sends some ids as numbers, which Discord takes as well.
        document["components"]["schemas"]["SnowflakeType"]["type"] = ["string", "integer"]
        self._document = document
        self._registry: Registry[Any] = Registry().with_resource(NAME, DRAFT202012.create_resource(document))
        self._verdicts: dict[tuple[str, str], list[str]] = {}  # of what was sent before: every start sends all commands

    def faults(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with a body for this request; nothing, if Discord's document allows it."""
        known = self._known(path)
        operation = self._document["paths"].get(known, {}).get(method.lower())
        if operation is None:
            return [f"{method} {path}: the document knows no such operation"]
        taken = operation.get("requestBody")
        if taken is None:
            return [] if not body else [f"{method} {path}: it takes no body"]
        if body is None:
            return ["the body is missing"] if taken.get("required") else []
        where = ["paths", known, method.lower(), "requestBody", "content", "application/json", "schema"]
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in where)
        sent = pointer, json.dumps(body, sort_keys=True)
        if sent not in self._verdicts:
            validator = Draft202012Validator({"$ref": f"{NAME}#/{pointer}"}, registry=self._registry)
            self._verdicts[sent] = [fault for error in validator.iter_errors(_listed(body)) for fault in _told(error)]
        return self._verdicts[sent]

    def _known(self, path: str) -> str:
        """The path of the document that fits, with as many fixed parts as there are; '' when none does."""
        asked = path.strip("/").split("/")
        fitting = [known for known in self._document["paths"] if _fits(known.strip("/").split("/"), asked)]
        return min(fitting, key=lambda known: known.count("{"), default="")


@cache
def discord_contract() -> Contract | None:
    """The contract of Discord's document, or None where it is not on this machine."""
    return Contract(json.loads(DOCUMENT.read_text(encoding="utf-8"))) if DOCUMENT.is_file() else None


def _close(schema: object) -> None:
    """Let no object have properties that the document has not: Discord would pass over them in silence."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            _close(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _close(inner)


def _listed(value: object, at: str = "body") -> object:
    """The value without what is tolerated."""
    if isinstance(value, dict):
        kept = {name: inner for name, inner in value.items() if not UNLISTED.fullmatch(f"{at}.{name}")}
        return {name: _listed(inner, f"{at}.{name}") for name, inner in kept.items()}
    if isinstance(value, list):
        return [_listed(inner, f"{at}[{number}]") for number, inner in enumerate(value)]
    return value


def _told(error: ValidationError) -> Iterator[str]:
    """Where it is and what; of choices, what the nearest finds wrong."""
    nearest = best_match([error]) or error
    yield f"{nearest.json_path.replace('$', 'body', 1)}: {nearest.message[-200:]}"


def _fits(known: list[str], asked: list[str]) -> bool:
    return len(known) == len(asked) and all(
        part.startswith("{") or part == given for part, given in zip(known, asked, strict=True)
    )
