"""Topics that people and channels follow: when one may be told of, what it has been told, and where that is kept.

A follow that tells a person keeps that person's id, because a direct message needs one: /follow says so. None stays in
memory: what `/privacy delete`, a server that removes the bot, or another process has deleted is gone at once.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Self

from bot.archive import Notes
from index import Hit, StoredArticle

KIND = "follow"  # of these records
A_DAY = 5  # alerts of one follow in a day of UTC
A_PERSON = 10  # follows of one person in one server, or in direct messages
A_SERVER = 50  # follows of one server's channels and people together
FEWEST, MOST = 3, 100  # characters of a topic; a choice of autocomplete shows no more
TOLD_KEPT = 200  # articles and quotes remembered as told: some weeks of full days
AT_ONCE = 50  # records read before others get their turn on the event loop: a millisecond or two
NOWHERE = 0  # stands for the server of a follow that was made in direct messages
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def owner_of(user_id: int) -> str:
    """How a person is named in keys where `Follows` is given nothing better."""
    return f"person-{user_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """One topic and who is told of it: a person (`user_id`) or a channel (`channel_id`), never both."""

    id: str
    guild_id: int  # whose articles are looked at; `NOWHERE`: the public ones
    topic: str
    user_id: int | None = None
    channel_id: int | None = None
    language: str = "en"  # in which a person is told
    looked_at: datetime = LONG_AGO  # articles that came in later are new
    day: date = date.min
    sent: int = 0  # on that day
    told: tuple[str, ...] = ()  # ids of articles and digests of quotes, the latest last
    paused: bool = False  # it could not be told: nothing is looked for until somebody follows again

    @classmethod
    def of(cls, written: str) -> Self | None:
        """From what `written` gives; None where it cannot be read."""
        try:
            found: dict[str, Any] = json.loads(written)
            looked_at, day = datetime.fromisoformat(found["looked_at"]), date.fromisoformat(found["day"])
            return cls(**{**found, "looked_at": looked_at, "day": day, "told": tuple(found["told"])})
        except (ValueError, TypeError, KeyError):
            return None

    @property
    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), default=lambda value: value.isoformat(), ensure_ascii=False)

    def left(self, today: date) -> int:
        """How many alerts it may still give on that day."""
        return max(0, A_DAY - self.sent) if self.day == today else A_DAY

    def has_told(self, *marks: str) -> bool:
        """Whether any of these articles or quotes has been told."""
        return not set(self.told).isdisjoint(marks)

    def telling(self, today: date, *marks: str) -> Self:
        """The follow once one more alert is given, about these."""
        sent = self.sent + 1 if self.day == today else 1
        return replace(self, day=today, sent=sent, told=(*self.told, *marks)[-TOLD_KEPT:])

    def looked(self, until: datetime) -> Self:
        """The follow once everything that came in until then has been looked at."""
        return replace(self, looked_at=max(self.looked_at, until))

    def same_as(self, other: "Follow") -> bool:
        """Whether both tell the same one of the same topic."""
        mine, theirs = ((one.guild_id, one.user_id, one.channel_id, one.topic.casefold()) for one in (self, other))
        return mine == theirs

    def new_in(self, hits: Iterable[Hit], until: datetime) -> list[StoredArticle]:
        """The articles among the hits that came in after the last look and up to `until`, and were not told yet.

        One that has only changed is not new: a whole archive may be read again with other rules.
        """
        found = {hit.stored.article.id: hit.stored for hit in hits}
        return [one for one in found.values() if self._is_new(one, until) and not self.has_told(one.article.id)]

    def _is_new(self, stored: StoredArticle, until: datetime) -> bool:
        return stored.version == 1 and self.looked_at < stored.added_at <= until


def new_id() -> str:
    """Eight hex digits for a new follow; its key holds whose it is, too."""
    return secrets.token_hex(4)


class Added(Enum):
    """What became of a wish to follow."""

    NEW = "new"
    KNOWN = "known"  # it is followed already
    RESUMED = "resumed"  # it was paused
    FULL_PERSON = "full person"
    FULL_SERVER = "full server"


class Follows:
    """All follows, kept as records. Keys are SERVER/OWNER/ID: an owner is a channel or a person's pseudonym."""

    def __init__(self, notes: Notes, pseudonym: Callable[[int], str] = owner_of) -> None:
        self._notes = notes
        self._pseudonym = pseudonym
        self._turn = asyncio.Lock()  # what has been ended is not written again by an alert under way

    async def add(self, follow: Follow) -> Added:
        """Keep a new follow, unless it is there or there are too many."""
        async with self._turn:
            there = await self.of_guild(follow.guild_id)
            known = next((one for one in there if one.same_as(follow)), None)
            if known and not known.paused:
                return Added.KNOWN
            if known is None and (full := _full(follow, there)):
                return full
            kept = replace(known, paused=False, looked_at=follow.looked_at) if known else follow
            await self._notes.keep(KIND, self._key(kept), kept.written)
        return Added.RESUMED if known else Added.NEW

    async def change(self, follow: Follow) -> bool:
        """Keep what has become of a follow; False where it was ended meanwhile, and then it stays so."""
        async with self._turn:
            return await self._notes.rewrite(KIND, self._key(follow), follow.written)

    async def end(self, follow: Follow) -> bool:
        """Forget a follow; whether it was there."""
        async with self._turn:
            return await self._notes.forget(KIND, self._key(follow))

    async def of_guild(self, guild_id: int) -> list[Follow]:
        """The follows of a server."""
        return await self._read(f"{guild_id}/")

    async def of_person(self, guild_id: int | None, user_id: int) -> list[Follow]:
        """A person's own of a server; in direct messages (None), of everywhere."""
        if guild_id is not None:
            return await self._read(f"{guild_id}/{self._pseudonym(user_id)}/")
        return [one for one in await self.every() if one.user_id == user_id]

    async def every(self) -> list[Follow]:
        """All of them."""
        return await self._read("")

    async def _read(self, prefix: str) -> list[Follow]:
        found = []
        for number, (_, value) in enumerate(await self._notes.recall(KIND, prefix), start=1):
            found.append(Follow.of(value))
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return [one for one in found if one is not None]

    def _key(self, follow: Follow) -> str:
        owner = f"channel-{follow.channel_id}" if follow.user_id is None else self._pseudonym(follow.user_id)
        return f"{follow.guild_id}/{owner}/{follow.id}"


def _full(follow: Follow, there: list[Follow]) -> Added | None:
    if follow.user_id is not None and sum(one.user_id == follow.user_id for one in there) >= A_PERSON:
        return Added.FULL_PERSON
    return Added.FULL_SERVER if follow.guild_id != NOWHERE and len(there) >= A_SERVER else None
