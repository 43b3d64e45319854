"""Small things that the bot keeps, such as settings of servers: JSON under a kind and a key.

They are no part of what is searched: a question or a click never writes to the articles. The bot knows no SQL; what a
record means is the bot's affair.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from index.store import Kept

Hear = Callable[[str, str], None]  # a kind and a key; both '' where anything may have changed


class Records(Protocol):
    """Last write wins, what was written survives a power cut, what has expired is not read again.

    Calls block for milliseconds and may come from any thread. Raises `ArchiveUnusable`, from every method.
    """

    def write(self, kind: str, key: str, value: str, *, expires_at: datetime | None = None, tell: bool = False) -> None:
        """Keep `value` under the key, in place of what stood there; `tell` those who listen in other processes."""

    def write_first(self, kind: str, key: str, value: str) -> str:
        """Keep `value` under the key unless something stands there; what stands there now, whoever wrote it."""

    def rewrite(self, kind: str, key: str, value: str) -> bool:
        """Write over what stands there; False where nothing does, and then it stays so."""

    def read(self, kind: str, key: str) -> str | None:
        """What stands under the key; None when nothing does, or no longer."""

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, str]]:
        """Keys with the prefix and their values, by key."""

    def remove(self, kind: str, key: str, *, tell: bool = False) -> bool:
        """Forget one record; whether it was there. `tell` as in `write`."""

    def remove_all(self, kind: str, prefix: str) -> int:
        """Forget the keys with the prefix; their number. End a prefix with the separator: "1" is one of "12" too."""

    def remove_everywhere(self, prefix: str) -> int:
        """Forget the keys with the prefix under every kind; their number."""

    def expire(self) -> int:
        """Delete what has expired for good; the number of records."""

    def every(self) -> Iterator[Kept]:
        """All of them, expired ones too, to be taken over by another archive."""

    def take_over(self, kept: Iterable[Kept]) -> int:
        """Keep records of another archive, in place of what stood under their keys; how many."""

    def listen(self, hear: Hear) -> None:
        """Let `hear` be called, on some thread, for what other processes tell of.

        First, and whenever something may have been missed, it hears that anything may have changed.
        """

    def close(self) -> None:
        """Let go of the file or the connections; nobody hears anything any more."""
