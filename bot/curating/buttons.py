"""The buttons of /archive. Each holds all it needs in its id, works after a restart, and is authorised at the click."""

import re
from collections.abc import Awaitable
from typing import Protocol, Self, runtime_checkable

import discord
from discord.ext import commands

from bot.errors import tell
from bot.language import ENGLISH, Language
from bot.messages.delivery import acknowledge

Button = discord.ui.Button[discord.ui.View]
Item = discord.ui.DynamicItem[Button]

COG = "Curator"


@runtime_checkable
class Curating(Protocol):
    """What the buttons ask of the cog. It checks who asks."""

    async def call_off(self, interaction: discord.Interaction, job_id: str) -> None:
        """End a job."""

    async def confirmed(self, interaction: discord.Interaction, article_id: str) -> None:
        """Remove an article."""

    async def spared(self, interaction: discord.Interaction) -> None:
        """Remove nothing."""


class CallOff(Item, template=r"pullquote:job:off:(?P<job>[0-9a-f]{8})"):
    """Ends a job."""

    def __init__(self, job_id: str, say: Language = ENGLISH) -> None:
        self.job_id = job_id
        super().__init__(Button(label=say("Cancel"), custom_id=f"pullquote:job:off:{job_id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked."""
        del interaction, item
        return cls(match["job"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """End the job."""
        if await acknowledge(interaction) and (cog := _cog(interaction)):
            await _told(interaction, cog.call_off(interaction, self.job_id))


class ConfirmRemoval(Item, template=r"pullquote:archive:remove:(?P<article>[0-9a-f]{16})"):
    """Removes the article that the message above it asks about."""

    def __init__(self, article_id: str, say: Language = ENGLISH) -> None:
        self.article_id = article_id
        style = discord.ButtonStyle.danger
        super().__init__(Button(label=say("Remove"), style=style, custom_id=f"pullquote:archive:remove:{article_id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked."""
        del interaction, item
        return cls(match["article"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Remove the article."""
        if await acknowledge(interaction) and (cog := _cog(interaction)):
            await _told(interaction, cog.confirmed(interaction, self.article_id))


class SpareArticle(Item, template=r"pullquote:archive:spare"):
    """Removes nothing."""

    def __init__(self, say: Language = ENGLISH) -> None:
        super().__init__(Button(label=say("Cancel"), custom_id="pullquote:archive:spare"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked."""
        del interaction, item, match
        return cls()

    async def callback(self, interaction: discord.Interaction) -> None:
        """Say so."""
        if await acknowledge(interaction) and (cog := _cog(interaction)):
            await _told(interaction, cog.spared(interaction))


BUTTONS = (CallOff, ConfirmRemoval, SpareArticle)


def row(*items: Item) -> discord.ui.View:
    """The buttons in a view that never times out."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


def _cog(interaction: discord.Interaction) -> Curating | None:
    client = interaction.client
    cog = client.get_cog(COG) if isinstance(client, commands.Bot | commands.AutoShardedBot) else None
    return cog if isinstance(cog, Curating) else None


async def _told(interaction: discord.Interaction, work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
        await tell(interaction, error, for_admin=True)
