"""The buttons that turn the pages of a list, for as long as its message stands, also after a restart."""

import re
from typing import Protocol, Self, runtime_checkable

import discord

from bot.errors import tell
from bot.messages.clicks import cogs_of
from bot.messages.delivery import acknowledge


@runtime_checkable
class Paged(Protocol):
    """A cog with a list. What the list is of stands in its message; the cog looks at who clicked, and where."""

    pages_of: str  # the list, as it stands in custom ids: page, latest, archive:list

    async def turn(self, interaction: discord.Interaction, number: int) -> None:
        """Put that page in place of the one on the message; 0 is the first."""


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=r"pullquote:(?P<list>page|latest|archive:list):(?P<number>\d{1,6})",
):
    """Turns to one page. Its id holds the list and the page alone."""

    def __init__(self, pages_of: str, number: int, label: str = "Page", *, disabled: bool = False) -> None:
        self.pages_of, self.number = pages_of, number
        super().__init__(discord.ui.Button(label=label, custom_id=f"pullquote:{pages_of}:{number}", disabled=disabled))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked, also one from before a restart."""
        del interaction, item
        return cls(match["list"], int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Show the page."""
        if not await acknowledge(interaction):
            return
        for cog in cogs_of(interaction):
            if isinstance(cog, Paged) and cog.pages_of == self.pages_of:
                try:
                    await cog.turn(interaction, self.number)
                except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items
                    await tell(interaction, error)


def turning(pages_of: str, number: int, back: str, on: str, *, last: bool) -> discord.ui.View | None:
    """Two buttons, labelled `back` and `on`, or nothing where there is one page only. `number` counts from 0."""
    if number == 0 and last:
        return None
    view = discord.ui.View(timeout=None)
    view.add_item(PageButton(pages_of, max(number - 1, 0), back, disabled=number == 0))
    view.add_item(PageButton(pages_of, number if last else number + 1, on, disabled=last))
    return view
