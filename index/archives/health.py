"""How watching goes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from index.store import Ills, MissingFile, Refusals


class Health(Protocol):
    """What sources named that was not taken, and when what is done now and then was done last. From any thread."""

    def refused(self, source_id: int, limit: int) -> Refusals:
        """What the source named and was not taken; the last of it first."""

    def ills(self, source_ids: Iterable[int], limit: int, now: datetime) -> dict[int, Ills]:
        """What is wrong with each; of what was not taken the last `limit`."""

    def held_back(self, now: datetime) -> dict[int, int]:
        """By source, pages whose articles stay though they are gone: most of the source's, or of a host's, are."""

    def missing(self, source_id: int) -> list[MissingFile]:
        """The files of a watched folder that are not there any more, whose articles are."""

    def did(self, chore: str, now: datetime) -> None:
        """Write down that it was done."""

    def undo(self, chore: str) -> None:
        """Let it be as if it had never been done."""

    def when(self, chore: str) -> datetime | None:
        """When it was done last; None: never."""
