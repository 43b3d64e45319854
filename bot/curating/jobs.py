"""Changes of the archive that somebody has ordered: shown while they run, called off, gone on with after a restart."""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Self

from bot.archive import CalledOff, Notes, Restarting, Stopped, Writing
from bot.curating.pace import Sample, time_left_s, with_sample
from bot.errors import explain
from index import AddReport, ArchiveUnusable, Deed, Progress

KIND = "job"  # of these records; their keys are "GUILDID/id"
KEPT_DAYS = 2.0  # an order that no start of the bot has taken up by then was for a server that it has left
EVERY_S = 3.0  # between two edits of the progress: edits share the channel's rate limit
OF_ONE_SERVER = 3  # jobs at a time, so that no server fills the queue of all

REINDEX: Deed = "reindex"
PAGE: Deed = "page"
UPLOAD: Deed = "upload"

Work = Callable[["Job"], Awaitable[AddReport]]
Shown = Callable[["Job"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done, for whom, and the message that shows it. `what` is an address or a file's name.

    A process that is killed as soon as the message is shown may not have written down its id, which is 0 until then:
    the command's token reaches it too, from any process, for 15 minutes.
    """

    id: str  # 8 hex digits
    guild_id: int
    channel_id: int
    message_id: int
    deed: Deed
    what: str = ""
    language: str = "en"
    application_id: int = 0
    token: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """That it is kept under."""
        return f"{self.guild_id}/{self.id}"

    @property
    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Self:
        """From what `written` gives."""
        return cls(**json.loads(written))


def new_id() -> str:
    """For an order."""
    return secrets.token_hex(4)


class Job:
    """An order that is being carried out. The archive calls it with the progress, on the worker's thread.

    There is no timer: where nothing new is heard, nothing is shown.
    """

    def __init__(self, order: Order, clock: Callable[[], float] = time.monotonic) -> None:
        self.order = order
        self.progress: Progress | None = None  # None while it waits for its turn
        self.news = asyncio.Event()  # that something is worth showing
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._told_at = float("-inf")
        self._samples: tuple[Sample, ...] = ()
        self._off = threading.Event()

    def __call__(self, now: Progress) -> None:
        """Hear of progress.

        Raises:
            CalledOff: it is to end here.
        """
        if self._off.is_set():
            raise CalledOff
        self.progress = now
        at = self._clock()
        if at - self._told_at >= EVERY_S:
            self._told_at = at
            self._samples = with_sample(self._samples, (at, now.done))
            self._loop.call_soon_threadsafe(self.news.set)

    def call_off(self) -> None:
        """End it at its next step, or before it begins."""
        self._off.set()
        self.news.set()

    @property
    def called_off(self) -> bool:
        """Whether it is to end, or has ended, before it is done."""
        return self._off.is_set()

    @property
    def time_left_s(self) -> float | None:
        """Seconds; None while nothing can be said."""
        return time_left_s(self._samples, self.progress.total) if self.progress else None


class Jobs:
    """The jobs of this process. What is not done when the process ends is carried out after the next start."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._jobs: dict[str, Job] = {}
        self._doing: set[asyncio.Future[AddReport]] = set()
        self._left = False

    def find(self, guild_id: int | None, job_id: str) -> Job | None:
        """The job, if it runs here and is of this server."""
        return self._jobs.get(f"{guild_id}/{job_id}")

    def require_room(self, guild_id: int) -> None:
        """Let an order pass that this server may still give.

        Raises:
            Writing: it has as many jobs as it may have.
        """
        if sum(job.order.guild_id == guild_id for job in self._jobs.values()) >= OF_ONE_SERVER:
            raise Writing

    async def left_over(self) -> list[Order]:
        """Orders of an earlier process that nobody here carries out yet."""
        return [Order.read(written) for key, written in await self._notes.recall(KIND) if key not in self._jobs]

    async def keep(self, order: Order) -> None:
        """It is carried out, whatever becomes of this process."""
        await self._notes.keep(KIND, order.key, order.written, days=KEPT_DAYS)

    async def forget(self, order: Order) -> None:
        """It is not to be gone on with."""
        await self._notes.forget(KIND, order.key)

    async def carry_out(self, order: Order, work: Work, show: Shown) -> AddReport:
        """Do the work and show how far it is.

        An order is forgotten when it has ended in whatever way, but not where the bot ends before it.

        Raises:
            CalledOff: somebody has ended it; and whatever the work raises.
            Stopped: `leave` was called; it is gone on with elsewhere.
        """
        job = self._jobs[order.key] = Job(order)
        try:
            await if_usable(self.keep(order))  # it is kept already, but for the message that it is shown in
            self._doing.add(doing := asyncio.ensure_future(work(job)))
            await _watched(doing, job, show)
        finally:
            del self._jobs[order.key]
        self._doing.discard(doing)
        if self._left:
            raise Stopped
        if doing.cancelled() or not isinstance(doing.exception(), Stopped | Restarting):
            await if_usable(self.forget(order))  # else the next process shows once more how it ended
        if doing.cancelled():
            raise CalledOff
        return doing.result()

    def leave(self) -> None:
        """Wait for nothing any more, and forget nothing: what is ordered is for the next process."""
        self._left = True
        for doing in self._doing:
            doing.cancel()


async def if_usable(writing: Awaitable[None]) -> None:
    """Let it be where the archive cannot be used: what was ordered goes on all the same."""
    try:
        await writing
    except ArchiveUnusable as error:
        explain(error)


async def _watched(doing: "asyncio.Future[AddReport]", job: Job, show: Shown) -> None:
    """Come back when the work has ended. Called off while it waits for its turn, it never begins."""
    doing.add_done_callback(lambda _: job.news.set())
    while await job.news.wait() and not doing.done():
        job.news.clear()
        if job.called_off and job.progress is None:
            doing.cancel()
        await show(job)
