"""Forms with one field, read without remembering who opened which: one that is open over a restart is not lost."""

from collections.abc import Iterator
from typing import Any

import discord

OPEN_S = 15 * 60.0  # after that discord.py forgets the form; it is read all the same
TITLE_LIMIT = 45  # https://discord.com/developers/docs/interactions/receiving-and-responding
FIELD = "words"


class Form(discord.ui.Modal):
    """Asks for one text. `buttons.Clickable.forms` says who takes it."""

    def __init__(self, name: str, title: str, field: discord.ui.Label[discord.ui.View]) -> None:
        super().__init__(title=title[:TITLE_LIMIT], custom_id=f"pullquote:form:{name}", timeout=OPEN_S)
        self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Nothing: the listener of a cog takes what was typed."""


def field(label: str, *, longest: int, shortest: int = 0, text: str = "", note: str = "") -> discord.ui.Label[Any]:
    """A field for some lines, of `shortest` to `longest` characters; it may stay empty where `shortest` is 0."""
    lines: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=FIELD,
        style=discord.TextStyle.paragraph,
        min_length=shortest,
        max_length=longest,
        required=shortest > 0,
        default=text or None,
    )
    return discord.ui.Label(text=label, description=note or None, component=lines)


def typed_into(interaction: discord.Interaction, name: str) -> str | None:
    """What was typed into the form of that name, or None where the interaction is something else."""
    data: Any = interaction.data or {}
    if (
        interaction.type is not discord.InteractionType.modal_submit
        or data.get("custom_id") != f"pullquote:form:{name}"
    ):
        return None
    return next(_values(data.get("components")), "")


def _values(components: Any) -> Iterator[str]:
    """What stands in the field, in a label or in a row."""
    for one in components or []:
        if one.get("custom_id") == FIELD:
            yield str(one.get("value") or "")
        yield from _values([one["component"]] if "component" in one else one.get("components"))
