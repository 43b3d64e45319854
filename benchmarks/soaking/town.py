"""A Discord with several servers, over real sockets, in which people run commands and hear what comes of them.

Not SimCord: there only one person acts at a time, its clock is not the real one, and everything that was ever said
stays in the memory of the bot's own process, whose memory is what is measured here.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from discord.utils import time_snowflake, utcnow

from tests.bot.discord_server import APPLICATION, ELSEWHERE, TOKEN, USER, DiscordServer

Option = dict[str, Any]

FIRST_GUILD, FIRST_CHANNEL, FIRST_USER, FIRST_MESSAGE = 10_000, 20_000, 30_000, 1_000_000
MEMBER, MANAGER = "2147483648", "2147483680"  # permissions: to use commands; and to manage the server besides
WAITING = ("Your question is", "Waiting for its turn")  # how a description begins that is not the last word
WORKING = "Adding to this server"  # so does a title
DEFERRED = 5  # type of a first response: the answer follows

__all__ = ["TOKEN", "Order", "Town"]


@dataclass
class Order:
    """What one person has asked for. `done` is set with everything that was shown last."""

    number: int
    guild: int  # from 0
    deed: str
    done: asyncio.Future[str]
    sent_s: float = field(default_factory=time.monotonic)
    acknowledged_s: float | None = None
    heard: str = ""  # everything that was ever shown for it, in lower case

    def hear(self, body: Any) -> None:
        """Take what the bot shows; it is the last word unless it says that there will be more."""
        text = json.dumps(body, ensure_ascii=False).lower()
        self.heard += text
        embeds = body.get("embeds") or [{}]
        title, said = str(embeds[0].get("title") or ""), str(embeds[0].get("description") or "")
        if not (title.startswith(WORKING) or said.startswith(WAITING)) and not self.done.done():
            self.done.set_result(text)


class Town(DiscordServer):
    """So many servers with a channel each. A file that is attached is served from here, too."""

    def __init__(self, servers: int) -> None:
        super().__init__()
        self.servers = servers
        self.up = asyncio.Event()  # a bot is connected and knows its servers
        self.orders: dict[int, Order] = {}  # that are not done
        self.files: dict[int, bytes] = {}
        self._number = 0
        self.app.router.add_get("/files/{number}/{name}", self._file)

    async def order(self, guild: int, deed: str, options: Sequence[Option], *, person: int, file: bytes = b"") -> Order:
        """Let a member run a command; the first one of each server may manage it. Waits until a bot is there."""
        await self.up.wait()
        self._number += 1
        order = Order(self._number, guild, deed, asyncio.get_running_loop().create_future())
        self.orders[order.number] = order
        data: Option = {"id": "1", "type": 1, **_nested(deed.split(), list(options))}
        if file:
            self.files[order.number] = file
            data["resolved"] = {"attachments": {"1": self._attachment(order.number, len(file))}}
        await self._dispatch(self.sockets[-1], "INTERACTION_CREATE", _interaction(order, data, person))
        return order

    def close(self, order: Order) -> None:
        """Nobody waits for it any more."""
        self.orders.pop(order.number, None)
        self.files.pop(order.number, None)

    async def _ready(self, socket: web.WebSocketResponse, shard: list[int]) -> None:
        guilds = [_guild(number) for number in range(self.servers)]
        away = [{"id": guild["id"], "unavailable": True} for guild in guilds]
        ready = {"v": 10, "user": USER, "guilds": away, "session_id": "s", "resume_gateway_url": ELSEWHERE}
        await self._dispatch(socket, "READY", ready | {"application": {"id": APPLICATION, "flags": 0}, "shard": shard})
        for guild in guilds:
            await self._dispatch(socket, "GUILD_CREATE", guild)
        self.up.set()

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        try:
            return await super()._gateway(request)
        finally:
            self.up.clear()

    async def _api(self, request: web.Request) -> web.Response:
        answer = await super()._api(request)
        asked = self.requests.get_nowait()
        parts = asked.path.strip("/").split("/")
        if asked.method == "POST" and parts[-1] == "callback" and (order := self.orders.get(int(parts[2]))):
            order.acknowledged_s = time.monotonic() - order.sent_s
            if asked.body["type"] != DEFERRED:
                order.hear(asked.body.get("data") or {})
        if asked.method == "PATCH" and "messages" in parts:
            number = int(parts[2]) if parts[-1] == "@original" else int(parts[-1]) - FIRST_MESSAGE
            if order := self.orders.get(number):
                order.hear(asked.body)
            return _json(_message(number, asked.body))
        if asked.method in ("POST", "GET") and parts[0] == "channels":
            return _json(_message(0, asked.body or {}))
        return answer

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[int(request.match_info["number"])])

    def _attachment(self, number: int, size: int) -> Option:
        address = f"http://{self.address}/files/{number}/news.jsonl"
        return {"id": "1", "filename": "news.jsonl", "size": size, "url": address, "proxy_url": address}


def _nested(names: list[str], options: list[Option]) -> Option:
    """A command with its options, or a group with its command."""
    if len(names) == 1:
        return {"name": names[0], "options": options}
    return {"name": names[0], "options": [{"type": 1, **_nested(names[1:], options)}]}


def _interaction(order: Order, data: Option, person: int) -> Option:
    guild = str(FIRST_GUILD + order.guild)
    channel = {"id": str(FIRST_CHANNEL + order.guild), "type": 0, "guild_id": guild, "name": "news", "position": 0}
    member = {
        "user": {"id": str(FIRST_USER + person), "username": f"p{person}", "discriminator": "0", "avatar": None},
        "roles": [],
        "joined_at": "2025-01-01T00:00:00+00:00",
        "permissions": MEMBER if person else MANAGER,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return {
        "id": str(time_snowflake(utcnow())), "application_id": APPLICATION, "type": 2, "token": str(order.number),
        "version": 1, "data": data, "guild_id": guild, "guild_locale": "en-US",
        "guild": {"id": guild, "locale": "en-US", "features": []},
        "channel_id": channel["id"], "channel": channel, "member": member, "locale": "en-US", "context": 0,
        "entitlements": [], "authorizing_integration_owners": {"0": guild}, "app_permissions": MANAGER,
        "attachment_size_limit": 10_000_000,
    }  # fmt: skip


def _guild(number: int) -> Option:
    guild = str(FIRST_GUILD + number)
    everyone = {
        "id": guild, "name": "@everyone", "permissions": MEMBER, "position": 0, "color": 0, "hoist": False,
        "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip
    channel = {"id": str(FIRST_CHANNEL + number), "type": 0, "name": "news", "position": 0, "permission_overwrites": []}
    me = {"user": USER, "roles": [], "joined_at": "2025-01-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    return {
        "id": guild, "name": f"Server {number}", "icon": None, "owner_id": str(FIRST_USER), "member_count": 2,
        "roles": [everyone], "channels": [channel], "members": [me], "threads": [], "emojis": [], "stickers": [],
        "features": [], "voice_states": [], "presences": [], "stage_instances": [], "guild_scheduled_events": [],
        "preferred_locale": "en-US", "large": False, "verification_level": 0, "default_message_notifications": 0,
        "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "system_channel_flags": 0,
        "afk_timeout": 300, "premium_progress_bar_enabled": False,
    }  # fmt: skip


def _message(number: int, sent: Option) -> Option:
    return {
        "id": str(FIRST_MESSAGE + number), "channel_id": str(FIRST_CHANNEL), "author": USER, "content": "", "type": 0,
        "pinned": False, "tts": False, "timestamp": "2025-11-01T00:00:00+00:00", "edited_timestamp": None,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
        "embeds": sent.get("embeds", []),
    }  # fmt: skip


def _json(answer: Any) -> web.Response:
    return web.Response(body=json.dumps(answer).encode(), content_type="application/json")
