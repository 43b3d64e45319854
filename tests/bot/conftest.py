"""The real bot in SimCord's Discord, over an index in memory."""

import json
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from hypothesis import settings

from bot import render
from bot.archive import Archive
from bot.client import Pullquote
from bot.escape import units
from index import IndexConfig, Records, open_records
from tests.bot.discord_server import DiscordServer
from tests.bot.fake_index import FERRY, HOSTILE, SUMMIT, FakeIndex
from tests.bot.openapi import discord_contract

# The machine may be busy with other things: how long an example takes proves nothing.
settings.register_profile("pullquote", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("pullquote")


@dataclass(frozen=True)
class World:
    """One server with one channel, a member, and a member with Manage Server."""

    env: simcord.Env
    index: FakeIndex
    archive: Archive
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor
    admin: simcord.MemberActor

    def shown(self) -> discord.Embed:
        """The embed of the latest message in the channel."""
        message = self.channel.last_message
        assert message is not None
        return message.embeds[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """SimCord wants to know how many shards there are. Two: servers are then spread over both."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.simcord(shard_count=2))


@pytest.fixture
def discord_s_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Are in force again after the test."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


@pytest.fixture
async def server(discord_s_own_addresses: None) -> AsyncIterator[DiscordServer]:
    """A Discord of our own on a port of this machine."""
    del discord_s_own_addresses
    async with DiscordServer().running() as server:
        yield server


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(SUMMIT, FERRY, HOSTILE)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = open_records(IndexConfig(data=tmp_path))
    yield records
    records.close()


@pytest.fixture
def archive(index: FakeIndex, records: Records) -> Iterator[Archive]:
    archive = Archive(index, records, readers=2, waiting=1, deadline_s=5)
    yield archive
    archive.close()


@pytest.fixture
def simcord_bot(archive: Archive) -> Pullquote:
    return Pullquote(archive)


@pytest.fixture
async def world(simcord_env: simcord.Env, index: FakeIndex, archive: Archive) -> AsyncIterator[World]:
    """The world of a test; at its end, whatever the bot sent is held against Discord's rules."""
    guild = simcord_env.create_guild("Newsroom")
    keeper = guild.create_role("keeper", permissions=discord.Permissions(manage_guild=True))
    yield World(
        env=simcord_env,
        index=index,
        archive=archive,
        guild=guild,
        channel=guild.create_text_channel("news"),
        alice=guild.add_member(simcord_env.create_user("alice")),
        admin=guild.add_member(simcord_env.create_user("admin"), roles=[keeper]),
    )
    for payload in payloads(simcord_env):
        check_message(payload)
    check_requests(simcord_env)


def until(gate: threading.Event) -> Callable[[], None]:
    """Work that lasts until the gate opens."""

    def wait() -> None:
        assert gate.wait(10), "the gate stayed shut"

    return wait


def payloads(env: simcord.Env) -> list[dict[str, Any]]:
    """Every message that the bot sent or edited: in a channel, in answer to an interaction, in a new thread."""
    bodies = [entry.json for entry in env.http_requests if isinstance(entry.json, dict)]
    inside = [body.get(part) for body in bodies for part in ("data", "message")]
    bodies += [part for part in inside if isinstance(part, dict)]
    return [body for body in bodies if body.keys() & {"content", "embeds", "components"} and "custom_id" not in body]


def check_requests(env: simcord.Env) -> None:
    """Discord's own document allows every one of them; without the document nothing is checked."""
    if contract := discord_contract():
        for entry in env.http_requests:
            if "/permissions/" in entry.path:  # the tests' own: nothing that the bot does changes what a channel allows
                continue
            faults = contract.faults(entry.method, entry.path, entry.json)
            assert not faults, f"{entry.method} {entry.path}: {faults}"


def check_message(payload: dict[str, Any]) -> None:
    """It pings nobody and is within Discord's limits."""
    allowed = payload["allowed_mentions"]
    assert allowed["parse"] == []
    assert not any(allowed.get(kind) for kind in ("users", "roles", "replied_user"))
    assert units(payload.get("content") or "") <= 2000
    embeds = [discord.Embed.from_dict(embed) for embed in payload.get("embeds") or []]
    assert embeds or "embeds" not in payload
    for embed in embeds:
        check_embed(embed)
    for row in payload.get("components") or []:
        assert len(row["components"]) <= 5
        ids = [button["custom_id"] for button in row["components"]]
        assert len(set(ids)) == len(ids)
        assert all(len(one) <= 100 for one in ids)
    json.dumps(payload)


def check_embed(embed: discord.Embed) -> None:
    """https://discord.com/developers/docs/resources/message#embed-object-embed-limits."""
    parts = (
        (embed.title, render.TITLE_LIMIT),
        (embed.description, render.DESCRIPTION_LIMIT),
        (embed.author.name, render.AUTHOR_LIMIT),
        (embed.footer.text, render.FOOTER_LIMIT),
    )
    assert all(units(text or "") <= limit for text, limit in parts)
    assert sum(units(text or "") for text, _ in parts) <= render.EMBED_LIMIT
    assert embed.title or embed.description
