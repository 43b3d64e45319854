"""What the bot says: every sentence marked for translation, every text of its commands, and what catalogues lack.

`python -m tests.bot.sentences` prints what is missing from each catalogue, ready to be pasted into it, and what nobody
says any more.
"""

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import simcord
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from discord import app_commands
from discord.ext import commands

from bot.archive import Archive
from bot.client import Pullquote
from bot.language import FOLDER, SPOKEN
from index import IndexConfig, open_records
from tests.bot.fake_index import FakeIndex

PROJECT = Path(__file__).parents[2]
SOURCES = (*sorted((PROJECT / "bot").rglob("*.py")), PROJECT / "index" / "ask.py")  # what the index refuses to be asked
LANGUAGES = tuple(code for code in SPOKEN if code != "en")

MARKS = {"say", "phrase", "BadOption", "BadQuestion"}  # the first argument is the sentence
SPEAKERS = {"say", "language", "language_of", "language_in"}  # what they return is called with the sentence

# Characters that Discord allows where a sentence is handed on directly.
# https://discord.com/developers/docs/components/reference, https://discord.com/developers/docs/resources/message
LIMITS = {
    "Button": 80,
    "turning": 80,
    "Form": 45,
    "field": 45,
    "field.note": 100,
    "Select.placeholder": 150,
    "ChannelSelect.placeholder": 150,
    "SelectOption": 100,
    "Setting": 100,
    "Embed.title": 256,
}
NAME_LIMIT, DESCRIPTION_LIMIT = 32, 100  # of a command, an option or a menu; of a description or a choice


class Said(NamedTuple):
    """A text in one or, where it counts something, two forms; where it stands, and the most characters it may have."""

    texts: tuple[str, ...]
    where: str
    limit: int


def marked() -> list[Said]:
    """The sentences in the source, in its order."""
    return [said for file in SOURCES for said in _in_file(file)]


def _in_file(file: Path) -> Iterator[Said]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    taken_by = {id(given): taker for call in _calls(tree) for given, taker in _handed(call)}
    for call in sorted(_calls(tree), key=lambda call: call.lineno):
        for texts in _texts_of(call):
            yield Said(texts, str(file.relative_to(PROJECT)), _limit(taken_by.get(id(call), "")))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _handed(call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    """What the call is given, each with the name under which `LIMITS` knows it."""
    name = _name(call.func)
    for given in call.args:
        yield from ((one, name) for one in _either(given))
    for keyword in call.keywords:
        yield from ((one, f"{name}.{keyword.arg}") for one in _either(keyword.value))


def _texts_of(call: ast.Call) -> Iterator[tuple[str, ...]]:
    name = _name(call.func)
    if name == "many" and isinstance(call.func, ast.Attribute):
        yield tuple(text for given in call.args[1:3] for text in _literals(given))
    elif call.args and (name in MARKS or (isinstance(call.func, ast.Call) and name.lstrip("_") in SPEAKERS)):
        yield from ((text,) for text in _literals(call.args[0]))


def _name(called: ast.expr) -> str:
    """The last part of a dotted name; of something that a call returns, the name of that call."""
    if isinstance(called, ast.Call):
        return _name(called.func)
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _either(given: ast.expr) -> tuple[ast.expr, ...]:
    return (*_either(given.body), *_either(given.orelse)) if isinstance(given, ast.IfExp) else (given,)


def _literals(given: ast.expr) -> Iterator[str]:
    constants = (one.value for one in _either(given) if isinstance(one, ast.Constant))
    return (value for value in constants if isinstance(value, str))


def _limit(taken_by: str) -> int:
    name = taken_by.split(".", maxsplit=1)[0]
    if name.endswith(("Button", "Page")):  # those of ours are made with their label
        return LIMITS["Button"]
    return LIMITS.get(taken_by, 4_000)


def of_commands(bot: commands.AutoShardedBot) -> list[Said]:
    """Names of menus and options, descriptions and choices. The names of slash commands are never translated."""
    slash = [said for command in bot.tree.walk_commands() for said in _of_slash(command)]
    menus = [one for one in bot.tree.get_commands() if isinstance(one, app_commands.ContextMenu)]
    return slash + [Said((one.name,), f"menu {one.name}", NAME_LIMIT) for one in menus]


def _of_slash(command: app_commands.Command[Any, ..., Any] | app_commands.Group) -> Iterator[Said]:
    where = f"/{command.qualified_name}"
    yield Said((command.description,), where, DESCRIPTION_LIMIT)
    for parameter in getattr(command, "parameters", ()):
        yield Said((parameter.display_name,), where, NAME_LIMIT)
        yield Said((str(parameter.description),), where, DESCRIPTION_LIMIT)
        yield from (Said((choice.name,), where, DESCRIPTION_LIMIT) for choice in parameter.choices)


def catalogue(code: str) -> Catalog:
    """The translations into a language."""
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def translated(code: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What the catalogue has for which texts, each in one or two forms."""
    return {forms_of(one.id): forms_of(one.string) for one in catalogue(code) if one.id}


def forms_of(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """One form, or two of what counts something."""
    return (text,) if isinstance(text, str) else tuple(text or ())


async def _report() -> None:
    with TemporaryDirectory() as folder:
        records = open_records(IndexConfig(data=Path(folder)))
        archive = Archive(FakeIndex(), records)
        bot = Pullquote(archive)
        async with simcord.run(bot, shard_count=1):
            said = [*marked(), *of_commands(bot)]
        archive.close()
        records.close()
    for code in LANGUAGES:
        _print_lacking(code, said)


def _print_lacking(code: str, said: list[Said]) -> None:
    there, places = translated(code), {one.texts: one.where for one in said}
    print(f"# {code}.po")
    for texts in [one for one in places if one not in there]:
        print(f"\n#: {places[texts]}", *map(_written, texts, ("msgid", "msgid_plural")), sep="\n")
        print('msgstr ""' if len(texts) == 1 else 'msgstr[0] ""\nmsgstr[1] ""')
    for texts in [one for one in there if one not in places]:
        print(f"\n# nothing says this any more:\n{_written(texts[0], 'msgid')}")


def _written(text: str, keyword: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{keyword} "{escaped}"'


if __name__ == "__main__":
    asyncio.run(_report())
