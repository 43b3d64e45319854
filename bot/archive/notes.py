"""What the bot keeps for itself, small things under a kind and a key, on a thread of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from index import Records

Result = TypeVar("Result")


class Notes:
    """`Records` for coroutines. One after the other, in the order of their coming: no question delays them."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="records")

    async def keep(self, kind: str, key: str, value: str, *, days: float | None = None, tell: bool = False) -> None:
        """As `Records.write`: keep a small thing of the bot's own, for so many days where it is to expire."""
        until = datetime.now(UTC) + timedelta(days=days) if days is not None else None
        await self._note(partial(self._records.write, kind, key, value, expires_at=until, tell=tell))

    async def keep_first(self, kind: str, key: str, value: str) -> str:
        """As `Records.write_first`."""
        return await self._note(partial(self._records.write_first, kind, key, value))

    async def rewrite(self, kind: str, key: str, value: str) -> bool:
        """As `Records.rewrite`."""
        return await self._note(partial(self._records.rewrite, kind, key, value))

    async def recall(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """As `Records.items`."""
        return await self._note(partial(self._records.items, kind, prefix))

    async def read(self, kind: str, key: str) -> str | None:
        """As `Records.read`."""
        return await self._note(partial(self._records.read, kind, key))

    async def forget(self, kind: str, key: str, *, tell: bool = False) -> bool:
        """As `Records.remove`."""
        return await self._note(partial(self._records.remove, kind, key, tell=tell))

    async def forget_all(self, kind: str, prefix: str) -> int:
        """As `Records.remove_all`."""
        return await self._note(partial(self._records.remove_all, kind, prefix))

    async def forget_everywhere(self, prefix: str) -> int:
        """As `Records.remove_everywhere`."""
        return await self._note(partial(self._records.remove_everywhere, prefix))

    async def expire(self) -> int:
        """As `Records.expire`."""
        return await self._note(self._records.expire)

    def listen(self, hear: Callable[[str, str], None]) -> None:
        """As `Records.listen`, on the event loop that calls this."""
        loop = asyncio.get_running_loop()

        def tell(kind: str, key: str) -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(hear, kind, key)

        self._records.listen(tell)

    def close(self) -> None:
        """Write what has been ordered, and nothing more."""
        self._clerk.shutdown()

    async def _note(self, call: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._clerk.submit(call))
