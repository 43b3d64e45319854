"""A Discord with several shards and servers, and people in it who go on asking and ordering, whoever serves them."""

import asyncio
import itertools
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.bot.discord_server import APPLICATION, USER, DiscordServer

SHARDS = 2
MESSAGES = 1 << 59  # and a command's number: the id of the message that shows it
LOADING = 1 << 7  # the flag of a message that shows the bot thinking
MANAGES = "32"  # Manage Server
ADMIN = {"id": "1005", "username": "alice", "discriminator": "0", "avatar": None}
WORDS = "captain sailors"
QUESTION = "How many sailors did the captain rescue?"
FACT = "The captain of {port} did rescue 14 sailors."  # the article that each server has of its own


@dataclass
class Command:
    """Something that a person did: what became of it."""

    kind: str  # "ask", "search", "latest" or "add"
    guild: int
    name: str  # of the article that was sent
    acknowledged: bool = False
    shown: list[str] = field(default_factory=list)  # each state of the message, the last is what people see now

    @property
    def is_accepted(self) -> bool:
        """Whether it is an order that was shown as one that waits, and not one too many."""
        return self.kind == "add" and any("Waiting for its turn" in one for one in self.shown)


class Crowd(DiscordServer):
    """Two servers a shard. Commands go to whoever serves the shard now."""

    def __init__(self, seed: int) -> None:
        super().__init__(shards=SHARDS)
        self.dice = random.Random(seed)  # noqa: S311 - not for secrets
        self.guild_ids = [(number * SHARDS + shard + 1000) << 22 for shard in range(SHARDS) for number in range(1, 3)]
        self.commands: dict[str, Command] = {}  # by token
        self.serving: dict[int, web.WebSocketResponse] = {}  # by shard
        self.doubled: list[int] = []  # shards that were begun while another socket served them
        self.files: dict[str, bytes] = {}
        self._numbers = itertools.count(1)
        self.app.router.add_get("/file/{name}", self._file)

    @staticmethod
    def port(guild: int) -> str:
        """The word that only this server's own articles hold."""
        return f"port{'abcdefgh'[(guild >> 22) % 8]}"

    @staticmethod
    def shard(guild: int) -> int:
        return (guild >> 22) % SHARDS

    def is_served(self, shard: int) -> bool:
        return shard in self.serving and not self.serving[shard].closed

    async def served(self, within_s: float) -> float:
        """Come back when all shards are served; after how many seconds."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.timeout(within_s):
            while not all(map(self.is_served, range(SHARDS))):  # noqa: ASYNC110 - sockets come and go
                await asyncio.sleep(0.05)
        return loop.time() - began

    async def live(self) -> None:
        """People go on, some commands a second, until cancelled."""
        while True:
            guild = self.dice.choice(self.guild_ids)
            (deed,) = self.dice.choices([self.order, self.search, self.question], [1, 1, 8])
            await deed(guild)
            await asyncio.sleep(self.dice.uniform(0.05, 0.3))

    async def rush(self) -> None:
        """In every server everybody wants something at the same moment."""
        for guild in self.guild_ids:
            for deed in (self.question, self.search, self.latest):
                await deed(guild)

    async def question(self, guild: int) -> None:
        """Somebody asks of what every server has an article of its own about."""
        option = {"type": 3, "name": "question", "value": QUESTION}
        await self._command(
            guild, Command("ask", guild, ""), {"id": "1", "name": "ask", "type": 1, "options": [option]}
        )

    async def search(self, guild: int) -> None:
        """Somebody looks for the same."""
        option = {"type": 3, "name": "query", "value": WORDS}
        data = {"id": "3", "name": "search", "type": 1, "options": [option]}
        await self._command(guild, Command("search", guild, ""), data)

    async def latest(self, guild: int) -> None:
        """Somebody looks at what came in: that is not done again for them, should the bot die."""
        await self._command(
            guild, Command("latest", guild, ""), {"id": "4", "name": "latest", "type": 1, "options": []}
        )

    async def order(self, guild: int) -> None:
        """An admin sends a file."""
        name = f"n{next(self._numbers)}.txt"
        self.files[name] = f"Note {name}\n\nA note of {self.port(guild)}, number {name}.".encode()
        file = {"id": "9", "filename": name, "size": len(self.files[name]), "url": f"http://{self.address}/file/{name}",
                "proxy_url": f"http://{self.address}/file/{name}", "content_type": "text/plain"}  # fmt: skip
        option = {"type": 1, "name": "add", "options": [{"type": 11, "name": "attachment", "value": "9"}]}
        data = {"id": "2", "name": "archive", "type": 1, "options": [option], "resolved": {"attachments": {"9": file}}}
        await self._command(guild, Command("add", guild, name), data)

    async def _command(self, guild: int, command: Command, data: dict[str, Any]) -> None:
        if not self.is_served(self.shard(guild)):
            return
        number = next(self._numbers)
        token = f"a-token-{number}"
        self.commands[token] = command
        member = {"user": ADMIN, "roles": [], "joined_at": "2025-11-01T00:00:00+00:00", "deaf": False, "mute": False,
                  "permissions": MANAGES, "flags": 0}  # fmt: skip
        channel = {"id": str(guild + 1), "type": 0, "guild_id": str(guild), "name": "news", "position": 0,
                   "permission_overwrites": [], "permissions": "8"}  # fmt: skip
        with suppress(ConnectionError):
            await self._dispatch(
                self.serving[self.shard(guild)],
                "INTERACTION_CREATE",
                {
                    "id": str((1 << 60) + number), "application_id": APPLICATION, "type": 2, "token": token,
                    "version": 1,
                    "data": data, "guild_id": str(guild), "channel_id": str(guild + 1), "channel": channel,
                    "locale": "en-US", "guild_locale": "en-US", "context": 0, "member": member, "entitlements": [],
                    "authorizing_integration_owners": {}, "app_permissions": "8", "attachment_size_limit": 10_000_000,
                },
            )  # fmt: skip

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]])

    def reply(self, method: str, path: str, body: Any) -> web.Response:
        """Heed the rules by which a command is acknowledged once, and remember what people see."""
        embeds = ((body or {}).get("data") or body or {}).get("embeds") if isinstance(body, dict) else None
        parts = path.split("/")
        if path.endswith("/callback"):
            command = self.commands[parts[-2]]
            if command.acknowledged:
                return _refusal(40060)
            command.acknowledged = True
            _note(command, embeds)
        elif path.startswith("/webhooks/"):
            _note(self.commands[parts[3]], embeds)
            return _shown(parts[3], embeds, is_loading=not self.commands[parts[3]].shown)
        elif "/messages/" in path and method == "PATCH":
            token = f"a-token-{int(parts[-1]) - MESSAGES}"
            if token not in self.commands:  # of an order that was never shown
                return _refusal(10008, 404)
            _note(self.commands[token], embeds)
            return _shown(token, embeds)
        return super().reply(method, path, body)

    async def _ready(self, socket: web.WebSocketResponse, shard: list[int]) -> None:
        if self.is_served(shard[0]):
            self.doubled.append(shard[0])
        guilds = [one for one in self.guild_ids if self.shard(one) == shard[0]]
        ready = {"v": 10, "user": USER, "guilds": [{"id": str(one), "unavailable": True} for one in guilds],
                 "session_id": "s", "resume_gateway_url": f"ws://{self.address}/socket", "shard": shard}  # fmt: skip
        await self._dispatch(socket, "READY", ready | {"application": {"id": APPLICATION, "flags": 0}})
        for one in guilds:
            await self._dispatch(socket, "GUILD_CREATE", _guild(one))
        self.serving[shard[0]] = socket


def _note(command: Command, embeds: list[dict[str, Any]] | None) -> None:
    if embeds:
        command.shown.append("\n".join(f"{one.get('title') or ''}\n{one.get('description') or ''}" for one in embeds))


def _refusal(code: int, status: int = 400) -> web.Response:
    body = json.dumps({"code": code, "message": "refused"}).encode()
    return web.Response(body=body, status=status, content_type="application/json")


def _shown(token: str, embeds: list[dict[str, Any]] | None, *, is_loading: bool = False) -> web.Response:
    """The message, whose id tells of which command it is."""
    message = {"id": str(MESSAGES + int(token.rpartition("-")[2])), "channel_id": "1", "author": USER, "content": "",
               "type": 0, "pinned": False, "tts": False, "timestamp": "2025-11-01T00:00:00+00:00", "mentions": [],
               "edited_timestamp": None, "mention_everyone": False, "mention_roles": [], "attachments": [],
               "embeds": embeds or [], "flags": LOADING * is_loading}  # fmt: skip
    return web.Response(body=json.dumps(message).encode(), content_type="application/json")


def _guild(number: int) -> dict[str, Any]:
    role = {"id": str(number), "name": "@everyone", "permissions": "0", "position": 0, "color": 0, "hoist": False,
            "managed": False, "mentionable": False, "flags": 0}  # fmt: skip
    me = {"user": USER, "roles": [], "joined_at": "2025-11-01T00:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    channel = {"id": str(number + 1), "type": 0, "name": "news", "position": 0, "permission_overwrites": []}
    return {
        "id": str(number), "name": f"server {number >> 22}", "owner_id": "1005", "roles": [role], "emojis": [],
        "stickers": [], "features": [], "members": [me], "channels": [channel], "threads": [], "voice_states": [],
        "presences": [], "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
        "member_count": 2, "large": False, "unavailable": False, "preferred_locale": "en-US",
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
        "nsfw_level": 0, "premium_tier": 0, "system_channel_flags": 0, "afk_timeout": 300,
        "premium_progress_bar_enabled": False,
    }  # fmt: skip
