"""An event loop with nothing to do, which says how late it is: `python -m benchmarks.soaking.bystander HOST:PORT`.

What it is late by is the machine's doing, not the bot's.
"""

import asyncio
import sys

from bot.measures import Lag, Measures, serve_page
from index import parse_listening


async def main() -> None:
    """Measure and tell until it is killed."""
    measures = Measures()
    lag = Lag(measures)
    where = parse_listening(sys.argv[1])
    async with serve_page(where, measures, lives=lambda: lag.turns, readiness=dict):
        await lag.run()


if __name__ == "__main__":
    asyncio.run(main())
