"""The command /privacy: what is kept about a person, as they may see it, take it and delete it."""

import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot import render
from bot.archive import Notes
from bot.errors import explain, tell
from bot.guilds import Guilds
from bot.language import ENGLISH, Language, phrase
from bot.messages import delivery
from bot.messages.clicks import cog_of
from bot.servers.keeping import FEEDBACK, FOLLOW, QUESTION, Keeping, Kept
from index import ArchiveUnusable

SWEEP_H = 24.0  # what has expired is not read any more; at most this much later it is gone from the file, too
DELETE_ID = "pullquote:privacy:delete"

NOTHING = phrase("Nothing is kept about you here.")
HERE = phrase("This is about this server. Write `/privacy` to me directly for all servers together.")
ALL = phrase("This is about all servers that you and I are in.")
MEMORY = phrase(
    "So that you can ask on, I remember your last three questions in a channel and their answers for 15 minutes, "
    "in memory only."
)
KEPT = phrase("This server keeps questions, under a pseudonym, for so many days: {days}.")
UNKEPT = phrase("This server does not keep questions.")
SURE = phrase("This deletes all of it: kept questions, feedback and follows. It cannot be undone.")


class DeleteButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=DELETE_ID):
    """Deletes what is kept about whoever clicks it, and about nobody else."""

    def __init__(self, label: str = "Delete") -> None:
        super().__init__(discord.ui.Button(label=label, custom_id=DELETE_ID, style=discord.ButtonStyle.danger))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        """Make the button that was clicked, also one from before a restart."""
        del interaction, item, match
        return cls()

    async def callback(self, interaction: discord.Interaction) -> None:
        """Delete, and say so in place of the question."""
        if not await delivery.acknowledge(interaction):
            return
        if cog := cog_of(interaction, Privacy):
            await cog.erase(interaction)


class Privacy(commands.Cog):
    """Each person's own records; in a server those of that server, in a direct message all."""

    privacy = app_commands.Group(name="privacy", description="What is kept about you, and how to delete it")

    def __init__(self, notes: Notes, guilds: Guilds, keeping: Keeping) -> None:
        self._notes = notes
        self._guilds = guilds
        self._keeping = keeping

    async def cog_load(self) -> None:
        """Delete what has expired, now and once a day."""
        self._sweep.start()

    async def cog_unload(self) -> None:
        """Sweep no more."""
        self._sweep.cancel()

    @privacy.command(description="Show what is kept about you")
    async def show(self, interaction: discord.Interaction) -> None:
        """Counts, lifetimes, and what to do about it."""
        if not await delivery.acknowledge(interaction, thinking=True, ephemeral=True):
            return
        kept = await self._keeping.about(interaction.guild_id, interaction.user.id)
        days = self._guilds.of(interaction.guild_id).keep_days
        embed = overview(
            kept, days, in_server=interaction.guild_id is not None, say=self._guilds.language_of(interaction)
        )
        await delivery.show(interaction, embed)

    @privacy.command(description="Get what is kept about you as a file")
    async def export(self, interaction: discord.Interaction) -> None:
        """A JSON file for the person's eyes only."""
        if not await delivery.acknowledge(interaction, thinking=True, ephemeral=True):
            return
        kept = await self._keeping.about(interaction.guild_id, interaction.user.id)
        say = self._guilds.language_of(interaction)
        if not kept:
            await delivery.show(interaction, render.notice(say(NOTHING)))
            return
        file = discord.File(io.BytesIO(exported(kept)), "pullquote-about-me.json")
        embed = render.notice(say.many(len(kept), "{n} record is kept about you.", "{n} records are kept about you."))
        await interaction.edit_original_response(embed=embed, attachments=[file])

    @privacy.command(description="Delete what is kept about you")
    async def delete(self, interaction: discord.Interaction) -> None:
        """Ask once more; the button does it."""
        if not await delivery.acknowledge(interaction, thinking=True, ephemeral=True):
            return
        kept = await self._keeping.about(interaction.guild_id, interaction.user.id)
        say = self._guilds.language_of(interaction)
        if not kept:
            await delivery.show(interaction, render.notice(say(NOTHING)))
            return
        embed = overview(kept, None, in_server=interaction.guild_id is not None, say=say)
        embed.description = f"{embed.description}\n\n**{say(SURE)}**"
        view = discord.ui.View(timeout=None)
        view.add_item(DeleteButton(say("Delete")))
        await delivery.show(interaction, embed, view)

    async def erase(self, interaction: discord.Interaction) -> None:
        """Delete the records of whoever has clicked."""
        try:
            gone = await self._keeping.forget(interaction.guild_id, interaction.user.id)
        except Exception as error:  # noqa: BLE001 - discord.py has no error handler for dynamic items; this is theirs
            await tell(interaction, error)
            return
        said = self._guilds.language_of(interaction).many(gone, "{n} record deleted.", "{n} records deleted.")
        await delivery.show(interaction, render.notice(said), None)

    @tasks.loop(hours=SWEEP_H)
    async def _sweep(self) -> None:
        try:
            await self._notes.expire()
        except ArchiveUnusable as error:
            explain(error)  # it is logged, and tried again tomorrow


def overview(kept: Sequence[Kept], keep_days: int | None, *, in_server: bool, say: Language = ENGLISH) -> discord.Embed:
    """How much of what is kept, and for how long. `keep_days` None: how long is not spoken of."""
    n = Counter(one.kind for one in kept)
    lines = [
        say.many(n[QUESTION], "**{n}** question that you asked", "**{n}** questions that you asked"),
        say.many(n[FEEDBACK], "**{n}** rating or report of an answer", "**{n}** ratings or reports of answers"),
        say.many(n[FOLLOW], "**{n}** topic that you follow", "**{n}** topics that you follow"),
    ]
    text = ["\n".join(lines) if kept else say(NOTHING), say(HERE) if in_server else say(ALL)]
    if keep_days is not None:
        text += [say(KEPT, days=keep_days) if keep_days else say(UNKEPT)] if in_server else []
        text += [say(MEMORY), say("`/privacy export` gives you all of it, `/privacy delete` deletes it.")]
    return discord.Embed(title=say("What is kept about you"), description="\n\n".join(text), colour=render.FOUND)


def exported(kept: Sequence[Kept]) -> bytes:
    """The records as JSON, each with its server and its kind."""
    rows = [{"server": one.guild_id, "kind": one.kind, "record": one.content} for one in kept]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()
