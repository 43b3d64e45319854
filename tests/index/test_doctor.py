"""The doctor: what is amiss is found, with its mend, and nothing is changed by looking."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.settings import described
from index import Article, Finding, IndexConfig, NewsIndex, Patient, look_at, look_at_settings, worst
from index.__main__ import main
from index.arguments import VARIABLES
from index.articles import FetchRules, Unreadable
from index.config import EVERY_HOST
from index.doctor.findings import State
from index.doctor.settings import KNOWN
from index.store import Store
from tests.fakes import WordEncoder, WordReader

FERRY = "The ferry Alma struck the pier at noon. Captain Ines Roth said 14 people were hurt."
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    index = NewsIndex.open(IndexConfig(data=folder), encoder=WordEncoder(name="words"), reader=WordReader())
    index.add([Article(url="https://a.example/1", title="Ferry", text=FERRY)])
    index.close()
    return folder


def findings(data: Path, *, now: datetime | None = None) -> dict[str, Finding]:
    """By what was looked at; of several, the worst."""
    config = IndexConfig(data=data, model="words")
    patient = Patient(config=config, now=lambda: now or datetime.now(UTC))
    return {one.looked_at: one for one in sorted(look_at(patient), key=lambda one: list(State).index(one.state))}


def seen(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".lock", ".sqlite-shm")
    }


def test_a_sound_archive_is_sound_and_looking_changes_nothing(data: Path) -> None:
    before = seen(data)
    found = findings(data)
    assert {one.state for one in found.values()} == {"ok"}, [one for one in found.values() if one.state != "ok"]
    assert {"folder", "disk", "archive", "searched", "model", "vectors", "clock", "sources"} <= set(found)
    assert seen(data) == before


def test_where_there_is_no_archive_none_is_made(tmp_path: Path) -> None:
    found = findings(tmp_path / "none")
    assert found["archive"].state == "wrong"
    assert "pullquote add" in found["archive"].mend
    assert not (tmp_path / "none").exists()


def spoil_database(data: Path) -> None:
    file = data / "archive.sqlite"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)


def spoil_legs(data: Path) -> None:
    (leg,) = data.glob("legs/*/dense/base.faiss")
    leg.write_bytes(leg.read_bytes()[:-1])


def drop_legs(data: Path) -> None:
    shutil.rmtree(data / "legs")


def fall_behind(data: Path) -> None:
    (seal,) = data.glob("legs/*/generation.json")
    seal.write_text(json.dumps({**json.loads(seal.read_text()), "state": "of another moment"}))


@pytest.mark.parametrize(
    ("spoil", "looked_at", "state", "mend"),
    [
        (spoil_database, "archive", "wrong", "pullquote restore"),
        (spoil_legs, "searched", "wrong", "pullquote rebuild"),
        (drop_legs, "searched", "wrong", "pullquote rebuild"),
        (fall_behind, "searched", "warning", "pullquote rebuild"),
    ],
)
def test_what_is_spoilt_is_found_with_its_mend(
    data: Path, spoil: Callable[[Path], None], looked_at: str, state: str, mend: str
) -> None:
    spoil(data)
    found = findings(data)[looked_at]
    assert found.state == state
    assert mend in found.mend


def test_an_archive_of_another_model_is_to_be_rebuilt(data: Path) -> None:
    found = {one.looked_at: one for one in look_at(Patient(config=IndexConfig(data=data)))}
    assert found["vectors"].state == "wrong"
    assert "pullquote rebuild" in found["vectors"].mend


def test_weights_that_are_not_those_of_this_version_are_found(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "ranges.safetensors"
    other.write_bytes(b"other")
    monkeypatch.setattr("index.doctor.models.BUNDLED_RANGES", other)
    found = {one.looked_at: one for one in look_at(Patient(config=IndexConfig(data=data)))}
    assert found["model"].state == "wrong"
    assert "not those of this version" in found["model"].found


def test_a_clock_that_is_behind_is_found(data: Path) -> None:
    assert findings(data, now=datetime(2020, 1, 1, tzinfo=UTC))["clock"].state == "wrong"
    yesterday = datetime.now(UTC) - timedelta(days=1)
    if yesterday > datetime(2026, 11, 1, tzinfo=UTC):
        assert findings(data, now=yesterday)["clock"].state == "warning"


def test_failing_and_forgotten_sources_are_named_with_what_to_run(data: Path) -> None:
    store = Store.open(data)
    every = timedelta(minutes=15)
    broken = store.watched.add("https://a.example/feed", "feed", "public", every=every, now=NOW)
    assert broken
    store.watched.failed(replace(broken, failures=2), "is not there (404)", now=NOW, due_at=NOW)
    store.close()
    config = IndexConfig(data=data, model="words")
    later = list(look_at(Patient(config=config, now=lambda: NOW + timedelta(hours=5))))
    (source,) = [one for one in later if one.looked_at == "source"]
    assert "3 times in a row: it is not there (404)" in source.found
    assert f"pullquote source resume {broken.id}" in source.mend
    assert any("nobody watches" in one.found and "pullquote watch" in one.mend for one in later)
    assert worst(later) == 1


def test_online_the_host_of_a_source_is_asked(data: Path) -> None:
    store = Store.open(data)
    for path in ("feed", "other"):
        store.watched.add(f"https://a.example/{path}", "feed", "public", every=timedelta(hours=1), now=NOW)
    store.close()
    asked: list[str] = []

    def nowhere(host: str, port: int) -> tuple[()]:
        asked.append(f"{host}:{port}")
        raise Unreadable("is on a host that cannot be found")

    web = FetchRules(hosts=(EVERY_HOST,), resolve=nowhere)
    found = list(look_at(Patient(config=IndexConfig(data=data, model="words"), online=True, web=web)))
    (site,) = [one for one in found if one.looked_at == "site"]
    assert site.found == "https://a.example is on a host that cannot be found"
    assert asked == ["a.example:443"], "one host is asked once"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may do everything")
def test_a_folder_that_may_not_be_written_is_found(data: Path) -> None:
    (data / "archive.sqlite").chmod(0o444)
    assert "chown" in findings(data)["folder"].mend


@pytest.mark.skipif(sys.platform == "win32", reason="rights of Unix")
def test_who_else_may_write_there_or_read_the_token_is_said(data: Path, tmp_path: Path) -> None:
    data.chmod(0o777)
    assert findings(data)["folder"].mend.startswith("chmod o-w")
    file = tmp_path / ".env"
    file.write_text("DISCORD_TOKEN=x\n")
    file.chmod(0o644)
    (found,) = [one for one in look_at_settings({}, file, {"DISCORD_TOKEN": "x"}) if one.state == "warning"]
    assert found.mend == f"chmod 600 {file}"


def test_every_setting_is_known_and_a_misspelt_one_is_named_without_its_value(tmp_path: Path) -> None:
    assert list(KNOWN) == [*(variable for variable, _, _ in described()), *VARIABLES]
    (found,) = look_at_settings(dict.fromkeys(KNOWN, "1"), tmp_path / ".env", {})
    assert found.state == "ok"
    told = list(look_at_settings({"PULQUOTE_DATA": "s3cret"}, tmp_path / ".env", {"PULLQUOTE_NOISE": "s3cret"}))
    assert [one.mend for one in told if "PULQUOTE_DATA" in one.found] == ["write PULLQUOTE_DATA"]
    assert any("PULLQUOTE_NOISE is set in .env" in one.found for one in told)
    assert not any("s3cret" in one.found + one.mend for one in told)


def test_other_programs_settings_are_left_alone(tmp_path: Path) -> None:
    (found,) = look_at_settings({"PATH": "/bin", "HF_HOME": "x"}, tmp_path / ".env", {"PIP_EXTRA_INDEX_URL": "x"})
    assert found.state == "ok"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Without a .env, and without settings."""
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_command_ends_with_the_code_of_the_worst_and_json_is_one_object(
    elsewhere: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULLQUOTE_MODEL", "words")
    assert main(["doctor", "--data", str(data)]) == 0
    assert "python -m bot --doctor" in capsys.readouterr().out
    monkeypatch.setenv("PULLQUOTE_DAAT", "x")
    assert main(["doctor", "--data", str(data), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "warning"
    assert all(bool(one["mend"]) == (one["state"] != "ok") for one in told["findings"])
    monkeypatch.setenv("PULLQUOTE_PRECISION", "fast")
    assert main(["doctor", "--data", str(elsewhere / "none")]) == 3
    assert "PULLQUOTE_PRECISION is 'fast'" in capsys.readouterr().out
