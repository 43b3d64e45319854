"""From a click to the cog that acts on it: a button that has lasted over a restart knows no more than its custom id."""

from collections.abc import Collection
from typing import TypeVar

import discord
from discord.ext import commands

Kind = TypeVar("Kind", bound=commands.Cog)


def cogs_of(interaction: discord.Interaction) -> Collection[commands.Cog]:
    """All cogs of the bot."""
    client = interaction.client
    return client.cogs.values() if isinstance(client, commands.AutoShardedBot) else ()


def cog_of(interaction: discord.Interaction, kind: type[Kind]) -> Kind | None:
    """The bot's cog of this kind; None while it is not loaded."""
    return next((cog for cog in cogs_of(interaction) if isinstance(cog, kind)), None)
