"""What people have asked for and what is not finished yet: a bot that stops waits for it."""

import asyncio
from typing import Protocol, runtime_checkable


class Underway:
    """The tasks that answer somebody. One that has joined counts until it has ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def join(self) -> None:
        """Count the task that calls this."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def ended(self, within_s: float) -> bool:
        """Whether all of them have ended, after so many seconds at most; those that join meanwhile, too."""
        try:
            async with asyncio.timeout(within_s):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))
        except TimeoutError:
            return False
        return True


@runtime_checkable
class Finishing(Protocol):
    """A client that wants to know what is under way."""

    underway: Underway


def join(client: object) -> None:
    """Count the task that calls this among those that the client waits for when it stops."""
    if isinstance(client, Finishing):
        client.underway.join()
