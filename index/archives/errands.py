"""The one queue of errands, which any number of indexers take from."""

from collections.abc import Callable
from typing import Protocol

from index.errands import Errand, Outcome, Standing
from index.types import Progress


class Errands(Protocol):
    """What was ordered is done, whichever process is killed. Calls may come from any thread; raise `ArchiveUnusable`.

    Who takes an errand holds it for `HELD_S` seconds after each `hold`; then another one may take it.
    """

    def order(self, errand: Errand) -> None:
        """Let an indexer take it. An id that is known already is no new errand."""

    def standing(self, number: str) -> Standing | None:
        """How the errand of this id stands; None where there is none, or it has ended days ago."""

    def call_off(self, number: str) -> None:
        """Let it end at its next step, or never begin."""

    def take(self, holder: str) -> Errand | None:
        """The one that has waited longest of those that nobody holds; it is the holder's now. None: nothing waits."""

    def hold(self, holder: str, number: str, progress: Progress | None) -> bool | None:
        """Go on holding it, and show how far it is; whether it is called off. None: the holder has lost it."""

    def end(self, holder: str, number: str, outcome: Outcome) -> bool:
        """It has ended; False where the holder has lost it, and then nothing is written."""

    def put_back(self, holder: str, number: str, *, pause_s: float, counted: bool) -> None:
        """Let it be taken again after so many seconds; whether this was one of its tries."""

    def listen(self, hear: Callable[[str], None]) -> None:
        """Let `hear` be called, on some thread, with the id of what has changed; '': perhaps everything."""

    def close(self) -> None:
        """Let go of the connections."""
