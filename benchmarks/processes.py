"""What other processes hold, as Linux tells it in /proc."""

import os
import re
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Held(NamedTuple):
    """What one process holds."""

    resident_bytes: int
    descriptors: int  # files, sockets and pipes that are open
    threads: int


def held(pid: int) -> Held:
    """What it holds now. Raises OSError where there is no such process."""
    status = (PROC / str(pid) / "status").read_text(encoding="utf-8")
    return Held(_kilobytes(status, "VmRSS"), len(os.listdir(PROC / str(pid) / "fd")), _number(status, "Threads"))  # noqa: PTH208 - names are enough


def shared_out_bytes(pid: int) -> int:
    """Its memory, where what it shares with others is shared out among them. Raises OSError."""
    return _kilobytes((PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8"), "Pss")


def computed_s(pid: int) -> float:
    """Seconds of processor time that it, and those of its children that have ended, have used. Raises OSError."""
    return sum(map(int, _stat(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def parent(pid: int) -> int:
    """The process that started it. Raises OSError."""
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """The fields of proc_pid_stat(5), from the third on: the second is a name, with whatever in it."""
    return (PROC / str(pid) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def _kilobytes(text: str, name: str) -> int:
    return 1024 * _number(text, name)


def _number(text: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0  # a process that is just ending has no memory any more
