"""How the connection to Discord does, by what discord.py says of its shards."""

import math
from collections.abc import Iterator

from discord.ext import commands

from bot.measures.counting import Measures
from index import Figure


class Gateway:
    """Listens to a bot, or the several clients of a process, each from its beginning on."""

    def __init__(self, bot: commands.AutoShardedBot | None, measures: Measures) -> None:
        self._bots: list[commands.AutoShardedBot] = []
        self._measures = measures
        self._met: set[int] = set()  # shards that were connected once
        self._lost: set[int] = set()  # and those of them that are not now
        measures.show(self.figures)
        if bot:
            self.watch(bot)

    def watch(self, bot: commands.AutoShardedBot) -> None:
        """Listen to this one too. Those that have ended are forgotten."""
        self._bots = [one for one in self._bots if not one.is_closed()]
        self._lost -= set(bot.shard_ids or ())
        self._bots.append(bot)
        bot.add_listener(self._connected, "on_shard_connect")
        bot.add_listener(self._connected, "on_shard_resumed")
        bot.add_listener(self._disconnected, "on_shard_disconnect")

    @property
    def is_up(self) -> bool:
        """Whether every shard is there to be asked; so it is where all are other processes'."""
        return all(map(_is_up, self._bots)) and not self._lost

    def figures(self) -> Iterator[Figure]:
        """Shards, servers and the round trip of heartbeats; the last only while there is one."""
        yield Figure("pullquote_gateway_shards", "Shards of this process", sum(map(_shards, self._bots)))
        up = sum(_shards(one) for one in self._bots if _is_up(one)) - len(self._lost)
        yield Figure("pullquote_gateway_shards_connected", "Shards that are connected", max(up, 0))
        servers = sum(len(one.guilds) for one in self._bots)
        yield Figure("pullquote_servers", "Servers that the bot is in", servers)
        latencies = [one.latency for one in self._bots if math.isfinite(one.latency)]
        if latencies:
            latency = sum(latencies) / len(latencies)
            yield Figure("pullquote_gateway_latency_seconds", "Mean round trip of a heartbeat", latency)

    async def _connected(self, shard_id: int) -> None:
        if shard_id in self._met:
            self._measures.reconnected()
        self._met.add(shard_id)
        self._lost.discard(shard_id)

    async def _disconnected(self, shard_id: int) -> None:
        self._lost.add(shard_id)


def _shards(bot: commands.AutoShardedBot) -> int:
    return len(bot.shard_ids) if bot.shard_ids else bot.shard_count or 0


def _is_up(bot: commands.AutoShardedBot) -> bool:
    return bot.is_ready() and not bot.is_closed()
