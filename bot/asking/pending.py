"""What was acknowledged and is not answered yet: should this process die, another one answers, or says that it cannot.

Kept only where another process could: in the shared records, for the minutes that an answer may take. Discord takes an
answer to an acknowledged command from any process, by the command's token.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, Self

import discord

from bot.archive import Notes
from bot.asking.asked import Asked
from bot.asking.conversations import Place
from bot.errors import explain
from bot.language import Language, language
from bot.lists.paging import Search
from bot.underway import is_open
from index import ArchiveUnusable, Turn

KIND = "pending"  # of these records; their keys are "SERVER/number", 0 for direct messages
KEPT_DAYS = 14 / (24 * 60)  # Discord takes answers for 15 minutes
KEPT_IN_S = 2.0  # an acknowledgement has 3 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A command by its token, or a message by its id and its channel's; and what was asked by the command.

    Of another deed than to ask or to search no more is known than who waits where: it cannot be done again.
    """

    guild_id: int
    number: int
    deed: Literal["ask", "search", "other"] = "ask"
    channel_id: int = 0
    application_id: int = 0
    token: str = ""  # '': a message, which holds its own words
    user_id: int = 0
    private: bool = False
    language: str = "en"
    day: str = ""
    search: tuple[str, str | None, str | None, str | None] = ("", None, None, None)
    by_date: bool = False
    history: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_command(
        cls, number: int, application_id: int, token: str, asked: Asked, deed: Literal["ask", "search"] = "ask"
    ) -> Self:
        """What was asked by a command."""
        search, place = asked.search, asked.place
        after, before = (None if day is None else day.isoformat() for day in (search.after, search.before))
        return cls(
            guild_id=place.guild_id or 0,
            number=number,
            deed=deed,
            channel_id=place.channel_id or 0,
            application_id=application_id,
            token=token,
            user_id=place.user_id,
            private=asked.private,
            language=asked.say.code,
            day=asked.day.isoformat(),
            search=(search.query, after, before, search.publisher),
            by_date=search.by_date,
            history=tuple((turn.question, turn.answer) for turn in asked.history or ()),
        )

    @classmethod
    def of_other(cls, interaction: discord.Interaction, say: Language) -> Self:
        """Whatever was asked for: only that somebody waits."""
        return cls(
            guild_id=interaction.guild_id or 0,
            number=interaction.id,
            deed="other",
            application_id=interaction.application_id,
            token=interaction.token,
            language=say.code,
        )

    def webhook(self, client: discord.Client) -> discord.Webhook:
        """By which a command is answered from any process."""
        return discord.Webhook.partial(self.application_id, self.token, client=client)

    @property
    def asked(self) -> Asked:
        """It once more."""
        query, after, before, publisher = self.search
        first, last = (date.fromisoformat(day) if day else None for day in (after, before))
        return Asked(
            search=Search(query, first, last, publisher, by_date=self.by_date),
            day=date.fromisoformat(self.day),
            place=Place(self.guild_id or None, self.channel_id, self.user_id),
            say=language(self.language),
            private=self.private,
            history=tuple(Turn(*one) for one in self.history) or None,
        )

    @property
    def key(self) -> str:
        """That it is kept under."""
        return f"{self.guild_id}/{self.number}"

    @property
    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Self:
        """From what `written` gives."""
        found: dict[str, Any] = json.loads(written)
        history = tuple((question, answer) for question, answer in found.pop("history"))
        query, after, before, publisher = found.pop("search")
        return cls(search=(query, after, before, publisher), history=history, **found)


class Pending:
    """What some process has acknowledged and not answered."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._ours: set[str] = set()
        self._forgetting: set[asyncio.Future[None]] = set()

    @asynccontextmanager
    async def kept(self, question: Question, client: object) -> AsyncIterator[None]:
        """Keep it until somebody was told what came of it, which the end of this process or client is not.

        Raises:
            ArchiveUnusable: it could not be kept in time. Then it must not be acknowledged, nor could it be answered.
        """
        await self._keep(question)
        try:
            yield
        except Exception:
            if is_open(client):
                await self.forget(question)
            raise
        await self.forget(question)

    async def promise(self, question: Question) -> None:
        """Keep it until the task that calls this has ended, what is kept already excepted. Raises as `kept`."""
        if question.key in self._ours:
            return
        await self._keep(question)
        if task := asyncio.current_task():
            task.add_done_callback(lambda ended: None if ended.cancelled() else self._forget_soon(question))

    async def _keep(self, question: Question) -> None:
        self._ours.add(question.key)
        keeping = asyncio.ensure_future(self._notes.keep(KIND, question.key, question.written, days=KEPT_DAYS))
        await asyncio.wait([keeping], timeout=KEPT_IN_S)
        if not keeping.done():
            keeping.add_done_callback(partial(self._take_back, question))
            raise ArchiveUnusable("A question could not be written down in time.")
        keeping.result()

    def _take_back(self, question: Question, keeping: "asyncio.Future[None]") -> None:
        if not keeping.cancelled() and keeping.exception() is None:  # it was told by then that it is not answered
            self._forget_soon(question)

    def _forget_soon(self, question: Question) -> None:
        self._forgetting.add(forgetting := asyncio.ensure_future(self.forget(question)))
        forgetting.add_done_callback(self._forgetting.discard)

    async def forget(self, question: Question) -> None:
        """It is answered."""
        try:
            await self._notes.forget(KIND, question.key)
            self._ours.discard(question.key)
        except ArchiveUnusable as error:
            explain(error)
        except RuntimeError:  # nothing is written any more: the next process finds that it is answered
            return

    async def left_over(self, ours: Callable[[int], bool]) -> list[Question]:
        """Those of the servers that are ours, which no task of this process is answering."""
        found = [Question.read(written) for key, written in await self._notes.recall(KIND) if key not in self._ours]
        return [one for one in found if ours(one.guild_id)]


def kept_by(pending: Pending | None, question: Question, client: object) -> AbstractAsyncContextManager[None]:
    """As `Pending.kept`; where no other process could answer, nothing is kept."""
    return nullcontext() if pending is None else pending.kept(question, client)
