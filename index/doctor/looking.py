"""The whole round: folder, disk, archive, models, clock, sources. Nothing of it writes, mends or loads a model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from index.archives import examine_archive, examine_server
from index.articles import FetchRules
from index.clock import utc_now
from index.config import EVERY_HOST, IndexConfig
from index.doctor.clock import look_at_clock
from index.doctor.findings import Finding, wrong
from index.doctor.folder import look_at_disk, look_at_folder
from index.doctor.models import look_at_models
from index.doctor.online import look_at_sites
from index.doctor.server import look_at_server
from index.doctor.sources import look_at_sources
from index.doctor.stored import look_at_archive
from index.errors import ArchiveUnusable, PullquoteError
from index.store import Examined


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at. `online`: other machines may be asked, too, within the rules of `web`."""

    config: IndexConfig
    online: bool = False
    now: Callable[[], datetime] = utc_now
    web: FetchRules = field(default_factory=partial(FetchRules, hosts=(EVERY_HOST,)))


def look_at(patient: Patient) -> Iterator[Finding]:
    """What is found, one thing after the other; a thing that cannot be looked at is a finding itself."""
    folder = patient.config.data
    yield from look_at_folder(folder)
    yield from look_at_disk(folder)
    examined = None
    try:
        if server := examine_server(patient.config, patient.now):
            yield from look_at_server(server)
        examined = examine_archive(patient.config)
    except ArchiveUnusable as error:
        yield wrong("archive", str(error), _mend(patient.config))
    else:
        yield from look_at_archive(examined) if examined else [_none_there(patient.config)]
    yield from _careful("models", partial(look_at_models, patient.config, examined))
    yield from look_at_clock(patient.now(), examined)
    yield from _sources(patient, examined)


def _mend(config: IndexConfig) -> str:
    if config.database_url:
        return "look at the server, and at PULLQUOTE_DATABASE_URL"
    return "pullquote restore FILE, or what the line above says"


def _none_there(config: IndexConfig) -> Finding:
    if config.database_url:
        return wrong("archive", "there is none in the database", "pullquote add SOURCE, or pullquote copy FROM TO")
    return wrong("archive", f"there is none in {config.data}", "pullquote add SOURCE, or name its folder with --data")


def _sources(patient: Patient, examined: Examined | None) -> Iterator[Finding]:
    if examined is None or examined.is_of_older_release:
        return
    yield from look_at_sources(examined, patient.now())
    if patient.online:
        yield from look_at_sites(examined.sources, patient.web)


def _careful(what: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except PullquoteError as error:
        yield wrong(what, str(error), "make setup")
