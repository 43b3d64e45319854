"""What the bot says, brought to Discord. A refusal is a line in the log, and a sentence where anybody can read one.

discord.py itself waits for rate limits and repeats what a server failed at. What comes here is left of that.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import discord
from discord.utils import MISSING

from bot import render
from bot.errors import REFUSALS, explain, tell
from bot.language import ENGLISH, Language, phrase
from bot.underway import Promising, join
from index import ArchiveUnusable

Shown = discord.Embed | Sequence[discord.Embed]

AGAIN_S = 1.0  # before the second try, where Discord does not say when
PATIENCE_S = 5.0  # longer than that, a second try is for the person

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
ALREADY_ACKNOWLEDGED = 40060
ARCHIVED = 50083

MUTE = phrase(
    "I may not write in {place}. Whoever manages the server can allow me to send messages and embed links there."
)


class _Original(int):
    """The id of the message that a command is answered with, as Discord writes it in addresses."""

    def __str__(self) -> str:
        return "@original"

    __format__ = object.__format__


ORIGINAL = _Original()


async def refusal(send: Callable[[], Awaitable[object]]) -> Exception | None:
    """Why Discord did not take it, or None: it did. Tried again, once, where the failure may have passed by then."""
    try:
        await send()
    except REFUSALS as error:
        pause_s = _pause_s(error)
        if pause_s > PATIENCE_S:
            return error
    else:
        return None
    await asyncio.sleep(pause_s)
    try:
        await send()
    except REFUSALS as error:
        return None if _code(error) == ALREADY_ACKNOWLEDGED else error  # the first try had been heard
    return None


async def acknowledge(interaction: discord.Interaction, *, thinking: bool = False, ephemeral: bool = False) -> bool:
    """Defer. False where that failed, which has been dealt with: the command ends here.

    What has been acknowledged is finished before the bot stops. Who sees it thinking hears from another process, where
    there are several, if this one dies; without that, what was on the message is there still.
    """
    client = interaction.client
    if not join(client):
        return False
    try:
        if thinking and isinstance(client, Promising):
            await client.promise(interaction)
    except ArchiveUnusable as error:
        await tell(interaction, error)
        return False
    return await _told(interaction, lambda: interaction.response.defer(thinking=thinking, ephemeral=ephemeral))


async def answer(interaction: discord.Interaction, embed: discord.Embed, *, ephemeral: bool = False) -> bool:
    """Answer at once what has not been deferred. False as in `acknowledge`."""
    return await _told(interaction, lambda: interaction.response.send_message(embed=embed, ephemeral=ephemeral))


async def show(interaction: discord.Interaction, embed: Shown, view: discord.ui.View | None = MISSING) -> bool:
    """Put this in place of what the deferred answer shows. False as in `acknowledge`."""
    embeds = _several(embed)
    return await _told(interaction, lambda: interaction.edit_original_response(embeds=embeds, view=view))


async def reply(
    message: discord.Message, embed: Shown, view: discord.ui.View = MISSING, say: Language = ENGLISH
) -> None:
    """Reply, or say it in the channel if the message has been deleted meanwhile.

    An archived thread is opened for it. Where the bot may not write, who asked hears so in a direct message.
    """
    channel, embeds = message.channel, _several(embed)
    reference = message.to_reference(fail_if_not_exists=False)

    async def send() -> None:
        await channel.send(embeds=embeds, view=view, reference=reference)

    error = await refusal(send)
    if _code(error) == ARCHIVED and isinstance(channel, discord.Thread):
        error = await refusal(lambda: channel.edit(archived=False)) or await refusal(send)
    if error is not None:
        explain(error)
    if isinstance(error, discord.Forbidden) and message.guild is not None:
        sentence = say(MUTE, place=f"#{getattr(channel, 'name', '?')}")
        await refusal(lambda: message.author.send(embed=render.notice(sentence)))


@asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot is at work. Where not even that can be shown, the work goes on all the same."""
    async with AsyncExitStack() as stack:
        with suppress(*REFUSALS):
            await stack.enter_async_context(channel.typing())
        yield


async def _told(interaction: discord.Interaction, send: Callable[[], Awaitable[object]]) -> bool:
    error = await refusal(send)
    if error is not None:
        await tell(interaction, error)
    return error is None


def _pause_s(error: Exception) -> float:
    """Seconds after which the same may go well; infinite where it will not."""
    if not isinstance(error, discord.HTTPException) or error.status >= 500:  # noqa: PLR2004 - Discord's own failures
        return AGAIN_S
    if error.status == 429:  # noqa: PLR2004 - too many requests
        try:
            return float(error.response.headers.get("Retry-After", AGAIN_S))
        except ValueError:
            return AGAIN_S
    return float("inf")


def _several(shown: Shown) -> list[discord.Embed]:
    return [shown] if isinstance(shown, discord.Embed) else list(shown)


def _code(error: Exception | None) -> int | None:
    return error.code if isinstance(error, discord.HTTPException) else None
