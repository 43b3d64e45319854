"""Threads that the bot has opened for follow-ups: whatever is said in one belongs to one conversation."""

from typing import NamedTuple, TypeGuard

import discord

from bot.answers.carried import turn_of
from bot.asking.conversations import TURNS
from index import Turn

READ_BACK = 30  # messages of a thread, to find the last turns in
FIRST = 10  # messages around the beginning of a longer one, to find that in which it says what the thread follows


class Said(NamedTuple):
    """The last turns in a thread, oldest first, whoever asked, and the message of ours that opened it."""

    turns: tuple[Turn, ...] = ()
    opening: discord.Message | None = None


def is_ours(channel: object, me: discord.abc.User | None) -> TypeGuard[discord.Thread]:
    """Whether the bot has opened this thread."""
    return isinstance(channel, discord.Thread) and me is not None and channel.owner_id == me.id


async def said_in(thread: discord.Thread, me: discord.abc.User) -> Said:
    """What was said in it; nothing where its messages may not be read.

    They are read from its messages, not remembered: a thread goes on over restarts and quiet days.
    """
    try:
        last = [message async for message in thread.history(limit=READ_BACK)]
        first = last[::-1]
        if len(last) == READ_BACK:
            first = [message async for message in thread.history(limit=FIRST, around=thread, oldest_first=True)]
    except discord.HTTPException:
        return Said()
    turns = [turn_of(message.embeds[0]) for message in last if message.author.id == me.id and message.embeds]
    said = [turn for turn in turns if turn][:TURNS]
    return Said(tuple(reversed(said)), next((one for one in first if _opens(one, me)), None))


def _opens(message: discord.Message, me: discord.abc.User) -> bool:
    """Whether it is of ours and not of Discord's, which begins a thread with a message in our name."""
    return message.author.id == me.id and not message.is_system()
