"""Asking on: a thread in which everything is a follow-up, or a form where there can be no thread."""

import logging

import discord

from bot.answers import quotes
from bot.answers.buttons import Clickable, asking_on
from bot.answers.carried import following, turn_of
from bot.asking.threads import is_ours
from bot.cogs.ask import LONGEST, SHORTEST, Ask
from bot.escape import clip, one_line
from bot.language import Language
from bot.messages.delivery import acknowledge
from bot.messages.forms import Form, field
from index import Turn

log = logging.getLogger(__name__)

THREAD_NAME_LIMIT = 100  # https://discord.com/developers/docs/resources/channel#start-thread-from-message
HAS_A_THREAD = 160004  # https://discord.com/developers/docs/topics/opcodes-and-status-codes#json


class Follow(Clickable):
    """Opens threads and takes follow-ups."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.deeds = {"follow": self.follow, "ask-on": self.ask_on}
        self.forms = {"follow": self.take}

    async def follow(self, interaction: discord.Interaction, _: str) -> None:
        """Open a thread at the answer; where there can be none, or it is private, the form."""
        message = interaction.message
        turn = turn_of(message.embeds[0]) if message and message.embeds else None
        if message is None or turn is None or message.flags.ephemeral or not _may_open(interaction):
            await self.ask_on(interaction, "")
            return
        if not await acknowledge(interaction, thinking=True, ephemeral=True):
            return
        say = self._ask.language_of(interaction)
        try:
            thread = await _open(message, turn, say)
            told = say("Ask on in {thread}.", thread=thread.mention)
        except discord.HTTPException as error:
            log.warning("no thread could be opened: status %s, code %s", error.status, error.code)
            there = error.code == HAS_A_THREAD  # it has the id of its message
            told = say("Ask on in {thread}.", thread=f"<#{message.id}>") if there else ""
        told = told or say("I could not open a thread here. You can ask on with the button.")
        await interaction.edit_original_response(
            embed=discord.Embed(description=told), view=asking_on(following(turn.question, message), say)
        )

    async def ask_on(self, interaction: discord.Interaction, _: str) -> None:
        """Open the form for a follow-up."""
        say = self._ask.language_of(interaction)
        what = field(say("Your follow-up"), shortest=SHORTEST, longest=LONGEST, note=say("Such as: why?"))
        await interaction.response.send_modal(Form("follow", say("Ask a follow-up"), what))

    async def take(self, interaction: discord.Interaction, question: str) -> None:
        """Answer a follow-up, as visible as what it follows."""
        message = interaction.message
        turn = turn_of(message.embeds[0]) if message and message.embeds else None
        in_thread = is_ours(interaction.channel, interaction.client.user)
        private = not in_thread and bool(message and message.flags.ephemeral)
        history = (turn,) if turn and not in_thread else None
        await self._ask.answer(interaction, following(question, message), private=private, history=history)


async def _open(message: discord.Message, turn: Turn, say: Language) -> discord.Thread:
    name = clip(one_line(turn.question), THREAD_NAME_LIMIT)
    thread = await message.create_thread(name=name or "?", auto_archive_duration=1440)
    await thread.send(embed=quotes.opening(turn, say), view=asking_on(following(turn.question, message), say))
    return thread


def _may_open(interaction: discord.Interaction) -> bool:
    """Whether person and bot may open threads here. There are none within threads or in direct messages."""
    mine, theirs = interaction.app_permissions, interaction.permissions
    may = theirs.create_public_threads and mine.create_public_threads and mine.send_messages_in_threads
    return isinstance(interaction.channel, discord.TextChannel) and may
