"""Everything that is looked at without asking anybody, and the one command that prints it all."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.doctor.online import look_at_discord
from bot.doctor.token import application_in
from bot.settings import BadSetting, Settings, unusable
from index import Finding, Patient, findings_json, findings_text, fine, look_at, look_at_settings, suspect, worst, wrong

ARCHIVE_PART = "The archive's part alone, also for an indexer without a token: pullquote doctor"
TOKEN_MEND = "developer portal, your application, Bot, Reset Token; put it into .env behind DISCORD_TOKEN="  # noqa: S105


def run_doctor(
    environ: Mapping[str, str], file: Path, in_file: Mapping[str, str | None], *, online: bool, as_json: bool
) -> int:
    """Look at everything, print it, and say how bad it is: 0 all ok, 1 warnings, 3 something is wrong."""
    given = {**in_file, **environ}
    settings, findings = _settings(given)
    findings = [*look_at_settings(environ, file, in_file), *findings, *look_at_bot(settings)]
    findings += look_at(Patient(config=settings.index, online=online))
    if online and settings.token:
        findings += asyncio.run(look_at_discord(settings))
    print(json.dumps(findings_json(findings)) if as_json else f"{findings_text(findings)}\n{ARCHIVE_PART}")
    return worst(findings)


def look_at_bot(settings: Settings) -> Iterator[Finding]:
    """The token's form, and what the settings point to."""
    yield _token(settings.token)
    gone = [str(source) for source in settings.sources if not source.exists()]
    if gone:
        yield suspect("sources", f"/archive reindex is to read {', '.join(gone)}, which is not there", _of_sources())
    if settings.sources and not gone:
        yield fine("sources", f"/archive reindex reads {', '.join(map(str, settings.sources))}")


def _settings(given: Mapping[str, str | None]) -> tuple[Settings, list[Finding]]:
    """With the defaults in the place of what cannot be used."""
    faults = dict(unusable(given))
    findings = [
        wrong("settings", fault, f"correct {name}; .env.example says what it takes") for name, fault in faults.items()
    ]
    try:
        return Settings.read({name: value for name, value in given.items() if name not in faults}), findings
    except BadSetting as error:
        raise AssertionError("what cannot be used was left out") from error


def _token(token: str) -> Finding:
    if not token:
        return wrong("token", "DISCORD_TOKEN is not set", f"{TOKEN_MEND}; or, without one: python -m bot --demo")
    application = application_in(token)
    if application is None:
        return wrong("token", "DISCORD_TOKEN has not the form of a bot's token", TOKEN_MEND)
    return fine("token", f"it has the form of one, for the application {application}")


def _of_sources() -> str:
    return "correct PULLQUOTE_SOURCES, or mount the folder"
