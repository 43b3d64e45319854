"""The dashboard and the alert rules speak of metrics that the programs really tell."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
import yaml
from discord.ext import commands
from prometheus_client import CollectorRegistry

from bot.connection.observing import queue_figures
from bot.measures import Gateway, Holdings, Measures
from index import IndexConfig, NewsIndex, Status
from index.watch_measures import WatchMeasures
from tests.fakes import WordEncoder, WordReader

OPERATING = Path(__file__).parent.parent / "docs" / "operating"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NAME = r"\bpullquote_\w+"
LABELLED = r"(pullquote_\w+)\{([^}]*)\}"


def samples(registry: CollectorRegistry) -> Iterator[tuple[str, dict[str, str]]]:
    for family in registry.collect():
        for sample in family.samples:
            yield sample.name, sample.labels


async def _status() -> Status:
    return Status(1, 1, ("public",), 1, NOW, NOW, NOW, "m", 1)


@pytest.fixture
async def told(tmp_path: Path) -> list[tuple[str, dict[str, str]]]:
    """Every sample of the bot and of the watch."""
    measures = Measures()
    bot = commands.AutoShardedBot(command_prefix="!", intents=discord.Intents(guilds=True))
    Gateway(bot, measures)
    await Holdings(_status, measures).look()
    measures.show(lambda: queue_figures((0, 0)))
    measures.failed("ValueError")
    index = NewsIndex.open(IndexConfig(data=tmp_path / "data"), encoder=WordEncoder(), reader=WordReader())
    found = [*samples(measures.registry), *samples(WatchMeasures(index).registry)]
    index.close()
    return [*found, ("pullquote_gateway_latency_seconds", {})]  # told while there is a heartbeat


def expressions() -> list[str]:
    board = json.loads((OPERATING / "grafana" / "pullquote.json").read_text("utf-8"))
    rules = yaml.safe_load((OPERATING / "prometheus" / "rules.yml").read_text("utf-8"))
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return shown + [rule["expr"] for group in rules["groups"] for rule in group["rules"]]


async def test_every_metric_that_is_asked_for_is_told(told: list[tuple[str, dict[str, str]]]) -> None:
    names = {name for name, _ in told}
    asked = {name for one in expressions() for name in re.findall(NAME, one)}
    assert len(asked) > 15
    assert asked <= names


async def test_every_label_that_is_asked_for_has_such_a_value(told: list[tuple[str, dict[str, str]]]) -> None:
    for one in expressions():
        for name, labels in re.findall(LABELLED, one):
            for label, pattern in re.findall(r'(\w+)=~?"([^"]*)"', labels):
                values = {known[label] for told_name, known in told if told_name == name and label in known}
                assert all(value in values for value in pattern.split("|")), f"{name} has no {label} {pattern}"
        for labels in re.findall(r"by \(([^)]*)\)", one):
            asked = re.findall(NAME, one)[0]
            known = {label for told_name, found in told if told_name == asked for label in found}
            assert set(re.findall(r"\w+", labels)) <= known


async def test_every_metric_of_ours_is_on_the_dashboard(told: list[tuple[str, dict[str, str]]]) -> None:
    shown = " ".join(expressions())
    families = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name, _ in told}
    missing = {one for one in families if one.removesuffix("_total") not in shown}
    assert not missing


def test_every_alert_says_what_is_amiss_and_is_explained() -> None:
    rules = yaml.safe_load((OPERATING / "prometheus" / "rules.yml").read_text("utf-8"))
    page = (OPERATING.parent / "operating.md").read_text("utf-8")
    for rule in rules["groups"][0]["rules"]:
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert f"`{rule['alert']}`" in page


def test_prometheus_asks_the_services_that_there_are_at_the_port_that_the_page_names() -> None:
    asked = yaml.safe_load((OPERATING / "prometheus" / "prometheus.yml").read_text("utf-8"))
    targets = [target for job in asked["scrape_configs"] for one in job["static_configs"] for target in one["targets"]]
    assert targets == ["bot:9464", "indexer:9464"]
    assert "PULLQUOTE_METRICS=0.0.0.0:9464" in (OPERATING.parent / "operating.md").read_text("utf-8")
