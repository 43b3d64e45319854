"""An indexer: takes errands from the queue and does them, one after the other. Any number of them may run anywhere.

An errand is held for as long as its indexer says so. One that is killed says nothing, and then another one takes it;
one that was only cut off notices, and gives it up. What was done twice has changed nothing: it is found unchanged.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from index.archives import Errands
from index.clock import Clock
from index.errands import Errand, Outcome
from index.errors import ArchiveLocked, ArchiveUnusable, PullquoteError
from index.types import AddReport, Progress

log = logging.getLogger(__name__)

LOOKS_EVERY_S = 5.0  # at the queue, where nothing was heard
TOLD_EVERY_S = 2.0  # how far an errand is, and that it is still held
HELD_S = 25.0  # after the last time that this went well an errand counts as lost: before another one may take it
MOST_TRIES = 5  # with one that ends in a failure, or kills its indexer
LOCKED_S, FAILED_S = 1.0, 5.0  # before it is tried again: another process writes; the archive cannot be used

Listener = Callable[[Progress], None]


class Doer(Protocol):
    """What an indexer needs of `NewsIndex`."""

    def add_sources(self, sources: Sequence[str], *, on_progress: Listener) -> AddReport:
        """Read the operator's files, folders and pages."""

    def add_page(self, address: str, *, collection: str, most: int | None, on_progress: Listener) -> AddReport:
        """Fetch one web page, within the hosts that servers may use."""

    def add_upload(
        self, name: str, data: bytes, *, collection: str, most: int | None, on_progress: Listener
    ) -> AddReport:
        """Read a file that somebody sent."""


class _Ended(Exception):
    """Thrown out of a progress report: the errand is called off, lost, or it is time to stop."""


class Indexer:
    """Does errands until the clock says stop, then ends the one under way at its next step and puts it back."""

    def __init__(self, doer: Doer, errands: Errands, clock: Clock) -> None:
        self._doer = doer
        self._errands = errands
        self._clock = clock
        self._name = secrets.token_hex(8)
        self._news = threading.Event()

    def run(self) -> None:
        """Take whatever there is to do, as soon as it is ordered. It goes on where the archive cannot be used."""
        self._errands.listen(lambda _: self._news.set())
        while not self._clock.stopping:
            self._news.clear()
            try:
                if not self.do_one():
                    self._wait()
            except ArchiveUnusable as error:
                log.warning("errands are taken again in %s s: %s", FAILED_S, error)
                self._clock.sleep(FAILED_S)

    def do_one(self) -> bool:
        """Do one errand, if there is any; whether there was. Raises ArchiveUnusable: the queue cannot be used."""
        errand = self._errands.take(self._name)
        if errand is not None:
            self._do(errand)
        return errand is not None

    def _wait(self) -> None:
        until = time.monotonic() + LOOKS_EVERY_S
        while not self._clock.stopping and time.monotonic() < until and not self._news.wait(0.2):
            pass

    def _do(self, errand: Errand) -> None:
        log.info("errand %s (%s), try %d", errand.id, errand.deed, errand.tries)
        grip = _Grip(self._errands, self._name, errand.id, self._clock)
        try:
            with grip:
                outcome = Outcome("done", self._carry_out(errand, grip))
        except _Ended:
            if grip.called_off:
                self._errands.end(self._name, errand.id, Outcome("called off"))
            elif not grip.lost:
                self._errands.put_back(self._name, errand.id, pause_s=0, counted=False)
        except ArchiveLocked:
            self._errands.put_back(self._name, errand.id, pause_s=LOCKED_S, counted=False)
        except Exception as error:  # noqa: BLE001 - whatever it is, who has ordered it has to hear of it
            self._failed(errand, error)
        else:
            self._errands.end(self._name, errand.id, outcome)

    def _carry_out(self, errand: Errand, grip: "_Grip") -> AddReport:
        grip(Progress("reading", 0, None))
        match errand.deed:
            case "reindex":
                return self._doer.add_sources(errand.sources, on_progress=grip)
            case "page":
                return self._doer.add_page(
                    errand.what, collection=errand.collection, most=errand.most, on_progress=grip
                )
            case "upload":
                return self._doer.add_upload(
                    errand.what, errand.data or b"", collection=errand.collection, most=errand.most, on_progress=grip
                )

    def _failed(self, errand: Errand, error: Exception) -> None:
        """An archive that cannot be used may be a server that is restarted: it is tried some times."""
        if isinstance(error, ArchiveUnusable) and errand.tries < MOST_TRIES:
            log.warning("errand %s is tried again: %s", errand.id, error)
            self._errands.put_back(self._name, errand.id, pause_s=FAILED_S, counted=True)
            return
        log.error("errand %s failed", errand.id, exc_info=error)
        said = str(error) if isinstance(error, PullquoteError) else f"{type(error).__name__} on an indexer"
        self._errands.end(self._name, errand.id, Outcome("failed", said=said))


class _Grip:
    """Holds an errand for as long as the work in it goes on, and ends the work where it is held no longer."""

    def __init__(self, errands: Errands, holder: str, number: str, clock: Clock) -> None:
        self.called_off = False
        self.lost = False
        self._errands = errands
        self._holder = holder
        self._number = number
        self._clock = clock
        self._progress: Progress | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="holding an errand", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def __call__(self, now: Progress) -> None:
        """Hear of progress, on the thread of the work. Raises `_Ended`."""
        self._progress = now
        if self.called_off or self.lost or self._clock.stopping:
            raise _Ended

    def _hold(self) -> None:
        held_until = time.monotonic() + HELD_S
        while not self.lost:
            asked = time.monotonic()
            try:
                called_off = self._errands.hold(self._holder, self._number, self._progress)
                held_until = asked + HELD_S
                self.called_off, self.lost = bool(called_off), called_off is None
            except ArchiveUnusable:
                self.lost = time.monotonic() > held_until
            if self._done.wait(TOLD_EVERY_S):
                return
