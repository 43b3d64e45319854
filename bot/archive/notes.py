"""What the bot keeps for itself, small things under a kind and a key, on a thread of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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

    async def keep(self, kind: str, key: str, value: str, *, days: float | None = None) -> None:
        """As `Records.write`: keep a small thing of the bot's own, for so many days where it is to expire."""
        until = datetime.now(UTC) + timedelta(days=days) if days is not None else None
        await self._note(partial(self._records.write, kind, key, value, expires_at=until))

    async def rewrite(self, kind: str, key: str, value: str) -> bool:
        """Write over what is kept; False where it is there no more, and then it stays so."""
        return await self._note(partial(self._rewrite, kind, key, value))

    async def recall(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """As `Records.items`."""
        return await self._note(partial(self._records.items, kind, prefix))

    async def forget(self, kind: str, key: str) -> bool:
        """As `Records.remove`."""
        return await self._note(partial(self._records.remove, kind, key))

    async def forget_all(self, kind: str, prefix: str) -> int:
        """As `Records.remove_all`."""
        return await self._note(partial(self._records.remove_all, kind, prefix))

    async def forget_everywhere(self, prefix: str) -> int:
        """As `Records.remove_everywhere`."""
        return await self._note(partial(self._records.remove_everywhere, prefix))

    async def expire(self) -> int:
        """As `Records.expire`."""
        return await self._note(self._records.expire)

    def close(self) -> None:
        """Write what has been ordered, and nothing more."""
        self._clerk.shutdown()

    def _rewrite(self, kind: str, key: str, value: str) -> bool:
        """On the one thread of the records: nothing is forgotten between the look and the writing."""
        there = self._records.read(kind, key) is not None
        if there:
            self._records.write(kind, key, value)
        return there

    async def _note(self, call: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._clerk.submit(call))
