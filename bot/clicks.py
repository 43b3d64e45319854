"""From a click to the cog that acts on it: a button that has lasted over a restart knows no more than its custom id."""

from typing import TypeVar

import discord
from discord.ext import commands

Kind = TypeVar("Kind", bound=commands.Cog)


def cog_of(interaction: discord.Interaction, kind: type[Kind]) -> Kind | None:
    """The bot's cog of this kind; None while it is not loaded."""
    client = interaction.client
    cogs = client.cogs.values() if isinstance(client, commands.AutoShardedBot) else ()
    return next((cog for cog in cogs if isinstance(cog, kind)), None)
