"""What Discord's own OpenAPI document says of a request's body.

No JSON schema library is among the dependencies. This is a validator of the keywords that the document uses, and it
fails on one that it has never seen, so that nothing of a newer document goes unchecked in silence.
"""

import json
import re
from collections.abc import Callable, Iterator, Sized
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DOCUMENT = Path(__file__).parents[3] / "shared" / "data" / "discord-openapi.json"
ABSENT = "Discord's OpenAPI document is not here (../shared/data): the bodies of requests are not validated"

Schema = dict[str, Any]
Faults = Iterator[str]

TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}
SAID_ELSEWHERE = {"title", "description", "contentEncoding", "x-discord-union"}
# What discord.py sends of itself, with nothing in it that Discord minds, and what the document does not list.
UNLISTED = re.compile(r"body\[\d+\]\.nsfw|body(\.data)?\.tts|body(\.data)?\.embeds\[\d+\]\.flags")
INTEGERS = {"int32": 2**31, "int64": 2**63}


class Contract:
    """The operations of the document, and what they take."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self._checks: dict[str, Callable[[Any, Any, str, Schema], Faults]] = {
            "$ref": lambda ref, value, at, _: self._faults(self._named(ref), _written(ref, value), at),
            "type": _type,
            "const": lambda const, value, at, _: _unless(value == const, at, f"must be {const!r}"),
            "enum": lambda known, value, at, _: _unless(value in known, at, f"must be one of {known}"),
            "pattern": lambda form, value, at, _: _unless(_matches(form, value), at, f"must look like {form}"),
            "format": _format,
            "minimum": lambda low, value, at, _: _unless(not _number(value) or value >= low, at, f"is below {low}"),
            "maximum": lambda top, value, at, _: _unless(not _number(value) or value <= top, at, f"is above {top}"),
            "uniqueItems": lambda _, value, at, __: _unless(_all_differ(value), at, "holds an item twice"),
            "required": lambda names, value, at, _: _lacking(names, value, at),
            "properties": self._properties,
            "additionalProperties": self._additional,
            "items": self._items,
            "allOf": lambda parts, value, at, _: (fault for part in parts for fault in self._faults(part, value, at)),
            "anyOf": self._any_of,
            "oneOf": self._one_of,
        }
        sized: dict[str, type[Sized]] = {"Length": str, "Items": list, "Properties": dict}
        for name, kind in sized.items():
            self._checks |= {f"min{name}": _at_least(kind), f"max{name}": _at_most(kind)}

    def faults(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with a body for this request; nothing, if Discord's document allows it."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: the document knows no such operation"]
        taken = operation.get("requestBody")
        if taken is None:
            return [] if not body else [f"{method} {path}: it takes no body"]
        if body is None:
            return ["the body is missing"] if taken.get("required") else []
        return list(self._faults(taken["content"]["application/json"]["schema"], body, "body"))

    def _operation(self, method: str, path: str) -> Schema | None:
        """The one whose path fits, with as many fixed parts as there are."""
        asked = path.strip("/").split("/")
        fitting = [known for known in self._document["paths"] if _fits(known.strip("/").split("/"), asked)]
        found = min(fitting, key=lambda known: known.count("{"), default=None)
        operation: Schema | None = self._document["paths"].get(found, {}).get(method.lower())
        return operation

    def _named(self, ref: str) -> Schema:
        schema: Schema = self._document["components"]["schemas"][ref.removeprefix("#/components/schemas/")]
        return schema

    def _faults(self, schema: Schema, value: object, at: str) -> Faults:
        for keyword, said in schema.items():
            if keyword not in SAID_ELSEWHERE:
                yield from self._checks[keyword](said, value, at, schema)

    def _properties(self, known: Schema, value: object, at: str, schema: Schema) -> Faults:
        """Each property as it must be, and none that the document has not: Discord would pass over it in silence."""
        if not isinstance(value, dict):
            return
        for name, one in value.items():
            if name in known:
                yield from self._faults(known[name], one, f"{at}.{name}")
            elif "additionalProperties" not in schema and not UNLISTED.fullmatch(f"{at}.{name}"):
                yield f"{at}.{name}: Discord knows no such property"

    def _additional(self, said: Schema | bool, value: object, at: str, schema: Schema) -> Faults:  # noqa: FBT001 - JSON's
        others = set(value) - set(schema.get("properties", {})) if isinstance(value, dict) else set[str]()
        for name in sorted(others):
            one = value[name] if isinstance(value, dict) else None
            yield from self._faults(said, one, f"{at}.{name}") if isinstance(said, dict) else iter([f"{at}.{name}: no"])

    def _items(self, said: Schema, value: object, at: str, _: Schema) -> Faults:
        for number, one in enumerate(value if isinstance(value, list) else []):
            yield from self._faults(said, one, f"{at}[{number}]")

    def _any_of(self, choices: list[Schema], value: object, at: str, _: Schema) -> Faults:
        """Nothing where one choice fits, else what the nearest choice finds wrong: one of the right type, if any is."""
        found = [list(self._faults(choice, value, at)) for choice in choices]
        yield from min(found, key=lambda faults: (any(fault.startswith(f"{at}: ") for fault in faults), len(faults)))

    def _one_of(self, choices: list[Schema], value: object, at: str, schema: Schema) -> Faults:
        yield from self._any_of(choices, value, at, schema)
        fitting = sum(not list(self._faults(choice, value, at)) for choice in choices)
        yield from _unless(fitting <= 1, at, f"fits {fitting} choices where one is meant")


@cache
def discord_contract() -> Contract | None:
    """The contract of Discord's document, or None where it is not on this machine."""
    return Contract(json.loads(DOCUMENT.read_text(encoding="utf-8"))) if DOCUMENT.is_file() else None


def _written(ref: str, value: object) -> object:
    """An id as text: discord.py sends some as numbers, which Discord takes as well."""
    return str(value) if ref.endswith("/SnowflakeType") and _number(value) else value


def _unless(fine: bool, at: str, fault: str) -> Faults:  # noqa: FBT001 - what holds or not is the point
    return iter([] if fine else [f"{at}: {fault}"])


def _type(said: str | list[str], value: object, at: str, _: Schema) -> Faults:
    names = [said] if isinstance(said, str) else said
    kinds = tuple(kind for name in names for kind in TYPES[name])
    fits = isinstance(value, kinds) and (not isinstance(value, bool) or "boolean" in names)
    return _unless(fits, at, f"must be {' or '.join(names)}, and is {value!r}")


def _format(name: str, value: Any, at: str, _: Schema) -> Faults:
    if name in INTEGERS and _number(value):
        return _unless(-INTEGERS[name] <= value < INTEGERS[name], at, f"is no {name}")
    if name == "date-time" and isinstance(value, str):
        return _unless(_is_time(value), at, "is no time")
    if name == "uri" and isinstance(value, str):
        return _unless(bool(urlsplit(value).scheme), at, "is no URI")
    return iter(())  # snowflakes have a pattern besides, a double is any number, a nonce any text


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _matches(form: str, value: object) -> bool:
    return not isinstance(value, str) or re.search(form, value) is not None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _all_differ(value: object) -> bool:
    items = [json.dumps(one, sort_keys=True) for one in value] if isinstance(value, list) else []
    return len(set(items)) == len(items)


def _lacking(names: list[str], value: object, at: str) -> Faults:
    return (f"{at}.{name}: is missing" for name in names if isinstance(value, dict) and name not in value)


def _size(value: Any, kind: type[Sized], otherwise: int) -> int:
    return len(value) if isinstance(value, kind) else otherwise


def _at_least(kind: type[Sized]) -> Callable[[Any, Any, str, Schema], Faults]:
    return lambda low, value, at, _: _unless(_size(value, kind, low) >= low, at, f"is under {low}")


def _at_most(kind: type[Sized]) -> Callable[[Any, Any, str, Schema], Faults]:
    return lambda top, value, at, _: _unless(_size(value, kind, top) <= top, at, f"is over {top}")


def _fits(known: list[str], asked: list[str]) -> bool:
    return len(known) == len(asked) and all(
        part.startswith("{") or part == given for part, given in zip(known, asked, strict=True)
    )
