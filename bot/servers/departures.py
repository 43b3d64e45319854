"""Servers that have removed the bot: all of theirs is removed after a while, unless they invite it again before."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.archive import Archive, own_collection
from bot.guilds import Guilds
from bot.servers.keeping import Keeping
from index import utc_now

KIND = "left"  # of these records; their keys are ids of servers, their values when it was
WAIT_DAYS = 7.0  # somebody who removed the bot by mistake, or was not meant to, has as long to invite it again


class Departures:
    """Kept as records: the wait goes on while the bot does not run."""

    def __init__(
        self, archive: Archive, guilds: Guilds, keeping: Keeping, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._archive = archive
        self._guilds = guilds
        self._keeping = keeping
        self._clock = clock

    async def begin(self, guild_id: int) -> None:
        """The wait begins: the server has removed the bot."""
        await self._archive.notes.keep(KIND, str(guild_id), self._clock().isoformat(timespec="seconds"))

    async def cancel(self, guild_id: int) -> bool:
        """The server has the bot again; whether there was a wait."""
        return await self._archive.notes.forget(KIND, str(guild_id))

    async def waiting(self) -> list[int]:
        """The servers that wait, whether or not their time is over."""
        return [int(key) for key, _ in await self._archive.notes.recall(KIND)]

    async def due(self) -> list[int]:
        """The servers whose wait is over."""
        until = self._clock() - timedelta(days=WAIT_DAYS)
        left = await self._archive.notes.recall(KIND)
        return [int(key) for key, at in left if datetime.fromisoformat(at) <= until]

    async def remove(self, guild_id: int) -> int:
        """Remove the server's settings and records, then, when their turn has come, its articles; how many those were.

        Where that ends early, the server stays due. Raises `Writing`.
        """
        await self._guilds.forget(guild_id)
        await self._keeping.forget_server(guild_id)
        articles = await self._archive.remove_all(own_collection(guild_id))
        await self.cancel(guild_id)
        return articles
