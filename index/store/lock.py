"""One writer at a time, among threads, processes and containers that share the folder."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import ArchiveLocked
from index.store.faults import explained

_PATIENCE_S = 1.0  # a reader that mends the legs holds the lock for a moment; a real writer for minutes


@contextmanager
def writer_lock(folder: Path, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Hold the lock of the archive. The kernel frees it when the process dies, however it dies.

    Raises:
        ArchiveLocked: another holds it; the message names process and host.
        ArchiveUnusable: the folder cannot be written.
    """
    with _lock(folder, "writer", "is writing to", patience_s):
        yield


@contextmanager
def rebuild_lock(folder: Path) -> Iterator[None]:
    """Be the only one who rebuilds the archive with another model; others may write meanwhile. Raises the same."""
    with _lock(folder, "rebuild", "is rebuilding", 0):
        yield


@contextmanager
def watch_lock(folder: Path) -> Iterator[None]:
    """Be the only one that watches the sources of the archive: two would ask every site twice. Raises the same."""
    with _lock(folder, "watch", "(`pullquote watch`) is at work on", 0):
        yield


def is_watched(folder: Path) -> bool:
    """Whether somebody holds the lock of `watch_lock` now."""
    file = folder / "watch.lock"
    if not file.exists():
        return False
    lock = FileLock(file, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except OSError:  # another user's: whether it is held cannot be told
        return False
    lock.release()
    return False


@contextmanager
def _lock(folder: Path, name: str, doing: str, patience_s: float) -> Iterator[None]:
    lock = FileLock(folder / f"{name}.lock", timeout=patience_s, thread_local=False)
    holder = folder / f"{name}.json"
    with explained(folder):
        try:
            lock.acquire()
        except Timeout:
            raise ArchiveLocked(
                f"{_name(holder)} {doing} the archive at {folder}: try again when it is done."
            ) from None
    try:
        with suppress(OSError):  # only for the message; on a full disk deleting must still be possible
            holder.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _name(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text())
        return f"Process {who['pid']} on {who['host']}"
    except (OSError, ValueError, KeyError, TypeError):  # it has only just begun, or is ending
        return "Another process"
