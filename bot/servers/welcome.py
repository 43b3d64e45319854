"""The first message to a server that has added the bot: three steps, to whoever added it."""

import logging

import discord

from bot import render
from bot.language import ENGLISH, Language

log = logging.getLogger(__name__)

LOOKED_AT = 5  # newest entries of the audit log: the bot was added a moment ago


def steps(say: Language = ENGLISH) -> discord.Embed:
    """What to do, in the order in which to do it."""
    lines = (
        say("I answer questions from an archive of news articles, with quotes, word for word."),
        say("**1.** Try me: `/ask` a question, or mention me in a channel."),
        say("**2.** `/settings` says in which channels I answer, who sees it, and in which language."),
        say("**3.** `/archive add` gives me articles of your own. Nobody outside this server sees them."),
        say("That is all. `/help` tells everybody the rest. I ping nobody, and I keep no question unless you say so."),
    )
    return discord.Embed(title=say("Thank you for adding me!"), description="\n\n".join(lines), colour=render.ANSWERED)


async def greet(guild: discord.Guild, say: Language) -> None:
    """Tell whoever added the bot; else the server, where it may be told. A server that hears nothing has /help."""
    adder = await _adder(guild)
    for one in [adder, _spoken_in(guild)]:
        try:
            if one is not None:
                await one.send(embed=steps(say))
                return
        except discord.HTTPException as error:
            log.info("a first message was not taken: status %s, code %s", error.status, error.code)


async def _adder(guild: discord.Guild) -> discord.abc.Messageable | None:
    """Who added the bot, where the bot may read the server's audit log. The invitation does not ask for that."""
    if not guild.me.guild_permissions.view_audit_log:
        return None
    try:
        async for entry in guild.audit_logs(action=discord.AuditLogAction.bot_add, limit=LOOKED_AT):
            if (
                entry.target is not None
                and entry.target.id == guild.me.id
                and not isinstance(entry.user, discord.Object)
            ):
                return entry.user
    except discord.HTTPException as error:
        log.info("the audit log was not shown: status %s, code %s", error.status, error.code)
    return None


def _spoken_in(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel for messages of the system, else the first one in which the bot may speak."""
    for channel in [guild.system_channel, *guild.text_channels]:
        if channel is not None:
            may = channel.permissions_for(guild.me)
            if may.view_channel and may.send_messages and may.embed_links:
                return channel
    return None
