"""A result file: the figures, and what one has to know to compare them with others."""

import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.command import ROOT, Row

RESULTS = Path(__file__).parent / "results"


def write_result(name: str, figures: Row, folder: Path = RESULTS) -> Path:
    """Write `<date>-<commit>-<name>.json` and return where it is."""
    commit, dirty = _commit()
    today = datetime.now(UTC).date().isoformat()
    result = {
        "set": name,
        "date": today,
        "commit": commit,
        "uncommitted_changes": dirty,
        "machine": machine(),
        **figures,
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{today}-{commit[:10]}-{name}.json"
    file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


def machine() -> Row:
    """What the figures about time and memory depend on."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> tuple[str, bool]:
    """The commit, or "uncommitted" where there is none; and whether the tree differs from it."""
    head = _git("rev-parse", "--verify", "HEAD")
    return head or "uncommitted", not head or bool(_git("status", "--porcelain"))


def _git(*words: str) -> str:
    found = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return found.stdout.strip() if found.returncode == 0 else ""
