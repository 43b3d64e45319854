"""The command /settings, and what the bot says when a server takes it in."""

import io
import json
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.errors import BadOption, tell
from bot.guilds import Guilds
from bot.language import Language, language_in, phrase
from bot.messages import delivery
from bot.messages.clicks import cog_of
from bot.servers import audit, panel, welcome
from bot.servers.keeping import Keeping, Kept

FILE_LIMIT = 8 * 2**20  # bytes; https://discord.com/developers/docs/reference#uploading-files allows 10 MiB

CANNOT_WRITE = phrase("I may not write in #{channel}. Let me view it, send messages and embed links there.")
NOT_A_CHOICE = phrase("That cannot be chosen. Please open /settings again.")
NO_QUESTIONS = phrase("No questions are kept here now.")


class Control(
    discord.ui.DynamicItem[discord.ui.Item[discord.ui.View]], template=r"pullquote:settings:(?P<field>[a-z_]+)"
):
    """A select or button of the panel. Its id names what it is for; who uses it is asked for their right each time."""

    def __init__(self, item: discord.ui.Item[discord.ui.View], field: str) -> None:
        self.field = field
        super().__init__(item)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the control that was used, also one from before a restart."""
        del interaction
        return cls(item, match["field"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Let the choice hold."""
        if not await delivery.acknowledge(interaction):
            return
        given: Any = interaction.data or {}
        if cog := cog_of(interaction, Server):
            await cog.used(interaction, self.field, given.get("values", []))


class Server(commands.Cog):
    """What a server decides, and its first moment with the bot."""

    def __init__(self, guilds: Guilds, keeping: Keeping) -> None:
        self._guilds = guilds
        self._keeping = keeping

    @app_commands.command(description="Where and how I answer in this server, and what I keep")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.checks.has_permissions(manage_guild=True)  # a server's own overrides may show the command to anybody
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)  # guild_only leaves the tree's DMs
    async def settings(self, interaction: discord.Interaction) -> None:
        """Show the panel to the admin alone."""
        if not await delivery.acknowledge(interaction, thinking=True, ephemeral=True):
            return
        await self._show(interaction, None)

    async def used(self, interaction: discord.Interaction, field: str, values: Sequence[str]) -> None:
        """Do what a control of the panel is for. Its id and values are the client's word, and are checked as such."""
        try:
            await self._do(interaction, _admin_s(interaction), field, values)
        except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
            await tell(interaction, error, for_admin=True)

    async def _do(
        self, interaction: discord.Interaction, guild: discord.Guild, field: str, values: Sequence[str]
    ) -> None:
        if field == panel.MENU:
            await self._show(interaction, panel.setting_of(values[0]) if values else None)
        elif field == panel.QUESTIONS:
            await self._hand_out(interaction, guild)
        elif setting := panel.setting_of(field):
            await self._change(interaction, guild, setting, values)

    async def _change(
        self, interaction: discord.Interaction, guild: discord.Guild, setting: panel.Setting, values: Sequence[str]
    ) -> None:
        say = self._guilds.language_of(interaction)
        channels = [] if setting.choices else _channels(guild, setting, values, say)
        before = self._guilds.of(guild.id)
        now = await self._guilds.change(guild.id, **{setting.field: _value(setting, values, channels, say)})
        if now.keep_days < before.keep_days:
            await self._keeping.shorten(guild.id, now.keep_days)
        names = [channel.name for channel in channels]
        await audit.note(interaction, lambda said: panel.changed(setting, now, names, said))
        await self._show(interaction, setting)

    async def _hand_out(self, interaction: discord.Interaction, guild: discord.Guild) -> None:
        """The kept questions as a file, without a word about who asked."""
        say, rows = self._guilds.language_of(interaction), _that_fit(await self._keeping.questions_of(guild.id))
        if not rows:
            await interaction.followup.send(embed=render.notice(say(NO_QUESTIONS)), ephemeral=True)
            return
        embed = render.notice(say.many(len(rows), "{n} kept question", "{n} kept questions, the newest first"))
        file = discord.File(io.BytesIO("\n".join(rows).encode()), "questions.jsonl")
        await interaction.followup.send(embed=embed, file=file, ephemeral=True)
        await audit.note(interaction, lambda say: say("Kept questions downloaded: {n}", n=len(rows)))

    async def _show(self, interaction: discord.Interaction, setting: panel.Setting | None) -> None:
        settings, say = self._guilds.of(interaction.guild_id), self._guilds.language_of(interaction)
        view = discord.ui.View(timeout=None)
        view.add_item(Control(panel.menu(setting, say), panel.MENU))
        if setting:
            there = [one.id for one in interaction.guild.channels] if interaction.guild else []
            view.add_item(Control(panel.control(setting, settings, there, say), setting.field))
        if setting and setting.field == panel.KEEP_DAYS:
            view.add_item(Control(panel.download(say), panel.QUESTIONS))
        await delivery.show(interaction, panel.embed(settings, say), view)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say how to begin, to whoever added the bot."""
        await welcome.greet(guild, language_in(guild))


def _admin_s(interaction: discord.Interaction) -> discord.Guild:
    """The server of whoever may manage it. A panel can outlive that right."""
    if interaction.guild is None or not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
    return interaction.guild


def _that_fit(kept: Sequence[Kept]) -> list[str]:
    """The newest questions, as many as a file may hold; without their keys, which tell one person from another."""
    rows = sorted(
        (json.dumps(one.content, ensure_ascii=False) for one in kept), reverse=True
    )  # they begin with the time
    sizes = accumulate(len(row.encode()) + 1 for row in rows)
    return [row for row, size in zip(rows, sizes, strict=True) if size <= FILE_LIMIT]


def _channels(
    guild: discord.Guild, setting: panel.Setting, values: Sequence[str], say: Language
) -> list[discord.abc.GuildChannel]:
    """The channels that were chosen; of a kind that is offered, and for the admins' one, that can be written to."""
    there = {str(one.id): one for one in guild.channels if one.type in panel.channel_types(setting)}
    if not all(value in there for value in values) or len(values) > panel.most_channels(setting):
        raise BadOption(say(NOT_A_CHOICE))
    for one in (there[value] for value in values if setting.field == panel.ADMINS_CHANNEL):
        may = one.permissions_for(guild.me)
        if not (may.view_channel and may.send_messages and may.embed_links):
            raise BadOption(say(CANNOT_WRITE, channel=one.name))
    return [there[value] for value in values]


def _value(
    setting: panel.Setting, values: Sequence[str], channels: Sequence[discord.abc.GuildChannel], say: Language
) -> object:
    ids = tuple(one.id for one in channels)
    if setting.field == panel.CHANNELS:
        return ids
    if setting.field == panel.ADMINS_CHANNEL:
        return ids[0] if ids else None
    try:
        return panel.chosen(setting, values[0])
    except (ValueError, IndexError):
        raise BadOption(say(NOT_A_CHOICE)) from None
