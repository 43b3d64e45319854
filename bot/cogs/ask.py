"""Questions: the command /ask, a mention in a channel, a reply, a thread of ours, a direct message."""

import logging
import re
import secrets
import time
from dataclasses import replace
from datetime import date, datetime

import discord
from discord import app_commands
from discord.ext import commands

from bot import render
from bot.answers import buttons, quotes, reply
from bot.answers.carried import PUBLISHER_LIMIT, following, turn_of
from bot.answers.reply import Reply
from bot.archive import Archive, Busy, Restarting, TooLate
from bot.asking.asked import Asked
from bot.asking.conversations import Conversations, Place
from bot.asking.pending import Pending, Question, kept_by
from bot.asking.smalltalk import small_talk
from bot.asking.threads import Said, is_ours, said_in
from bot.asking.turnstile import Turnstile
from bot.errors import EXPECTED, Unanswered, explain
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import Language, language_in, phrase
from bot.lists.choices import Day, suggested
from bot.lists.paging import Search
from bot.measures import Measures
from bot.messages.delivery import acknowledge, show, typing
from bot.servers.keeping import Keeping
from bot.underway import join
from index import Answer, BadQuestion, NoEvidence, Turn, complete, fresh_from, timed

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 3, 300  # characters of a question

_OUTCOMES: dict[type[Exception], str] = {
    BadQuestion: "bad_question",
    Busy: "busy",
    Restarting: "stopping",
    TooLate: "too_late",
}

UNREAD = phrase("Discord shows me what you reply only when you mention me in it. You can also use **Follow up**.")


class Ask(commands.Cog):
    """Answers questions, wherever they come from."""

    def __init__(
        self,
        bot: commands.AutoShardedBot,
        archive: Archive,
        guilds: Guilds,
        keeping: Keeping,
        turnstile: Turnstile,
        *,
        measures: Measures,
    ) -> None:
        self._bot = bot
        self._archive = archive
        self._guilds = guilds
        self._keeping = keeping
        self._turnstile = turnstile
        self._measures = measures
        self._conversations = Conversations()
        self.pending = Pending(archive.notes) if archive.is_shared else None

    @app_commands.command(description="Ask the news archive; the answer is a quote, word for word, with its source")
    @app_commands.describe(
        question="What you want to know, such as: who suggested postponing the summit?",
        after="Only what was published on this day or later, YYYY-MM-DD",
        before="Only what was published before this day, YYYY-MM-DD",
        publisher="Only from this publisher",
        private="Whether only you see the answer",
    )
    async def ask(
        self,
        interaction: discord.Interaction,
        question: app_commands.Range[str, SHORTEST, LONGEST],
        after: app_commands.Transform[date, Day] | None = None,
        before: app_commands.Transform[date, Day] | None = None,
        publisher: app_commands.Range[str, 1, PUBLISHER_LIMIT] | None = None,
        private: bool | None = None,  # noqa: FBT001 - an option of the command
    ) -> None:
        """Answer in the channel, or for the asker alone."""
        search = Search(question, after, before, one_line(publisher or "") or None)
        await self.answer(interaction, search, private=self.is_private(interaction) if private is None else private)

    @ask.autocomplete("publisher")
    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Publishers that this place may read, and no others."""
        choices = await suggested(self._archive, self.readable(interaction.guild_id), typed)
        return [choice for choice in choices if len(choice.name) <= PUBLISHER_LIMIT]

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that is for the bot: it mentions it, stands in a thread of its own, or is a direct one."""
        if message.author.bot or message.is_system() or not self._is_addressed(message):
            return
        join(self._bot)
        question, replied = self._without_mention(message.content), self._replied_to(message)
        say = self._language_in(message.guild)
        hint = UNREAD if replied and not question else small_talk(question)
        if await self._turnstile.turns_away(message, counted=hint is None):
            return
        if hint:
            await reply.respond(message, Reply.saying(say(hint)), say)
            return
        server = message.guild.id if message.guild else 0
        waiting = Question(guild_id=server, number=message.id, channel_id=message.channel.id)
        async with kept_by(self.pending, waiting, self._bot):
            await self._answer_message(message)

    async def _answer_message(self, message: discord.Message) -> None:
        question, replied = self._without_mention(message.content), self._replied_to(message)
        say = self._language_in(message.guild)
        turn = turn_of(replied.embeds[0]) if replied and replied.embeds else None
        async with typing(message.channel):
            place = Place(message.guild.id if message.guild else None, message.channel.id, message.author.id)
            said = await self._said_in(message.channel)
            history = (turn,) if turn else said and said.turns
            search = following(question, replied, said and said.opening)
            asked = Asked(search=search, day=message.created_at.date(), place=place, say=say, history=history)
            answer = await self.reply(asked)
        await reply.respond(message, answer, say)

    async def answer(
        self,
        interaction: discord.Interaction,
        search: Search,
        *,
        private: bool,
        history: tuple[Turn, ...] | None = None,
    ) -> None:
        """Answer an interaction that is not acknowledged yet.

        Without a history, what was asked here before counts; in a thread of ours, without limits, those of the thread.
        """
        if await self._turnstile.turns_away(interaction):
            return
        say = self.language_of(interaction)
        asked = Asked(
            search=search,
            day=interaction.created_at.date(),
            place=Place(interaction.guild_id, interaction.channel_id, interaction.user.id),
            say=say,
            private=private,
            history=history or None,
            tell_place=lambda number: show(interaction, render.waiting(number, say)),
        )
        async with kept_by(self.pending, self._question(interaction, asked), self._bot):
            if await acknowledge(interaction, thinking=True, ephemeral=private):
                whole = await self._in_thread(asked, interaction.channel)
                await reply.show(interaction, await self.reply(whole), private=private)

    async def reply(self, asked: Asked) -> Reply:
        """What to answer with. What was asked is not logged: an id, its length, the outcome and the time are.

        Raises:
            Unanswered: something has failed; the question's id is what people are to be shown.
        """
        number = secrets.token_hex(4)
        try:
            with self._measures.question(number):
                return await self._reply(asked, number)
        except Unanswered as error:
            error.number = number
            raise

    async def _reply(self, asked: Asked, number: str) -> Reply:
        started, question = time.perf_counter(), asked.search.query
        try:
            found = await self.find(asked)
            await self._remember(asked, found)
            outcome = "answer" if isinstance(found, Answer) else "no_evidence"
            newest = await self._newest_if_old(asked, found)
            with timed("render", self._measures.stage):
                view = buttons.under(found, asked.search, private=asked.private, say=asked.say)
                answer = Reply(quotes.answer(found, asked=asked.search, newest=newest, say=asked.say), view)
        except EXPECTED as error:
            outcome, answer = type(error).__name__, Reply.saying(explain(error, asked.say))
        took_s = time.perf_counter() - started
        self._measures.took(took_s)
        took_ms = round(took_s * 1000)
        log.info("question %s: %d characters, %s, %d ms", number, len(question), outcome, took_ms)
        return answer

    async def find(self, asked: Asked, *, most: int | None = None) -> Answer | NoEvidence:
        """What the index says to the question, completed from the turns before it, in at most so many quotes.

        Raises:
            Unanswered: something has failed; it knows what must not be logged, the completed question too.
        """
        history = self._conversations.before(asked.place) if asked.history is None else asked.history
        question, filters = asked.search.query, asked.search.filters(self.readable(asked.place.guild_id))
        try:
            _require_short(asked)
            found = await self._archive.ask(
                question, asked.day, filters, history, quotes=most, tell_place=asked.tell_place
            )
        except EXPECTED as error:
            self._measures.asked(_OUTCOMES.get(type(error), "failed"))
            raise
        except Exception as error:
            self._measures.asked("failed")
            raise Unanswered(complete(question, history), question) from error
        self._measures.asked("answer" if isinstance(found, Answer) else "no_evidence")
        return found

    async def _remember(self, asked: Asked, found: Answer | NoEvidence) -> None:
        """For the next question from this place; the question itself where the server keeps questions."""
        place, answered = asked.place, isinstance(found, Answer)
        self._conversations.add(place, Turn.of(found))
        await self._keeping.keep_question(place.guild_id, place.user_id, asked.search.query, answered=answered)

    async def _newest_if_old(self, asked: Asked, found: Answer | NoEvidence) -> datetime | None:
        """When the newest article was published that can be read here, where that is before the days asked about."""
        days = (asked.search.after, fresh_from(found.question, asked.day))
        wanted = max(filter(None, days), default=None)
        newest = await self._archive.newest(self.readable(asked.place.guild_id)) if wanted else None
        return newest if wanted and newest and newest.date() < wanted else None

    async def _in_thread(self, asked: Asked, channel: object) -> Asked:
        """In a thread of ours, what was said there counts, where nothing else is followed up."""
        said = None if asked.history else await self._said_in(channel)
        if said is None:
            return asked
        search = asked.search if asked.search.is_limited else following(asked.search.query, said.opening)
        return replace(asked, search=search, history=said.turns)

    def _question(self, interaction: discord.Interaction, asked: Asked) -> Question:
        """For another process, which does not know what was asked before; in a thread of ours it reads that there."""
        ours = self._bot.user is not None and is_ours(interaction.channel, self._bot.user)
        history = asked.history or (None if ours else tuple(self._conversations.before(asked.place)))
        known = replace(asked, history=history)
        return Question.of_command(interaction.id, interaction.application_id, interaction.token, known)

    async def answer_late(self, question: Question) -> None:
        """Answer what another process has acknowledged, and did not live to answer."""
        channel = self._bot.get_partial_messageable(question.channel_id, guild_id=question.guild_id or None)
        if question.token:
            asked = await self._in_thread(question.asked, self._bot.get_channel(question.channel_id))
            await reply.late(question.webhook(self._bot), await self.reply(asked), private=question.private)
        else:
            await self._answer_message(await channel.fetch_message(question.number))

    async def _said_in(self, channel: object) -> Said | None:
        """In a thread of ours, what was said in it, for everybody; None elsewhere: there, each has their own."""
        me = self._bot.user
        return await said_in(channel, me) if me and is_ours(channel, me) else None

    def readable(self, guild_id: int | None) -> tuple[str, ...]:
        """The collections that may be read from here."""
        return self._guilds.readable(guild_id)

    def is_private(self, interaction: discord.Interaction) -> bool:
        """Whether the server wants answers for the asker's eyes only."""
        return self._guilds.of(interaction.guild_id).private

    def language_of(self, interaction: discord.Interaction) -> Language:
        """The language that the person is answered in."""
        return self._guilds.language_of(interaction)

    def _language_in(self, guild: discord.Guild | None) -> Language:
        return language_in(guild, self._guilds.of(guild.id if guild else None).language)

    def _is_addressed(self, message: discord.Message) -> bool:
        me = self._bot.user
        mentioned = me is not None and me in message.mentions
        return message.guild is None or mentioned or (is_ours(message.channel, me) and bool(message.content))

    def _replied_to(self, message: discord.Message) -> discord.Message | None:
        """The bot's own message that this one is a reply to."""
        replied = message.reference.resolved if message.reference else None
        mine = isinstance(replied, discord.Message) and replied.author == self._bot.user
        return replied if mine and isinstance(replied, discord.Message) else None

    def _without_mention(self, content: str) -> str:
        me = self._bot.user.id if self._bot.user else 0
        return re.sub(rf"<@!?{me}>", " ", content).strip()


def _require_short(asked: Asked) -> None:
    """Raises BadQuestion."""
    if len(asked.search.query) > LONGEST:
        raise BadQuestion(asked.say("Please ask in {n} characters or fewer.", n=LONGEST))
