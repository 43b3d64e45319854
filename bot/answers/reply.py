"""What answers a person: embeds, over as many messages as they need, and the buttons under the first."""

from dataclasses import dataclass
from typing import Self

import discord
from discord.utils import MISSING

from bot import render
from bot.answers import quotes
from bot.errors import explain
from bot.language import ENGLISH, Language
from bot.messages import delivery


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
    if await delivery.show(interaction, first, reply.view or MISSING):
        for embeds in rest:
            await interaction.followup.send(embeds=embeds, ephemeral=private)


async def respond(message: discord.Message, reply: Reply, say: Language = ENGLISH) -> None:
    """As a reply to the message; what does not fit follows."""
    first, *rest = quotes.messages(reply.embeds)
    await delivery.reply(message, first, reply.view or MISSING, say)
    for embeds in rest:
        await message.channel.send(embeds=embeds)


async def late(webhook: discord.Webhook, reply: Reply, *, private: bool) -> None:
    """As `show`, for a command that another process has acknowledged; the webhook is the command's."""
    first, *rest = quotes.messages(reply.embeds)

    async def edit() -> None:
        await webhook.edit_message(delivery.ORIGINAL, embeds=first, view=reply.view)

    if error := await delivery.refusal(edit):
        explain(error)
        return
    for embeds in rest:
        await webhook.send(embeds=embeds, ephemeral=private)


async def post(interaction: discord.Interaction, content: str, reply: Reply) -> None:
    """For everybody in the channel, after the interaction has been acknowledged. `content` comes above."""
    first, *rest = quotes.messages(reply.embeds)
    await interaction.followup.send(content, embeds=first, view=reply.view or MISSING)
    for embeds in rest:
        await interaction.followup.send(embeds=embeds)
