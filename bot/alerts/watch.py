"""Looking for what is new: which articles that came in answer a topic that is followed. It knows no Discord."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from enum import Enum

from bot.alerts.follows import NOWHERE, Follow, Follows
from bot.archive import Archive, collections_of
from bot.guilds import Guilds
from index import Answer, Filters, Quote, StoredArticle, utc_now

HITS = 50  # passages on a topic among which a new article has to be
NEAR = (
    0.3  # cosine of topic and passage; over the samples, what a topic is about lies above 0.34, the rest mostly below
)
ASKED = 5  # new articles that one topic is asked of in one look: each takes as long as a question or two
# A topic is no question, and the reader answers questions: put like this, it finds more. What it then finds by mistake
# lay under this confidence, what is right mostly above it.
AS_QUESTION, SURE = "What happened with {topic}?", 0.3


class Told(Enum):
    """What became of an alert."""

    SENT = "sent"
    REFUSED = "refused"  # by the person's or the channel's settings: the follow is paused
    GONE = "gone"  # nobody is there any more: the follow ends
    FAILED = "failed"  # for once: the same alert is tried again at the next look


Tell = Callable[[Follow, Answer], Awaitable[Told]]


class Watch:
    """Looks into the archive for the follows of a server, and at nothing that this server may not read."""

    def __init__(
        self, archive: Archive, follows: Follows, guilds: Guilds, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._archive = archive
        self._follows = follows
        self._guilds = guilds
        self._clock = clock

    async def newest(self, guild_id: int) -> datetime | None:
        """When the last article came in that the server may read."""
        found = await self._archive.recent(1, self._filters(guild_id))
        return found[0].added_at if found else None

    async def try_out(self, topic: str, guild_id: int) -> None:
        """Search for the topic once. Raises what `Archive.search` does where it cannot be searched for."""
        await self._archive.search(topic, 1, self._filters(guild_id))

    async def look(self, guild_id: int, follows: list[Follow], tell: Tell) -> None:
        """Tell each of these follows of one server what is new since its last look.

        An article is stored before it can be found: nothing counts as looked at until the newest one is found too.
        Raises what `Archive.search` does; what was looked at until then stays so.
        """
        found = await self._archive.recent(1, self._filters(guild_id))
        due = [one for one in follows if found and not one.paused and one.looked_at < found[0].added_at]
        if not due or not await self._can_find(found[0], due[0].topic, guild_id):
            return
        for follow in due:
            await self._tell_news(follow, found[0].added_at, tell)

    async def _can_find(self, newest: StoredArticle, topic: str, guild_id: int) -> bool:
        alone = replace(self._filters(guild_id), article=newest.article.id)
        hits = await self._archive.search(topic, 1, alone)
        return bool(hits) and hits[0].stored.added_at >= newest.added_at

    async def _tell_news(self, follow: Follow, until: datetime, tell: Tell) -> None:
        """What is over the day's measure is not told later: an alert of yesterday's is none."""
        for stored in await self._new(follow, until):
            if not follow.left(self._clock().date()):
                break
            found = await self._ask(follow, stored)
            if found is None or follow.has_told(_mark(found.quotes[0])):
                continue
            after = await self._told(follow, found, tell)
            if after is None:
                return
            follow = after
        await self._follows.change(follow.looked(until))

    async def _new(self, follow: Follow, until: datetime) -> list[StoredArticle]:
        if not follow.left(self._clock().date()):
            return []
        hits = await self._archive.search(follow.topic, HITS, self._filters(follow.guild_id))
        near = [hit for hit in hits if hit.similarity >= NEAR or hit.similarity == 0]  # 0: found by its words alone
        return follow.new_in(near, until)[:ASKED]

    async def _ask(self, follow: Follow, stored: StoredArticle) -> Answer | None:
        alone = replace(self._filters(follow.guild_id), article=stored.article.id)
        for question in questions(follow.topic):
            found = await self._archive.ask(question, self._clock().date(), alone)
            if isinstance(found, Answer) and (question == follow.topic or found.confidence >= SURE):
                return found
        return None

    async def _told(self, follow: Follow, found: Answer, tell: Tell) -> Follow | None:
        """The follow after one more alert; None where it is not to go on.

        It is written down before it is sent: after a crash in between, one alert is missing and none comes twice.
        """
        quote = found.quotes[0]
        after = follow.telling(self._clock().date(), quote.stored.article.id, _mark(quote))
        if not await self._follows.change(after):
            return None
        outcome = await tell(after, found)
        if outcome is Told.SENT:
            return after
        if outcome is Told.GONE:
            await self._follows.end(follow)
        else:
            await self._follows.change(replace(follow, paused=outcome is Told.REFUSED))
        return None

    def _filters(self, guild_id: int) -> Filters:
        if guild_id == NOWHERE:
            return Filters(collections_of(None))
        return Filters(self._guilds.readable(guild_id))


def _mark(quote: Quote) -> str:
    """What the same words have in common wherever they stand, as short as an article's id."""
    return quote.sha256[:16]


def questions(topic: str) -> tuple[str, ...]:
    """What an article is asked to learn whether it answers a topic, one after the other."""
    return (topic,) if topic.endswith("?") else (topic, AS_QUESTION.format(topic=topic))
