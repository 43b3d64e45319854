"""What became of what a server's admins gave to the archive: the last reports of each server are kept."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

from bot.archive import Notes
from index import AddReport, Rejection

KIND = "report"  # of these records; their keys are "GUILDID/time"
KEPT = 20
REJECTIONS_KEPT = 10  # of one report

DONE, CANCELLED, FAILED = "done", "cancelled", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One change of the archive, as it ended. `what` is an address or a file's name; '' for a reindexing."""

    at: datetime
    what: str = ""
    outcome: str = DONE
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejections: tuple[Rejection, ...] = ()  # the first of them

    @classmethod
    def of(cls, what: str, done: AddReport) -> Self:
        """The report of what has ended now."""
        return cls(
            at=datetime.now(UTC),
            what=what,
            added=done.added,
            changed=done.changed,
            unchanged=done.unchanged,
            rejected=len(done.rejected),
            rejections=done.rejected[:REJECTIONS_KEPT],
        )

    @classmethod
    def read(cls, written: str) -> Self:
        """From what `written` gives."""
        fields = json.loads(written)
        rejections = tuple(Rejection(**one) for one in fields.pop("rejections"))
        return cls(at=datetime.fromisoformat(fields.pop("at")), rejections=rejections, **fields)

    @property
    def written(self) -> str:
        """As it is kept."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()})


async def keep(notes: Notes, guild_id: int, report: Report) -> None:
    """Keep the report, and of the server's older ones the last few."""
    await notes.keep(KIND, f"{guild_id}/{report.at:%Y-%m-%dT%H:%M:%S.%f}", report.written)
    kept = await notes.recall(KIND, f"{guild_id}/")
    for key, _ in kept[:-KEPT]:
        await notes.forget(KIND, key)


async def last(notes: Notes, guild_id: int) -> list[Report]:
    """The server's reports, the newest first."""
    kept = await notes.recall(KIND, f"{guild_id}/")
    return [Report.read(written) for _, written in reversed(kept)]
