"""Questions: the command /ask, a mention in a channel, a direct message."""

import logging
import re
import secrets
import time
from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.archive import Archive, TellPlace, collections_of
from bot.conversations import Conversations, Place
from bot.delivery import acknowledge, reply, show, typing
from bot.errors import EXPECTED, Unanswered, explain
from bot.guilds import Guilds
from bot.keeping import Keeping
from bot.smalltalk import small_talk
from bot.turnstile import Turnstile
from index import Answer, BadQuestion, Filters, NoEvidence, Turn, complete

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 3, 300  # characters of a question


class Ask(commands.Cog):
    """Answers questions, one embed each."""

    def __init__(
        self, bot: commands.AutoShardedBot, archive: Archive, guilds: Guilds, keeping: Keeping, turnstile: Turnstile
    ) -> None:
        self._bot = bot
        self._archive = archive
        self._guilds = guilds
        self._keeping = keeping
        self._turnstile = turnstile
        self._conversations = Conversations()

    @app_commands.command(description="Ask the news archive; the answer is a quote, word for word, with its source")
    @app_commands.describe(question="What you want to know, such as: who suggested postponing the summit?")
    async def ask(self, interaction: discord.Interaction, question: app_commands.Range[str, SHORTEST, LONGEST]) -> None:
        """Answer in the channel, or for the asker's eyes only where the server wants that."""
        if await self._turnstile.turns_away(interaction):
            return
        if not await acknowledge(interaction, thinking=True, ephemeral=self._guilds.of(interaction.guild_id).private):
            return
        place = Place(interaction.guild_id, interaction.channel_id, interaction.user.id)
        answer = await self._reply(
            question, interaction.created_at.date(), place, lambda number: show(interaction, render.waiting(number))
        )
        await show(interaction, answer)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is for the bot: one that mentions it, or a direct one."""
        if message.author.bot or message.is_system() or not self._is_addressed(message):
            return
        question = self._without_mention(message.content)
        said = small_talk(question)
        if await self._turnstile.turns_away(message, counted=said is None):
            return
        if said:
            await reply(message, render.notice(said))
            return
        async with typing(message.channel):
            place = Place(message.guild.id if message.guild else None, message.channel.id, message.author.id)
            answer = await self._reply(question, message.created_at.date(), place)
        await reply(message, answer)

    def _is_addressed(self, message: discord.Message) -> bool:
        return message.guild is None or (self._bot.user is not None and self._bot.user in message.mentions)

    def _without_mention(self, content: str) -> str:
        me = self._bot.user.id if self._bot.user else 0
        return re.sub(rf"<@!?{me}>", " ", content).strip()

    async def _reply(
        self, question: str, asked_on: date, place: Place, tell_place: TellPlace | None = None
    ) -> discord.Embed:
        """The embed to answer with. What was asked is not logged: an id, its length, the outcome and the time are."""
        started = time.perf_counter()
        try:
            if len(question) > LONGEST:
                raise BadQuestion(f"Please ask in {LONGEST} characters or fewer.")
            found = await self._find(question, asked_on, place, tell_place)
            outcome = "answer" if isinstance(found, Answer) else "no_evidence"
            embed = render.answer(found, asked=question)
        except EXPECTED as error:
            outcome, embed = type(error).__name__, render.notice(explain(error))
        took_ms = round((time.perf_counter() - started) * 1000)
        log.info("question %s: %d characters, %s, %d ms", secrets.token_hex(4), len(question), outcome, took_ms)
        return embed

    async def _find(
        self, question: str, asked_on: date, place: Place, tell_place: TellPlace | None
    ) -> Answer | NoEvidence:
        """What the index says to the question, completed from the turns before it.

        Raises:
            Unanswered: something has failed; it knows what must not be logged, the completed question too.
        """
        history = self._conversations.before(place)
        filters = Filters(collections_of(place.guild_id, public=self._guilds.of(place.guild_id).public))
        try:
            found = await self._archive.ask(question, asked_on, filters, history, tell_place=tell_place)
        except EXPECTED:
            raise
        except Exception as error:
            raise Unanswered(complete(question, history), question) from error
        self._conversations.add(place, Turn.of(found))
        answered = isinstance(found, Answer)
        await self._keeping.keep_question(place.guild_id, place.user_id, question, answered=answered)
        return found
