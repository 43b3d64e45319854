"""Which process serves which shard of Discord."""

from typing import Protocol

from index.leases import Share


class Leases(Protocol):
    """No shard has two holders at a time. Calls may come from any thread; raise `ArchiveUnusable`."""

    def agree(self, holder: str, advised: int) -> int:
        """Be counted; how many shards there are: as many as advised where nobody else is there, else as they say."""

    def renew(self, holder: str) -> Share:
        """Hold what is held for another `HELD_S`, and be counted. What has run out meanwhile is lost."""

    def take(self, holder: str, at_once: int) -> int | None:
        """A shard that nobody holds. None: there is none, or as many as Discord lets begin `at_once` just have."""

    def release(self, holder: str, shard: int) -> None:
        """Let another one take it at once."""

    def leave(self, holder: str) -> None:
        """Let others take all that is held, and be counted no more."""

    def close(self) -> None:
        """Let go of the connections."""
