"""The settings: names that nothing reads, and who else may read the file that holds the token."""

import os
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from index.doctor.findings import Finding, fine, suspect

# Every variable that the bot or the command line reads; tests/index/test_doctor.py compares it with both.
KNOWN = (
    "DISCORD_TOKEN",
    "DISCORD_API_URL",
    "DISCORD_GATEWAY_URL",
    "PULLQUOTE_DATA",
    "PULLQUOTE_DATABASE_URL",
    "PULLQUOTE_MODEL",
    "PULLQUOTE_READER",
    "PULLQUOTE_RERANKER",
    "PULLQUOTE_PRECISION",
    "PULLQUOTE_SOURCES",
    "PULLQUOTE_HOME_GUILDS",
    "PULLQUOTE_HOSTS",
    "PULLQUOTE_SERVER_ARTICLES",
    "PULLQUOTE_SERVER_SOURCES",
    "PULLQUOTE_LANGUAGES",
    "PULLQUOTE_CONTACT",
    "PULLQUOTE_MIN_CONFIDENCE",
    "PULLQUOTE_READERS",
    "PULLQUOTE_WAITING",
    "PULLQUOTE_DEADLINE",
    "PULLQUOTE_LOG_LEVEL",
    "PULLQUOTE_LOG",
    "PULLQUOTE_METRICS",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "PULLQUOTE_EVERY",
)
_OURS = ("PULLQUOTE_", "DISCORD_")
_OTHERS = "OTEL_"  # OpenTelemetry reads more of these than we do
_ALIKE = 0.85  # of two names: PULQUOTE_DATA and the right one are at 0.96


def look_at_settings(environ: Mapping[str, str], file: Path, in_file: Mapping[str, str | None]) -> Iterator[Finding]:
    """Of the environment and of `.env`. A value is never told: it may be the token."""
    unknown = [name for name in dict.fromkeys([*environ, *in_file]) if _is_meant_for_us(name)]
    for name in unknown:
        yield _unknown(name, f"in {file.name}" if name in in_file else "in the environment")
    for name in (name for name, value in in_file.items() if value is None):
        yield suspect("settings", f"{name} stands in {file.name} without =", f"write {name}=VALUE, or delete the line")
    if in_file.get("DISCORD_TOKEN") and _is_open(file):
        yield suspect("settings", f"others on this machine may read {file}, and the token in it", f"chmod 600 {file}")
    if not unknown:
        count = sum(bool(environ.get(name) or in_file.get(name)) for name in KNOWN)
        where = f"{file.name} is there" if file.exists() else f"there is no {file.name} in this folder"
        yield fine("settings", f"{count:,} set, each of them known; {where}")


def _is_meant_for_us(name: str) -> bool:
    if name in KNOWN or name.startswith(_OTHERS):
        return False
    return name.startswith(_OURS) or bool(get_close_matches(name, KNOWN, 1, _ALIKE))


def _unknown(name: str, where: str) -> Finding:
    close = get_close_matches(name, KNOWN, 1)
    mend = f"write {close[0]}" if close else f"delete {name}: .env.example names every setting"
    return suspect("settings", f"{name} is set {where}, and nothing reads it", mend)


def _is_open(file: Path) -> bool:
    return os.name == "posix" and file.is_file() and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
