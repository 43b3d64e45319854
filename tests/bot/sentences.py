"""Every sentence of the bot's that is marked for translation, and every text of its commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from discord import app_commands
from discord.ext import commands

SOURCE = Path(__file__).parents[2] / "bot"
MARKS = {"say": None, "phrase": None, "many": (2, 3)}  # which arguments are the sentence: `many` begins with the number


def marked() -> set[str]:
    """The sentences in the source; of those in two forms, the first."""
    found = extract_from_dir(SOURCE, method_map=[("**.py", "python")], keywords=MARKS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def of_commands(bot: commands.AutoShardedBot) -> set[str]:
    """Names, descriptions, options and choices of the bot's commands."""
    groups_and_menus = [*bot.tree.walk_commands(), *_menus(bot)]
    return {text for command in groups_and_menus for text in _texts(command)}


def _menus(bot: commands.AutoShardedBot) -> Iterator[app_commands.ContextMenu]:
    for command in bot.tree.get_commands():
        if isinstance(command, app_commands.ContextMenu):
            yield command


def _texts(
    command: app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu,
) -> Iterator[str]:
    yield command.name
    if not isinstance(command, app_commands.ContextMenu):
        yield command.description
    for parameter in getattr(command, "parameters", ()):
        yield parameter.display_name
        yield str(parameter.description)
        yield from (choice.name for choice in parameter.choices)
