"""The archive itself: its database, the publication that is searched, and who is at work on it."""

from collections.abc import Iterator

from index.doctor.findings import Finding, fine, suspect, wrong
from index.store import Examined, Legs

_RESTORE = "pullquote restore FILE, with a backup; pullquote check says more"
_REBUILD = "pullquote rebuild"


def look_at_archive(examined: Examined) -> Iterator[Finding]:
    """Only a quick look: `pullquote check` compares every row."""
    if examined.faults:
        yield wrong("archive", f"the database is damaged ({examined.faults[0]})", _RESTORE)
        return
    status = examined.status
    if status is None:
        yield suspect(
            "archive", "it is of an older release", "any command that opens it brings it up: pullquote status"
        )
        return
    if not status.articles:
        yield suspect("archive", "it opens, and holds no article", "pullquote add SOURCE")
        return
    yield fine("archive", f"opens and reads: {status.articles:,} articles, {status.passages:,} passages")
    yield _searched(examined)
    if status.not_compared:
        yield suspect("stories", f"{status.not_compared:,} articles were never compared with the others", _REBUILD)


def _searched(examined: Examined) -> Finding:
    number = examined.generation
    match examined.legs:
        case Legs.CURRENT:
            return fine("searched", f"publication {number} holds all that is stored, and its files are whole")
        case Legs.BEHIND:
            found = f"publication {number} is behind what is stored: somebody is writing, or was cut off"
            return suspect("searched", found, f"wait for the writer; then {_REBUILD}")
        case Legs.BROKEN:
            return wrong("searched", f"files of publication {number} are missing or cut short", _REBUILD)
        case Legs.MISSING:
            return wrong("searched", "nothing was published to search", _REBUILD)
