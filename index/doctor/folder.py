"""The folder of the archive: whether it may be read and written, and how much room there is."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from index.doctor.findings import Finding, fine, suspect, wrong

LEAST_BYTES = 100_000_000  # below that the next publication may not fit
COMFORT_BYTES = 1_000_000_000
_NAMED = 3  # files in one line


def look_at_folder(folder: Path) -> Iterator[Finding]:
    """Rights of this user, and of everybody."""
    if not folder.exists():
        if os.access(_nearest(folder), os.W_OK | os.X_OK):
            yield fine("folder", f"{folder} is not there yet, and can be made")
        else:
            yield wrong("folder", f"{folder} is not there, and this user may not make it", f"mkdir -p {folder}")
        return
    if not folder.is_dir():
        yield wrong("folder", f"{folder} is a file", "name a folder in PULLQUOTE_DATA, or with --data")
    elif barred := _barred(folder):
        more = f" and {len(barred) - _NAMED:,} more" if len(barred) > _NAMED else ""
        names = ", ".join(map(str, barred[:_NAMED])) + more
        yield wrong("folder", f"this user may not read and write {names}", f"sudo chown -R {_user()} {folder}")
    elif os.name == "posix" and folder.stat().st_mode & stat.S_IWOTH:
        yield suspect("folder", f"every user of this machine may write in {folder}", f"chmod o-w {folder}")
    else:
        yield fine("folder", f"{folder.absolute()} can be read and written")


def look_at_disk(folder: Path) -> Iterator[Finding]:
    """Room for the next publication, and for as much again: what a backup beside it or a rebuild takes."""
    room, held = shutil.disk_usage(_nearest(folder)), _bytes_under(folder)
    found = f"{_size(room.free)} free of {_size(room.total)}; the archive takes {_size(held)}"
    if room.free < LEAST_BYTES:
        yield wrong("disk", found, f"free some on the disk that holds {folder}, or move it and set PULLQUOTE_DATA")
    elif room.free < max(COMFORT_BYTES, held):
        yield suspect("disk", f"{found}, and a rebuild takes as much again", f"free some on the disk of {folder}")
    else:
        yield fine("disk", found)


def _barred(folder: Path) -> list[Path]:
    """What this user may not read and write."""
    return [path for path in (folder, *sorted(folder.rglob("*"))) if not _may_use(path)]


def _may_use(path: Path) -> bool:
    try:
        wanted = os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)
    except OSError:
        return False
    return os.access(path, wanted) or not path.exists()  # a writer may be tidying up


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    whole = folder.absolute()
    return next(one for one in (whole, *whole.parents) if one.is_dir())


def _bytes_under(folder: Path) -> int:
    """Files that are linked twice count once."""
    sizes: dict[int, int] = {}
    for path in folder.rglob("*") if folder.is_dir() else ():
        try:
            facts = path.lstat()
        except OSError:
            continue
        sizes[facts.st_ino] = facts.st_size
    return sum(sizes.values())


def _user() -> str:
    return str(os.getuid()) if os.name == "posix" else "USER"


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= COMFORT_BYTES else f"{count / 1e6:,.1f} MB"
