"""What a list can be narrowed down with: days as they are written, publishers as they are suggested."""

from datetime import date

import discord
from discord import app_commands

from bot.archive import Archive, Busy, TooLate
from bot.errors import BadOption
from index import Filters

CHOICES = 25  # https://discord.com/developers/docs/interactions/application-commands#autocomplete
CHOICE_LIMIT = 100  # characters of a choice


class Day(app_commands.Transformer):
    """A day written as YYYY-MM-DD."""

    async def transform(self, _: discord.Interaction, value: str, /) -> date:
        """Parse it, or say how it is written."""
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise BadOption("Please write a day as YYYY-MM-DD, for example 2025-10-22.") from None


async def suggested(archive: Archive, collections: tuple[str, ...], typed: str) -> list[app_commands.Choice[str]]:
    """Publishers of the collections that hold what was typed. Nothing at all when there is no time for it."""
    try:
        names = await archive.publishers(Filters(collections))
    except (Busy, TooLate):
        return []
    fitting = [name for name in names if typed.casefold() in name.casefold() and len(name) <= CHOICE_LIMIT]
    return [app_commands.Choice(name=name, value=name) for name in fitting[:CHOICES]]
