"""What people have asked for and what is not finished yet: a bot that stops waits for it."""

import asyncio
from typing import Any, Protocol, runtime_checkable


class Underway:
    """The tasks that answer somebody. One that has joined counts until it has ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()
        self.closed = False

    def close(self) -> None:
        """Let nobody join any more: what comes now is for another process."""
        self.closed = True

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


@runtime_checkable
class Promising(Protocol):
    """A client that writes down what it acknowledges, so that another one can answer in its place."""

    async def promise(self, interaction: Any) -> None:
        """Do so. Raises ArchiveUnusable: it could not, and must not acknowledge."""


def is_open(client: object) -> bool:
    """Whether the client takes what comes; if not, another process does, or will."""
    return not (isinstance(client, Finishing) and client.underway.closed)


def join(client: object) -> bool:
    """Count the task that calls this among those that the client waits for when it stops; as `is_open`."""
    if isinstance(client, Finishing) and not client.underway.closed:
        client.underway.join()
    return is_open(client)
