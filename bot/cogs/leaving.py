"""What becomes of a server's own things once it has removed the bot."""

import logging

import discord
from discord.ext import commands, tasks

from bot.errors import EXPECTED, explain
from bot.servers.departures import Departures

log = logging.getLogger(__name__)

EVERY_H = 1.0  # between two looks at whose wait is over


class Leaving(commands.Cog):
    """Hears of departures and returns, and takes the waits of earlier processes up."""

    def __init__(self, bot: commands.AutoShardedBot, departures: Departures) -> None:
        self._bot = bot
        self._departures = departures

    async def cog_load(self) -> None:
        """Begin to look."""
        self.look.start()

    async def cog_unload(self) -> None:
        """Look no more."""
        self.look.cancel()

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Let the wait begin."""
        await self._departures.begin(guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """All is as it was."""
        await self._departures.cancel(guild.id)

    @tasks.loop(hours=EVERY_H)
    async def look(self) -> None:
        """Look once, at servers that this process would see. A failure ends this look and not the next."""
        try:
            for guild_id in filter(self._is_here, await self._departures.waiting()):
                await self._departures.cancel(guild_id)  # it came back while the bot did not run
            for guild_id in filter(self._would_see, await self._departures.due()):
                await self._remove(guild_id)
        except EXPECTED as error:
            log.info("removing what is a former server's is put off: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the loop would end for good
            explain(error)

    @look.before_loop
    async def _ready(self) -> None:
        await self._bot.wait_until_ready()

    async def _remove(self, guild_id: int) -> None:
        if self._is_here(guild_id):
            return
        articles = await self._departures.remove(guild_id)
        log.info("server %s left long enough ago: all of its is removed, %d articles too", guild_id, articles)

    def _is_here(self, guild_id: int) -> bool:
        return self._bot.get_guild(guild_id) is not None

    def _would_see(self, guild_id: int) -> bool:
        """https://discord.com/developers/docs/events/gateway#sharding-sharding-formula."""
        return (guild_id >> 22) % (self._bot.shard_count or 1) in self._bot.shards
