"""The commands /follow, /unfollow and /follows, and the button under each alert that ends what it came from."""

import re
from typing import Literal, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.alerts.follows import (
    A_DAY,
    A_PERSON,
    A_SERVER,
    FEWEST,
    LONG_AGO,
    MOST,
    NOWHERE,
    Added,
    Follow,
    Follows,
    new_id,
)
from bot.alerts.watch import Watch
from bot.asking.turnstile import Turnstile
from bot.errors import EXPECTED, explain, tell
from bot.escape import escape, one_line
from bot.guilds import Guilds
from bot.language import Language, phrase
from bot.messages.clicks import cog_of
from bot.messages.delivery import acknowledge, refusal, show

CHOICES = 25  # https://discord.com/developers/docs/interactions/application-commands#autocomplete
ID = r"[0-9a-f]{8}"

NOT_ALLOWED = phrase("Only members who may manage this channel or the server can decide what it follows.")
NOT_IN_DIRECT = phrase("Here I can only follow topics for you. To follow one for a channel, use /follow there.")
CANNOT_WRITE = phrase("I may not write into this channel. Let me send messages and embed links here, then try again.")
UNKNOWN = phrase("That is not followed here. /follows shows what is.")
ENDED = phrase("You will hear no more about “{topic}”.")
ENDED_HERE = phrase("This channel will hear no more about “{topic}”.")
TO_YOU = phrase(
    "When a new article answers “{topic}”, I will write to you directly, at most {n} times a day. "
    "For that I keep your user id and the topic until you end it: /unfollow, or the button under each alert."
)
TO_CHANNEL = phrase(
    "When a new article answers “{topic}”, I will tell it in this channel, at most {n} times a day. "
    "/unfollow ends it, and so does the button under each alert."
)
_SAID = {
    Added.KNOWN: phrase("“{topic}” is followed already."),
    Added.RESUMED: phrase("“{topic}” was paused because my alert was refused. I will try again."),
    Added.FULL_PERSON: phrase("You follow {n} topics, which is as many as I take. End one with /unfollow first."),
    Added.FULL_SERVER: phrase("This server follows {n} topics, which is as many as I take."),
}


class UnfollowButton(
    discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]],
    template=rf"pullquote:unfollow:(?P<guild>\d{{1,20}}):(?P<id>{ID})",
):
    """Ends a follow. Whose it is follows from who clicked and where; the id alone gives nobody a right."""

    def __init__(self, guild_id: int, follow_id: str, label: str = "Unfollow") -> None:
        self.guild_id, self.follow_id = guild_id, follow_id
        super().__init__(discord.ui.Button(label=label, custom_id=f"pullquote:unfollow:{guild_id}:{follow_id}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked, also one from before a restart."""
        del interaction, item
        return cls(int(match["guild"]), match["id"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """End it and take the button away."""
        if not await acknowledge(interaction):
            return
        if cog := cog_of(interaction, Following):
            await cog.end_at_click(interaction, self.guild_id, self.follow_id)


class Following(commands.Cog):
    """Decides who is told of what; `bot.cogs.alert` tells them."""

    def __init__(self, follows: Follows, watch: Watch, guilds: Guilds, turnstile: Turnstile) -> None:
        self._follows = follows
        self._watch = watch
        self._guilds = guilds
        self._turnstile = turnstile

    @app_commands.command(description="Be told when a new article answers a topic, until you end it")
    @app_commands.describe(
        topic="A topic or a question, such as: ferry accident at Kestrel Bay",
        where="To you as a direct message, or into this channel (for members who may manage it)",
    )
    async def follow(
        self,
        interaction: discord.Interaction,
        topic: app_commands.Range[str, FEWEST, MOST],
        where: Literal["me", "channel"] = "me",
    ) -> None:
        """Answer for the asker's eyes only."""
        if await self._turnstile.turns_away(interaction) or not await _acknowledge(interaction):
            return
        say = self._guilds.language_of(interaction)
        refused = _refusal(interaction) if where == "channel" else None
        said = say(refused) if refused else await self._begin(interaction, one_line(topic), where, say)
        await show(interaction, render.notice(said))

    async def _begin(self, interaction: discord.Interaction, topic: str, where: str, say: Language) -> str:
        guild_id = interaction.guild_id or NOWHERE
        try:
            await self._watch.try_out(topic, guild_id)
            looked_at = await self._watch.newest(guild_id) or LONG_AGO
        except EXPECTED as error:
            return explain(error, say)
        person, channel = (interaction.user.id, None) if where == "me" else (None, interaction.channel_id)
        new = Follow(
            id=new_id(),
            guild_id=guild_id,
            topic=topic,
            user_id=person,
            channel_id=channel,
            language=say.code,
            looked_at=looked_at,
        )
        return _said(await self._follows.add(new), new, say)

    @app_commands.command(description="End being told of a topic")
    @app_commands.describe(topic="One that is followed")
    async def unfollow(self, interaction: discord.Interaction, topic: app_commands.Range[str, 1, MOST]) -> None:
        """Answer for the asker's eyes only."""
        if not await _acknowledge(interaction):
            return
        theirs = await self._theirs(interaction)
        meant = [one for one in theirs if topic == one.id] or [one for one in theirs if _is_about(one, topic)]
        say = self._guilds.language_of(interaction)
        said = await self._end(meant[0], say) if meant else say(UNKNOWN)
        await show(interaction, render.notice(said))

    @unfollow.autocomplete("topic")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """What this person may end here, and nothing else."""
        theirs = await self._theirs(interaction)
        fitting = [one for one in theirs if one_line(typed).casefold() in one.topic.casefold()]
        return [app_commands.Choice(name=one.topic, value=one.id) for one in fitting[:CHOICES]]

    @app_commands.command(description="Show which topics you and this channel follow")
    async def follows(self, interaction: discord.Interaction) -> None:
        """Answer for the asker's eyes only."""
        if not await _acknowledge(interaction):
            return
        shown = await self._theirs(interaction, reading=True)
        say = self._guilds.language_of(interaction)
        lines = [_line(one, say) for one in shown] or [say("Nothing yet. /follow begins to follow a topic.")]
        await show(interaction, render.listing(say("Followed topics"), lines, say))

    async def end_at_click(self, interaction: discord.Interaction, guild_id: int, follow_id: str) -> None:
        """End the follow whose alert the button stands under, for those who may."""
        say = self._guilds.language_of(interaction)
        try:
            theirs = await self._theirs(interaction)
            meant = [one for one in theirs if (one.guild_id, one.id) == (guild_id, follow_id)]
            if not meant and interaction.guild_id and not _may_manage(interaction):
                await _tell(interaction, say(NOT_ALLOWED))
                return
            said = await self._end(meant[0], say) if meant else say(UNKNOWN)
            shown = interaction.message.embeds if interaction.message else []
            await show(interaction, shown, None)
            await _tell(interaction, said)
        except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
            await tell(interaction, error)

    async def _end(self, follow: Follow, say: Language) -> str:
        await self._follows.end(follow)
        return say(ENDED if follow.user_id else ENDED_HERE, topic=follow.topic)

    async def _theirs(self, interaction: discord.Interaction, *, reading: bool = False) -> list[Follow]:
        """A person's own, then those of channels that they may end; or, `reading`, those that they see told here."""
        own = await self._follows.of_person(interaction.guild_id, interaction.user.id)
        if interaction.guild_id is None:
            return own
        everywhere = interaction.permissions.manage_guild
        here = interaction.channel_id if reading or interaction.permissions.manage_channels else None
        channels = [one for one in await self._follows.of_guild(interaction.guild_id) if one.channel_id]
        return own + [one for one in channels if everywhere or one.channel_id == here]


async def _acknowledge(interaction: discord.Interaction) -> bool:
    """For the asker's eyes only. False where the command ends here."""
    return await acknowledge(interaction, thinking=True, ephemeral=True)


async def _tell(interaction: discord.Interaction, sentence: str) -> None:
    embed = render.notice(sentence)
    if error := await refusal(lambda: interaction.followup.send(embed=embed, ephemeral=True)):
        explain(error)


def _refusal(interaction: discord.Interaction) -> str | None:
    """Why this channel cannot be told, if it cannot."""
    if interaction.guild_id is None:
        return NOT_IN_DIRECT
    if not _may_manage(interaction):
        return NOT_ALLOWED
    mine = interaction.app_permissions
    thread = isinstance(interaction.channel, discord.Thread)
    may_send = mine.send_messages_in_threads if thread else mine.send_messages
    return None if may_send and mine.embed_links and mine.view_channel else CANNOT_WRITE


def _may_manage(interaction: discord.Interaction) -> bool:
    return interaction.permissions.manage_channels or interaction.permissions.manage_guild


def _said(added: Added, follow: Follow, say: Language) -> str:
    if added is Added.NEW:
        return say(TO_YOU if follow.user_id else TO_CHANNEL, topic=follow.topic, n=A_DAY)
    return say(_SAID[added], topic=follow.topic, n=A_PERSON if added is Added.FULL_PERSON else A_SERVER)


def _is_about(follow: Follow, topic: str) -> bool:
    return follow.topic.casefold() == one_line(topic).casefold()


def _line(follow: Follow, say: Language) -> str:
    place = f"<#{follow.channel_id}>" if follow.channel_id else say("direct message")
    paused = f" · {say('paused: my alert was refused; /follow it again to go on')}" if follow.paused else ""
    return f"• {escape(follow.topic)} · {place}{paused}"
