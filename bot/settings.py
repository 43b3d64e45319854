"""The settings, and the only place in the bot that reads the environment (`.env` through python-dotenv)."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values

from index import (
    CONTACT,
    PRECISIONS,
    IndexConfig,
    Listening,
    parse_hosts,
    parse_languages,
    parse_listening,
)

DEFAULTS = IndexConfig(data=Path("data"))


class BadSetting(ValueError):
    """A variable holds what cannot be used; the message is one sentence that names it."""


def _path(raw: str) -> Path:
    return Path(raw).expanduser()


def _paths(raw: str) -> tuple[Path, ...]:
    return tuple(_path(part.strip()) for part in raw.split(os.pathsep) if part.strip())


def _contact(raw: str) -> str:
    if not re.fullmatch(CONTACT, raw):
        raise ValueError("it must be a web or mail address")
    return raw


def _ids(raw: str) -> tuple[int, ...]:
    parts = [part.strip() for part in raw.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError("it must be ids of servers, which are numbers, with commas between")
    return tuple(int(part) for part in parts)


def _address(*schemes: str) -> Callable[[str], str]:
    """A parser of addresses with a host."""

    def parse(raw: str) -> str:
        parts = urlsplit(raw)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"it must be an address that starts with {' or '.join(f'{one}://' for one in schemes)}")
        return raw

    return parse


def _database(raw: str) -> str:
    if not re.match(r"postgres(ql)?://", raw):
        raise ValueError("it must be an address that starts with postgresql://")
    return raw


def _precision(raw: str) -> str:
    if raw.lower() not in PRECISIONS:
        raise ValueError(f"it must be one of {', '.join(PRECISIONS)}")
    return raw.lower()


def _level(raw: str) -> str:
    if raw.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("it must be DEBUG, INFO, WARNING or ERROR")
    return raw.upper()


def _log(raw: str) -> str:
    if raw.lower() not in ("text", "json"):
        raise ValueError("it must be text or json")
    return raw.lower()


def _between(kind: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    """A parser of numbers in `low..high`; `kind` is `int` or `float`."""

    def parse(raw: str) -> float:
        try:
            number = kind(raw)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            what = "a whole number" if kind is int else "a number"
            raise ValueError(f"it must be {what} from {low} to {high}")
        return number

    return parse


def _reads(variable: str, parse: Callable[[str], object], about: str) -> dict[str, object]:
    return {"variable": variable, "parse": parse, "about": about}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides. Every setting has a default, so the demo and the tests need none."""

    token: str = field(
        default="",
        repr=False,  # it must never reach a log
        metadata=_reads("DISCORD_TOKEN", str, "the bot's token from the Discord developer portal"),
    )
    api_url: str = field(
        default="",
        metadata=_reads(
            "DISCORD_API_URL",
            _address("http", "https"),
            "API of a Discord-compatible server, in place of Discord's own",
        ),
    )
    gateway_url: str = field(
        default="",
        metadata=_reads(
            "DISCORD_GATEWAY_URL", _address("ws", "wss"), "gateway of that server, in place of the one its API names"
        ),
    )
    data: Path = field(
        default=DEFAULTS.data,
        metadata=_reads("PULLQUOTE_DATA", _path, "folder of the archive"),
    )
    database_url: str = field(
        default=DEFAULTS.database_url,
        repr=False,  # a password is in it
        metadata=_reads(
            "PULLQUOTE_DATABASE_URL",
            _database,
            "address of a PostgreSQL database with pgvector: the archive is there, and not in that folder",
        ),
    )
    model: str = field(
        default=DEFAULTS.model,
        metadata=_reads("PULLQUOTE_MODEL", str, "sentence-transformers model: bundled, a folder, or a hub name"),
    )
    reader: str = field(
        default=DEFAULTS.reader,
        metadata=_reads("PULLQUOTE_READER", str, "QA model that finds the answers: bundled, a folder, or a hub name"),
    )
    reranker: str = field(
        default=DEFAULTS.reranker,
        metadata=_reads(
            "PULLQUOTE_RERANKER", str, "cross-encoder that ranks passages: bundled, a folder or a hub name"
        ),
    )
    precision: str = field(
        default=DEFAULTS.precision,
        metadata=_reads("PULLQUOTE_PRECISION", _precision, f"the bundled models' numbers: {', '.join(PRECISIONS)}"),
    )
    sources: tuple[Path, ...] = field(
        default=(),
        metadata=_reads(
            "PULLQUOTE_SOURCES", _paths, f"files and folders that /archive reindex reads, with {os.pathsep} between"
        ),
    )
    home_guilds: tuple[int, ...] = field(
        default=(),
        metadata=_reads(
            "PULLQUOTE_HOME_GUILDS",
            _ids,
            "ids of the servers whose admins may use /archive reindex, with commas between; none: the bot's owner only",
        ),
    )
    hosts: tuple[str, ...] = field(
        default=(),
        metadata=_reads(
            "PULLQUOTE_HOSTS",
            parse_hosts,
            "hosts whose pages may be added from Discord, with commas between; * is every public one",
        ),
    )
    server_articles: int = field(
        default=10_000,
        metadata=_reads(
            "PULLQUOTE_SERVER_ARTICLES",
            _between(int, 0, 10_000_000),
            "articles of its own that each server may have; 0: none can be added from Discord",
        ),
    )
    server_sources: int = field(
        default=10,
        metadata=_reads(
            "PULLQUOTE_SERVER_SOURCES",
            _between(int, 0, 1_000),
            "feeds, sitemaps and pages that each server may have watched; 0: none",
        ),
    )
    languages: tuple[str, ...] = field(
        default=(),
        metadata=_reads(
            "PULLQUOTE_LANGUAGES",
            parse_languages,
            "codes of the languages that articles are taken in, with commas between; none: all",
        ),
    )
    contact: str = field(
        default="",
        metadata=_reads(
            "PULLQUOTE_CONTACT",
            _contact,
            "a web or mail address where who runs a site can reach you, told to every site",
        ),
    )
    min_confidence: float = field(
        default=DEFAULTS.min_confidence,
        metadata=_reads("PULLQUOTE_MIN_CONFIDENCE", _between(float, 0, 1), "answers below it are declined, 0 to 1"),
    )
    readers: int = field(
        default=2,
        metadata=_reads("PULLQUOTE_READERS", _between(int, 1, 64), "questions answered at the same time"),
    )
    waiting: int = field(
        default=16,
        metadata=_reads(
            "PULLQUOTE_WAITING", _between(int, 0, 10_000), "questions that may wait before people hear 'busy'"
        ),
    )
    deadline_s: float = field(
        default=20.0,
        metadata=_reads("PULLQUOTE_DEADLINE", _between(float, 1, 600), "seconds after which a question is given up"),
    )
    log_level: str = field(
        default="INFO",
        metadata=_reads("PULLQUOTE_LOG_LEVEL", _level, "DEBUG, INFO, WARNING or ERROR"),
    )

    log: str = field(
        default="text",
        metadata=_reads("PULLQUOTE_LOG", _log, "text, or json: an object a line, for machines"),
    )
    metrics: Listening | None = field(
        default=None,
        metadata=_reads(
            "PULLQUOTE_METRICS",
            parse_listening,
            "where Prometheus and health checks are answered, such as 127.0.0.1:9464; none: nowhere",
        ),
    )

    traces: str = field(
        default="",
        metadata=_reads(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            _address("http", "https"),
            "OpenTelemetry collector that gets a trace of each question, over HTTP; none: none are sent",
        ),
    )

    @classmethod
    def read(cls, environ: Mapping[str, str | None]) -> Self:
        """Settings from variables; an empty one counts as not set.

        Raises:
            BadSetting: a value cannot be used.
        """
        given: dict[str, Any] = {}  # each value is what the field's own parser makes
        for setting in fields(cls):
            raw = (environ.get(setting.metadata["variable"]) or "").strip()
            if raw:
                given[setting.name] = _parsed(raw, **setting.metadata)
        return cls(**given)

    @classmethod
    def load(cls, dotenv: Path = Path(".env")) -> Self:
        """Settings from the file, where the process's own environment wins. Raises as `read` does."""
        return cls.read({**dotenv_values(dotenv), **os.environ})

    @property
    def index(self) -> IndexConfig:
        """The part that the archive is opened with."""
        return IndexConfig(
            data=self.data,
            database_url=self.database_url,
            model=self.model,
            reader=self.reader,
            reranker=self.reranker,
            precision=self.precision,
            min_confidence=self.min_confidence,
            hosts=self.hosts,
            languages=self.languages,
            contact=self.contact,
        )


def _parsed(raw: str, *, variable: str, parse: Callable[[str], object], about: str) -> object:
    try:
        return parse(raw)
    except ValueError as error:
        shown = "an address" if re.search(r"://.*@", raw) else repr(raw)  # a password may be in it
        raise BadSetting(f"{variable} is set to {shown}, but {error} ({about}).") from None


def given(dotenv: Path = Path(".env")) -> tuple[Mapping[str, str], Mapping[str, str | None]]:
    """The process's environment, and what stands in the file."""
    return os.environ, dotenv_values(dotenv)


def unusable(environ: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Each variable whose value cannot be used, with the sentence about it."""
    for setting in fields(Settings):
        raw = (environ.get(variable := setting.metadata["variable"]) or "").strip()
        try:
            _parsed(raw, **setting.metadata) if raw else None
        except BadSetting as error:
            yield variable, str(error)


def described() -> Iterator[tuple[str, str, str]]:
    """Each variable with its default, as it would be written, and one line about it."""
    for setting in fields(Settings):
        default = "" if setting.default in ((), None) else str(setting.default)
        yield setting.metadata["variable"], default, setting.metadata["about"]


def has_display() -> bool:
    """Whether a browser can open a window here."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
