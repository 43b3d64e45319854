"""Files that somebody is using, known to every process on the machine. The kernel ends a hold with its process."""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is known to be held there, and the newest publications are kept anyway
    fcntl = None  # type: ignore[assignment]


class Hold:
    """A shared hold on a file, for as long as the object lives."""

    def __init__(self, descriptor: int) -> None:
        weakref.finalize(self, os.close, descriptor)


def hold(file: Path) -> Hold | None:
    """Hold the file; None when it is gone or about to go. It need not be writable."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return None
    held = Hold(descriptor)
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError:  # a file system without locks
            pass
    return held


@contextmanager
def unless_held(file: Path) -> Iterator[bool]:
    """Whether nobody holds the file; until the end nobody can. True where it is gone."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        yield True
        return
    try:
        yield _locked_alone(descriptor)
    finally:
        os.close(descriptor)


def _locked_alone(descriptor: int) -> bool:
    if fcntl is not None:
        with suppress(OSError):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
    return True
