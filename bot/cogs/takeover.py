"""What another process has acknowledged, and did not live to answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from discord.ext import commands

from bot import render
from bot.asking.pending import Pending, Question
from bot.errors import explain
from bot.language import language, phrase
from bot.messages.delivery import ORIGINAL, refusal
from index import ArchiveUnusable

log = logging.getLogger(__name__)

AGAIN_S = 2.0  # before what could not be answered for another process is tried again

RESTARTED = phrase("I was restarted before I could tell you what came of this. Please try again.")

Late = Callable[[Question], Awaitable[None]]


class Takeover(commands.Cog):
    """Answers what can be asked once more; who waits for something else is told to try again."""

    def __init__(self, bot: commands.AutoShardedBot, pending: Pending, late: Mapping[str, Late]) -> None:
        """`late` answers, by the deed."""
        self._bot = bot
        self._pending = pending
        self._late = late
        self._resuming: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Begin, once the servers are known."""
        self._resuming = asyncio.create_task(self._answer_left_over())

    async def cog_unload(self) -> None:
        """Leave what is not answered to the next process."""
        if self._resuming is not None:
            self._resuming.cancel()

    async def _answer_left_over(self) -> None:
        """Until nothing is left: while the archive cannot be used, nothing can be answered."""
        await self._bot.wait_until_ready()
        left = 1
        while left:
            try:
                left = 0
                for question in await self._pending.left_over(self._serves):
                    left += not await self._has_answered(question)
            except ArchiveUnusable as error:
                left = 1
                log.info("what another process had acknowledged is answered later: %s", type(error).__name__)
            await asyncio.sleep(AGAIN_S if left else 0)

    async def _has_answered(self, question: Question) -> bool:
        """Whether there is nothing more to be done about it."""
        log.info("answering what another process had acknowledged (%s)", question.deed)
        try:
            await self._late.get(question.deed, self._apologise)(question)
        except Exception as error:  # noqa: BLE001 - the next one is to be answered all the same
            sentence = explain(error, language(question.language), private=[question.search[0]])
            if isinstance(error.__cause__ or error, ArchiveUnusable):
                return False
            await self._say(question, sentence)
        await self._pending.forget(question)
        return True

    async def _apologise(self, question: Question) -> None:
        """Unless something is shown already: the process may have died a moment after that."""
        shown = await question.webhook(self._bot).fetch_message(ORIGINAL)
        if shown.flags.loading:
            await self._say(question, language(question.language)(RESTARTED))

    async def _say(self, question: Question, sentence: str) -> None:
        """To a command; who has written a message is not kept waiting by anything."""
        webhook, embeds = question.webhook(self._bot), [render.notice(sentence)]
        if question.token and (error := await refusal(lambda: webhook.edit_message(ORIGINAL, embeds=embeds))):
            explain(error)

    def _serves(self, guild_id: int) -> bool:
        """https://discord.com/developers/docs/events/gateway#sharding-sharding-formula; direct messages: the first."""
        return (guild_id >> 22) % (self._bot.shard_count or 1) in self._bot.shards
