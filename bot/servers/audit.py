"""What admins do, in the log of the operator and, where a server has named one, in its admins' channel."""

import logging
from collections.abc import Callable

import discord

from bot import render
from bot.escape import escape_within, one_line
from bot.guilds import Deciding
from bot.language import ENGLISH, Language, language

log = logging.getLogger(__name__)


async def note(interaction: discord.Interaction, told: Callable[[Language], str]) -> None:
    """Write down what has been done, who did it and where. Call it when it has been done.

    `told` says it in one line: in English for the log, in the server's language for the admins' channel. A notice that
    cannot be shown there fails nothing: the line in the log stands.
    """
    log.info("server %s, person %s: %s", interaction.guild_id, interaction.user.id, one_line(told(ENGLISH)))
    client = interaction.client
    settings = client.settings_of(interaction.guild_id) if isinstance(client, Deciding) else None
    channel = settings.admins_channel if settings else None
    if interaction.guild is None or channel is None or interaction.guild.get_channel(channel) is None:
        return  # a channel of another server is none of ours, whatever the record says
    try:
        await client.get_partial_messageable(channel).send(
            embed=_notice(told(_server_s(interaction)), interaction.user)
        )
    except discord.HTTPException as error:
        log.warning("the admins' channel %s could not be told: status %s, code %s", channel, error.status, error.code)


def _server_s(interaction: discord.Interaction) -> Language:
    """The language of what the whole server reads: the one chosen in /settings, else the server's own in Discord."""
    client = interaction.client
    chosen = client.settings_of(interaction.guild_id).language if isinstance(client, Deciding) else None
    return language(chosen or (interaction.guild_locale.value if interaction.guild_locale else None))


def _notice(sentence: str, person: discord.User | discord.Member) -> discord.Embed:
    text = escape_within(one_line(sentence), render.DESCRIPTION_LIMIT - len(person.mention) - 1)
    return discord.Embed(description=f"{text}\n{person.mention}", colour=render.NOTICED)
