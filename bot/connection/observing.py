"""What is measured while the bot is on Discord, and told where the operator wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from discord.ext import commands

from bot.archive import Archive, Busy, Restarting, TooLate
from bot.measures import Gateway, Holdings, Lag, Measures, serve_page
from bot.settings import BadSetting
from index import Figure, Listening, Status


@asynccontextmanager
async def observed(
    bot: commands.AutoShardedBot | Gateway, archive: Archive, measures: Measures, listening: Listening | None
) -> AsyncIterator[Listening | None]:
    """Measure and tell, where an address is given; yields it.

    Raises:
        BadSetting: nothing can listen there.
    """
    if listening is None:
        yield None
        return
    gateway = bot if isinstance(bot, Gateway) else Gateway(bot, measures)
    lag, holdings = Lag(measures), Holdings(lambda: _status(archive), measures)
    measures.show(lambda: queue_figures(archive.queue))

    def readiness() -> dict[str, bool]:
        return {"gateway": gateway.is_up, "archive": holdings.is_open, "taking": not archive.stopping}

    async with AsyncExitStack() as stack:
        for run in (lag.run, holdings.run):
            stack.callback(asyncio.create_task(run()).cancel)
        page = serve_page(listening, measures, lives=lambda: lag.turns, readiness=readiness)
        try:
            there = await stack.enter_async_context(page)
        except OSError as error:
            where = f"{listening.host}:{listening.port}"
            raise BadSetting(f"PULLQUOTE_METRICS is {where}, where nothing can listen: {error.strerror}.") from error
        yield there


async def _status(archive: Archive) -> Status | None:
    try:
        return await archive.holdings()
    except (Busy, Restarting, TooLate):
        return None


def queue_figures(queue: tuple[int, int]) -> list[Figure]:
    """How many wait for a thread, and how many are on one."""
    waiting, served = queue
    return [
        Figure("pullquote_queue_length", "Questions that wait for a thread", waiting),
        Figure("pullquote_queue_served", "Questions on a thread", served),
    ]
