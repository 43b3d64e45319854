"""Work that ends without a traceback when the machine or a person says so."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any


async def until_stopped(work: Coroutine[Any, Any, None], finish: Callable[[], Awaitable[None]] | None = None) -> None:
    """Run the work to its end, or to the first SIGINT or SIGTERM; its own failures are passed on.

    After a signal the work goes on until `finish` is done.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(one, stopped.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt instead
            break
    waiting = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        if finish is not None and not task.done():
            finished = asyncio.ensure_future(finish())
            await asyncio.wait([task, finished], return_when=asyncio.FIRST_COMPLETED)
            finished.cancel()
    finally:
        waiting.cancel()
        if not task.done():
            task.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
    if not task.cancelled() and (error := task.exception()):
        raise error
