"""What answers a person: embeds, over as many messages as they need, and the buttons under the first."""

from dataclasses import dataclass
from typing import Self

import discord

from bot import quotes, render


@dataclass(frozen=True, slots=True)
class Reply:
    """The buttons are under the first message: it holds question, short answer and first quotes, which they act on."""

    embeds: tuple[discord.Embed, ...]
    view: discord.ui.View | None = None

    @classmethod
    def saying(cls, sentence: str) -> Self:
        """One sentence of ours."""
        return cls((render.notice(sentence),))


async def show(interaction: discord.Interaction, reply: Reply, *, private: bool) -> None:
    """In place of "thinking"; what does not fit follows. `private` as it was deferred."""
    first, *rest = quotes.messages(reply.embeds)
    await interaction.edit_original_response(embeds=first, view=reply.view)
    for embeds in rest:
        await interaction.followup.send(embeds=embeds, ephemeral=private)


async def respond(message: discord.Message, reply: Reply) -> None:
    """As replies to the message, or in the channel if it has been deleted meanwhile."""
    await _send(message.channel, reply, message.to_reference(fail_if_not_exists=False))


async def post(interaction: discord.Interaction, content: str, reply: Reply) -> None:
    """For everybody in the channel, after the interaction has been acknowledged. `content` comes above."""
    first, *rest = quotes.messages(reply.embeds)
    view = reply.view or discord.utils.MISSING
    await interaction.followup.send(content, embeds=first, view=view)
    for embeds in rest:
        await interaction.followup.send(embeds=embeds)


async def _send(channel: discord.abc.Messageable, reply: Reply, reference: discord.MessageReference) -> None:
    first, *rest = quotes.messages(reply.embeds)
    if reply.view:
        await channel.send(embeds=first, view=reply.view, reference=reference)
    else:
        await channel.send(embeds=first, reference=reference)
    for embeds in rest:
        await channel.send(embeds=embeds)
