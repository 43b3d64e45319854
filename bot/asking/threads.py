"""Threads that the bot has opened for follow-ups: whatever is said in one belongs to one conversation."""

from typing import TypeGuard

import discord

from bot.answers.carried import turn_of
from bot.asking.conversations import TURNS
from index import Turn

READ_BACK = 30  # messages of a thread, to find the last turns in


def is_ours(channel: object, me: discord.abc.User | None) -> TypeGuard[discord.Thread]:
    """Whether the bot has opened this thread."""
    return isinstance(channel, discord.Thread) and me is not None and channel.owner_id == me.id


async def said_in(thread: discord.Thread, me: discord.abc.User) -> tuple[Turn, ...]:
    """The last turns in the thread, oldest first, whoever asked. None where its messages may not be read.

    They are read from its messages, not remembered: a thread goes on over restarts and quiet days.
    """
    turns: list[Turn] = []
    try:
        async for message in thread.history(limit=READ_BACK):
            turn = turn_of(message.embeds[0]) if message.author.id == me.id and message.embeds else None
            turns += [turn] if turn else []
    except discord.HTTPException:
        return ()
    return tuple(reversed(turns[:TURNS]))
