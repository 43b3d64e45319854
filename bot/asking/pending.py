"""Questions that were acknowledged and are not answered yet: should this process die, another one answers them.

Kept only where another process could: in the shared records, for the minutes that an answer may take. Discord takes an
answer to an acknowledged command from any process, by the command's token.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, Self

from bot.archive import Notes
from bot.asking.asked import Asked
from bot.asking.conversations import Place
from bot.errors import explain
from bot.language import language
from bot.lists.paging import Search
from bot.underway import is_open
from index import ArchiveUnusable, Turn

KIND = "pending"  # of these records; their keys are "SERVER/number", 0 for direct messages
KEPT_DAYS = 14 / (24 * 60)  # Discord takes answers for 15 minutes
KEPT_IN_S = 2.0  # an acknowledgement has 3 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A command by its token, or a message by its id and its channel's; and what was asked by the command."""

    guild_id: int
    number: int
    channel_id: int = 0
    application_id: int = 0
    token: str = ""  # '': a message, which holds its own words
    user_id: int = 0
    private: bool = False
    language: str = "en"
    day: str = ""
    search: tuple[str, str | None, str | None, str | None] = ("", None, None, None)
    history: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_command(cls, number: int, application_id: int, token: str, asked: Asked) -> Self:
        """What was asked by a command."""
        search, place = asked.search, asked.place
        after, before = (None if day is None else day.isoformat() for day in (search.after, search.before))
        return cls(
            guild_id=place.guild_id or 0,
            number=number,
            channel_id=place.channel_id or 0,
            application_id=application_id,
            token=token,
            user_id=place.user_id,
            private=asked.private,
            language=asked.say.code,
            day=asked.day.isoformat(),
            search=(search.query, after, before, search.publisher),
            history=tuple((turn.question, turn.answer) for turn in asked.history or ()),
        )

    @property
    def asked(self) -> Asked:
        """It once more."""
        query, after, before, publisher = self.search
        first, last = (date.fromisoformat(day) if day else None for day in (after, before))
        return Asked(
            search=Search(query, first, last, publisher),
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
    """The questions that some process has acknowledged and not answered."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._ours: set[str] = set()
        self._taking_back: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def kept(self, question: Question, client: object) -> AsyncIterator[None]:
        """Keep it until somebody was told what came of it, which the end of this process or client is not.

        Raises:
            ArchiveUnusable: it could not be kept in time. Then it must not be acknowledged, nor could it be answered.
        """
        self._ours.add(question.key)
        keeping = asyncio.ensure_future(self._notes.keep(KIND, question.key, question.written, days=KEPT_DAYS))
        await asyncio.wait([keeping], timeout=KEPT_IN_S)
        if not keeping.done():
            keeping.add_done_callback(partial(self._take_back, question))
            raise ArchiveUnusable("A question could not be written down in time.")
        keeping.result()
        try:
            yield
        except Exception:
            if is_open(client):
                await self.forget(question)
            raise
        await self.forget(question)

    def _take_back(self, question: Question, keeping: "asyncio.Future[None]") -> None:
        if not keeping.cancelled() and keeping.exception() is None:  # it was told by then that it is not answered
            self._taking_back = asyncio.ensure_future(self.forget(question))

    async def forget(self, question: Question) -> None:
        """It is answered."""
        try:
            await self._notes.forget(KIND, question.key)
            self._ours.discard(question.key)
        except ArchiveUnusable as error:
            explain(error)

    async def left_over(self, ours: Callable[[int], bool]) -> list[Question]:
        """Those of the servers that are ours, which no task of this process is answering."""
        found = [Question.read(written) for key, written in await self._notes.recall(KIND) if key not in self._ours]
        return [one for one in found if ours(one.guild_id)]
