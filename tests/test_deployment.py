"""The Dockerfile and docker-compose.yml, checked against the program that they run. No Docker engine is needed."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from bot.settings import described
from index.arguments import VARIABLES

ROOT = Path(__file__).parent.parent
SETTINGS = {variable for variable, _, _ in described()} | set(VARIABLES)
MONITORS = ("prometheus", "grafana")  # in the profile `metrics`
NOT_OURS = {"PATH", "HOME", "HF_HOME", "PYTHONUNBUFFERED", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}
SERVICES = ("bot", "indexer")

Service = dict[str, Any]  # as YAML has it


def _compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def _service(name: str) -> Service:
    found: Service = _compose()["services"][name]
    return found


def _dockerfile() -> list[tuple[str, str]]:
    """Instructions with their arguments; comments gone, continued lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def _arguments(instruction: str) -> list[str]:
    return [rest for word, rest in _dockerfile() if word == instruction]


def _commands() -> Iterator[list[str]]:
    """Every command that a container runs, from both files."""
    for name in SERVICES:
        service = _service(name)
        yield service["command"]
        yield service["healthcheck"]["test"][1:]
    for rest in [*_arguments("CMD"), *(text.partition("CMD ")[2] for text in _arguments("HEALTHCHECK"))]:
        yield yaml.safe_load(rest)


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_every_command_of_a_container_is_one_that_the_program_has() -> None:
    ours = {tuple(words) for words in _commands() if words and words[0] in {"pullquote", "python"}}
    assert ours == {("python", "-m", "bot"), ("pullquote", "watch", "/sources"), ("pullquote", "status")}
    assert {words[0] for words in _commands()} == {"pullquote", "python"}


@pytest.mark.parametrize("command", ["watch", "status"])
def test_the_commands_of_the_containers_are_in_the_command_line(command: str) -> None:
    shown = _run("-m", "index", command, "--help")
    assert shown.returncode == 0, shown.stderr
    assert f"pullquote {command}" in shown.stdout


def test_the_bot_has_a_command_line() -> None:
    shown = _run("-m", "bot", "--help")
    assert shown.returncode == 0, shown.stderr
    assert "--demo" in shown.stdout


def test_a_container_whose_archive_is_missing_is_reported_unhealthy(tmp_path: Path) -> None:
    assert _run("-m", "index", "status", "--data", str(tmp_path / "none")).returncode == 3


def test_every_variable_is_one_that_the_program_reads() -> None:
    named = {variable for name in SERVICES for variable in _service(name).get("environment", {})}
    named |= {word.partition("=")[0] for rest in _arguments("ENV") for word in shlex.split(rest)}
    named |= set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert named - NOT_OURS <= SETTINGS


def test_the_token_reaches_the_bot_and_not_the_indexer() -> None:
    assert _service("bot")["env_file"] == ".env"
    assert "env_file" not in _service("indexer")
    assert "DISCORD_TOKEN" not in _service("indexer")["environment"]


def test_both_services_share_one_image_and_one_archive() -> None:
    bot, indexer = map(_service, SERVICES)
    assert set(_compose()["services"]) == {*SERVICES, *MONITORS, "postgres"}
    assert bot["image"] == indexer["image"]
    assert bot["volumes"] == indexer["volumes"] == ["archive:/data", "./articles:/sources:ro"]
    assert bot["environment"]["PULLQUOTE_DATA"] == indexer["environment"]["PULLQUOTE_DATA"]
    assert set(_compose()["volumes"]) == {"archive", "postgres", *MONITORS}


def test_the_indexer_is_given_every_setting_of_the_command_line_but_those_about_answers() -> None:
    table = re.findall(
        r"^\| `(\w+)` \|.*\|[^|]*command line[^|]*\|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    about_answers = {"PULLQUOTE_READER", "PULLQUOTE_RERANKER", "PULLQUOTE_MIN_CONFIDENCE"}
    assert set(_service("indexer")["environment"]) == set(table) - about_answers


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_no_more_than_it_needs(name: str) -> None:
    service = _service(name)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108  the path inside the container
    assert service["restart"] == "unless-stopped"
    assert not {"privileged", "ports", "network_mode", "pid"} & set(service)


@pytest.mark.parametrize("name", MONITORS)
def test_a_monitor_runs_only_when_it_is_asked_for_and_sees_nothing_of_the_archive(name: str) -> None:
    service = _service(name)
    assert service["profiles"] == ["metrics"]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert not any(volume.startswith("archive") for volume in service["volumes"])
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert "env_file" not in service
    for volume in service["volumes"]:
        source = volume.partition(":")[0]
        assert source in _compose()["volumes"] or (ROOT / source).exists()


def test_the_database_runs_only_when_it_is_asked_for_and_is_reached_by_bot_and_indexer_alone() -> None:
    service = _service("postgres")
    assert service["profiles"] == ["postgres"]
    assert service["networks"] == ["database"]
    assert _compose()["networks"]["database"] == {"internal": True}
    assert not {"ports", "env_file", "privileged"} & set(service)
    for name, other in _compose()["services"].items():
        assert ("database" in other.get("networks", [])) == (name in {*SERVICES, "postgres"})
    for name in SERVICES:
        assert _service(name)["depends_on"]["postgres"]["required"] is False
    first = (ROOT / "docs" / "operating" / "postgres" / "init.sql").read_text(encoding="utf-8")
    assert "SUPERUSER" not in first, "row-level security would not hold"
    assert "CREATE EXTENSION vector" in first


def test_all_that_is_written_lies_on_the_volume_or_in_memory() -> None:
    variables = dict(word.split("=", 1) for rest in _arguments("ENV") for word in shlex.split(rest))
    for variable in ("PULLQUOTE_DATA", "HF_HOME", "HOME"):
        assert PurePosixPath(variables[variable]).parts[1] in {"data", "tmp"}
    assert _arguments("VOLUME") == ["/data"]


def test_the_image_runs_as_somebody_without_rights_on_a_python_that_the_package_takes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    tags = re.findall(r"python:(\d+)\.(\d+)-slim", " ".join(_arguments("FROM")))
    assert tags
    assert all((int(major), int(minor)) >= least for major, minor in tags)
    words = [word for word, _ in _dockerfile()]
    assert _arguments("USER") == ["pullquote"]
    assert "USER" not in words[: len(words) - 1 - words[::-1].index("FROM")]
    assert any("useradd --uid 10001" in rest for rest in _arguments("RUN"))


def test_what_the_image_is_built_from_exists_and_is_sent_to_the_builder() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    copied = {
        source for rest in _arguments("COPY") if not rest.startswith("--from") for source in shlex.split(rest)[:-1]
    }
    assert copied == kept
    assert all((ROOT / source).exists() for source in copied)


def test_the_image_is_built_with_the_locked_versions_from_no_named_host() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--constraint requirements.lock" in text
    assert "://" not in text
    assert _arguments("ARG") == ['PIP_EXTRA_INDEX_URL=""']


def test_the_lock_pins_every_distribution_and_names_no_host_and_no_cuda() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.]*(; python_version .+)?", line) for line in pins)
    assert "torch==2.13.0" in pins
    assert not any(re.match(r"nvidia|cuda|triton", line, re.IGNORECASE) for line in pins)
