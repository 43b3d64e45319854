"""The command `pullquote doctor`."""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dotenv import dotenv_values

from index.config import IndexConfig
from index.doctor.findings import Finding, findings_json, findings_text, worst, wrong
from index.doctor.looking import Patient, look_at
from index.doctor.settings import look_at_settings
from index.errors import BadQuestion

BOT_PART = "The bot's own part (token, intents, permissions in servers), with all of this: python -m bot --doctor"


def run_doctor(read_config: Callable[[], IndexConfig], options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Look at everything, print it, and say how bad it is: 0 all ok, 1 warnings, 3 something is wrong."""
    findings = list(_look(read_config, options, environ))
    if options.json:
        print(json.dumps(findings_json(findings), ensure_ascii=False))
    else:
        print(f"{findings_text(findings)}\n{BOT_PART}")
    return worst(findings)


def _look(
    read_config: Callable[[], IndexConfig], options: argparse.Namespace, environ: Mapping[str, str]
) -> Iterator[Finding]:
    file = Path.cwd() / ".env"
    yield from look_at_settings(environ, file, dotenv_values(file))
    try:
        config = read_config()
    except BadQuestion as error:  # the rest is looked at with what a setting is when it is not set
        yield wrong("settings", str(error), "correct it in .env or the environment; .env.example says what it takes")
        config = IndexConfig(data=Path(options.data))
    yield from look_at(Patient(config=config, online=options.online))
