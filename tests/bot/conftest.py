"""The real bot in SimCord's Discord, over an index in memory."""

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from hypothesis import settings

from bot import render
from bot.archive import Archive
from bot.client import Pullquote
from bot.escape import units
from index import Records
from tests.bot.fake_index import FERRY, HOSTILE, SUMMIT, FakeIndex

# The machine may be busy with other things: how long an example takes proves nothing.
settings.register_profile("pullquote", deadline=None)
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


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(SUMMIT, FERRY, HOSTILE)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path)
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


def until(gate: threading.Event) -> Callable[[], None]:
    """Work that lasts until the gate opens."""

    def wait() -> None:
        assert gate.wait(10), "the gate stayed shut"

    return wait


def payloads(env: simcord.Env) -> list[dict[str, Any]]:
    """Every message body that the bot sent: messages, edits, follow-ups, and answers to interactions."""
    bodies = [entry.json for entry in env.http_requests if "/messages" in entry.path or "/webhooks/" in entry.path]
    answers = [entry.json for entry in env.http_requests if entry.path.endswith("/callback")]
    bodies += [answer["data"] for answer in answers if answer and answer["type"] in {4, 7}]
    return [body for body in bodies if body and "auto_archive_duration" not in body]  # which makes a thread


def check_message(payload: dict[str, Any]) -> None:
    """It pings nobody and is within Discord's limits."""
    allowed = payload["allowed_mentions"]
    assert allowed["parse"] == []
    assert not any(allowed.get(kind) for kind in ("users", "roles", "replied_user"))
    assert units(payload.get("content") or "") <= 2000
    embeds = [discord.Embed.from_dict(embed) for embed in payload.get("embeds") or []]
    assert embeds
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
