"""How the connection to Discord does, by what discord.py says of its shards."""

import math
from collections.abc import Iterator

from discord.ext import commands

from bot.measures.counting import Measures
from index import Figure


class Gateway:
    """Listens to a bot from the beginning on."""

    def __init__(self, bot: commands.AutoShardedBot, measures: Measures) -> None:
        self._bot = bot
        self._measures = measures
        self._met: set[int] = set()  # shards that were connected once
        self._lost: set[int] = set()  # and those of them that are not now
        bot.add_listener(self._connected, "on_shard_connect")
        bot.add_listener(self._connected, "on_shard_resumed")
        bot.add_listener(self._disconnected, "on_shard_disconnect")
        measures.show(self.figures)

    @property
    def is_up(self) -> bool:
        """Whether every shard is there to be asked."""
        return self._bot.is_ready() and not self._bot.is_closed() and not self._lost

    def figures(self) -> Iterator[Figure]:
        """Shards, servers and the round trip of heartbeats; the last only while there is one."""
        shards = self._bot.shard_count or 0
        yield Figure("pullquote_gateway_shards", "Shards of this process", shards)
        up = shards - len(self._lost) if self._bot.is_ready() and not self._bot.is_closed() else 0
        yield Figure("pullquote_gateway_shards_connected", "Shards that are connected", up)
        yield Figure("pullquote_servers", "Servers that the bot is in", len(self._bot.guilds))
        if math.isfinite(latency := self._bot.latency):
            yield Figure("pullquote_gateway_latency_seconds", "Mean round trip of a heartbeat", latency)

    async def _connected(self, shard_id: int) -> None:
        if shard_id in self._met:
            self._measures.reconnected()
        self._met.add(shard_id)
        self._lost.discard(shard_id)

    async def _disconnected(self, shard_id: int) -> None:
        self._lost.add(shard_id)
