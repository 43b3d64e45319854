"""Whether a question may be asked here and now: in the server's channels, at its pace. Who may not is told alone."""

from collections.abc import Sequence
from contextlib import suppress

import discord

from bot import render
from bot.asking.cooldowns import Cooldowns
from bot.guilds import Guilds
from bot.language import Language, language_in, language_of

Asked = discord.Interaction | discord.Message  # a command or a click; a message that mentions the bot

VANISHES_S = 15.0  # a refusal in a channel, to somebody who takes no direct messages


class Turnstile:
    """Asked before each question, however it comes. Direct messages are free."""

    def __init__(self, guilds: Guilds, cooldowns: Cooldowns | None = None) -> None:
        self._guilds = guilds
        self._cooldowns = cooldowns or Cooldowns()

    async def turns_away(self, asked: Asked, *, counted: bool = True) -> bool:
        """Whether it may not be asked, which the person has then been told. `counted`: it counts against the pace."""
        refused = self._refusal(asked, counted=counted)
        if refused is not None:
            await _tell_alone(asked, refused)
        return refused is not None

    def _refusal(self, asked: Asked, *, counted: bool) -> discord.Embed | None:
        guild_id = _guild_id(asked)
        if guild_id is None:
            return None
        settings, person = self._guilds.of(guild_id), _person(asked)
        say = _language(asked, settings.language)
        if not settings.answers_in(*_ids(asked.channel)):
            return _pointer(_seen_by(person, asked.guild, settings.channels), say)
        wait_s = self._cooldowns.ask(guild_id, person.id, settings) if counted else 0
        return render.notice(_please_wait(wait_s, say)) if wait_s else None


def _guild_id(asked: Asked) -> int | None:
    if isinstance(asked, discord.Interaction):
        return asked.guild_id  # known even where the server itself is not, for example in an outage
    return asked.guild.id if asked.guild else None


def _person(asked: Asked) -> discord.User | discord.Member:
    return asked.user if isinstance(asked, discord.Interaction) else asked.author


def _language(asked: Asked, chosen: str | None) -> Language:
    if isinstance(asked, discord.Interaction):
        return language_of(asked, chosen)
    return language_in(asked.guild, chosen)


def _ids(channel: object) -> tuple[int | None, ...]:
    """The channel, and of a thread the channel that it belongs to."""
    if isinstance(channel, discord.Thread):
        return channel.id, channel.parent_id
    return (getattr(channel, "id", None),)


def _seen_by(
    person: discord.User | discord.Member, guild: discord.Guild | None, channels: Sequence[int]
) -> list[discord.abc.GuildChannel]:
    """Those of the channels that the person may see: the others are not spoken of."""
    if guild is None or not isinstance(person, discord.Member):
        return []
    there = [channel for one in channels if (channel := guild.get_channel(one)) is not None]
    return [channel for channel in there if channel.permissions_for(person).view_channel]


def _pointer(channels: Sequence[discord.abc.GuildChannel], say: Language) -> discord.Embed:
    if channels:
        named = " ".join(channel.mention for channel in channels)
        text = say("This server has me answer elsewhere. Please ask in: {channels}", channels=named)
    else:
        text = say("This server has me answer in other channels only.")
    return discord.Embed(description=text, colour=render.NOTICED)


def _please_wait(wait_s: int, say: Language) -> str:
    return say.many(wait_s, "Please wait {n} second, then ask again.", "Please wait {n} seconds, then ask again.")


async def _tell_alone(asked: Asked, embed: discord.Embed) -> None:
    """For the person's eyes only; in the channel, for some seconds, where they take no direct messages."""
    if isinstance(asked, discord.Message):
        await _tell_author(asked, embed)
    elif asked.response.is_done():
        await asked.followup.send(embed=embed, ephemeral=True)
    else:
        await asked.response.send_message(embed=embed, ephemeral=True)


async def _tell_author(message: discord.Message, embed: discord.Embed) -> None:
    """A refusal that nobody takes is no failure: there is nowhere left to say it."""
    try:
        await message.author.send(embed=embed)
    except discord.HTTPException:
        with suppress(discord.HTTPException):
            reference = message.to_reference(fail_if_not_exists=False)
            await message.channel.send(embed=embed, reference=reference, delete_after=VANISHES_S)
