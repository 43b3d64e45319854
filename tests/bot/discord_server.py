"""A server that speaks as much of Discord's API and gateway as a bot needs to come up and answer one command."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import discord
from aiohttp import web

TOKEN = "a token"  # noqa: S105 - not one
APPLICATION, CHANNEL, MESSAGE = "1001", "1002", "1003"
USER = {"id": APPLICATION, "username": "pullquote", "discriminator": "0", "avatar": None, "bot": True}
INFO: dict[str, Any] = {"id": APPLICATION, "name": "pullquote", "description": "", "icon": None, "bot_public": True}
INFO |= {"bot_require_code_grant": False, "verify_key": "0" * 64, "owner": USER, "flags": 0}
LIMIT = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
ELSEWHERE = "wss://gateway.discord.invalid"  # what a simple server may say of itself; nothing listens there


class Request(NamedTuple):
    """What was asked of the API. The path is without `/api/v10`."""

    method: str
    path: str
    body: Any


class DiscordServer:
    """One application and no servers. It keeps what it was asked and what it heard at the gateway."""

    def __init__(self, *, shards: int = 1) -> None:
        self.shards = shards
        self.requests: asyncio.Queue[Request] = asyncio.Queue()
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.guilds: list[dict[str, Any]] = []  # that the application is in, as GET /users/@me/guilds describes them
        self.token = TOKEN  # the only one that is taken
        self.sockets: list[web.WebSocketResponse] = []
        self.app = web.Application()
        self.app.router.add_get("/socket", self._gateway)
        self.app.router.add_route("*", "/api/v10/{path:.*}", self._api)
        self.address = ""  # host and port, once it runs

    @asynccontextmanager
    async def running(self) -> AsyncIterator["DiscordServer"]:
        """Listen on a free port of this machine."""
        runner = web.AppRunner(self.app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = "{}:{}".format(*runner.addresses[0])
        try:
            yield self
        finally:
            await runner.cleanup()

    async def hear(self, op: int) -> dict[str, Any]:
        """The next message with this opcode that a bot sends to the gateway."""
        while True:
            said = await asyncio.wait_for(self.heard.get(), 30)
            if said["op"] == op:
                return said

    async def asked(self, method: str, ending: str) -> Request:
        """The next request with this method and this end of its path."""
        while True:
            request = await asyncio.wait_for(self.requests.get(), 60)
            if request.method == method and request.path.endswith(ending):
                return request

    async def ask(self, question: str, *, number: int = 0) -> None:
        """Somebody runs /ask in a direct message. The number tells one interaction and its token from another."""
        token = f"a-token-{number}" if number else "a-token"
        option = {"type": 3, "name": "question", "value": question}
        await self._dispatch(
            self.sockets[0],
            "INTERACTION_CREATE",
            {
                "id": str(2000 + number), "application_id": APPLICATION, "type": 2, "token": token, "version": 1,
                "data": {"id": "1", "name": "ask", "type": 1, "options": [option]},
                "channel_id": CHANNEL, "channel": {"id": CHANNEL, "type": 1}, "locale": "en-US", "context": 1,
                "user": {"id": "1005", "username": "alice", "discriminator": "0", "avatar": None},
                "entitlements": [], "authorizing_integration_owners": {}, "app_permissions": "0",
                "attachment_size_limit": 0,
            },
        )  # fmt: skip

    async def _api(self, request: web.Request) -> web.Response:
        body: Any = await request.json() if request.can_read_body else None
        path = f"/{request.match_info['path']}"
        self.requests.put_nowait(Request(request.method, path, body))
        if request.headers.get("Authorization") not in (None, f"Bot {self.token}"):
            return _json({"code": 0, "message": "401: Unauthorized"}, status=401)
        return self.reply(request.method, path, body)

    def reply(self, method: str, path: str, body: Any) -> web.Response:
        """What is answered to a request."""
        gateway = {"url": f"ws://{self.address}/socket", "shards": self.shards, "session_start_limit": LIMIT}
        known: dict[tuple[str, str], Any] = {
            ("GET", "/users/@me"): USER,
            ("GET", "/oauth2/applications/@me"): INFO,
            ("GET", "/gateway/bot"): gateway,
            ("GET", "/gateway"): {"url": gateway["url"]},
            ("GET", "/users/@me/guilds"): self.guilds,
        }
        if method == "PUT":
            return _json([_command(number, one) for number, one in enumerate(body, start=1)])
        if path.endswith("/callback"):
            return _json({"interaction": {"id": path.split("/")[2], "type": 2}})
        if path.endswith("/@original"):
            return _json(_message(body))
        answer = known.get((method, path))
        return _json({"code": 0, "message": "404"} if answer is None else answer, status=404 if answer is None else 200)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}, "s": None, "t": None})
        async for message in socket:
            said = json.loads(message.data)
            if said["op"] == 1:
                await socket.send_json({"op": 11, "d": None, "s": None, "t": None})
            if said["op"] == 2:
                await self._ready(socket, said["d"]["shard"])
            self.heard.put_nowait(said)
        return socket

    async def _ready(self, socket: web.WebSocketResponse, shard: list[int]) -> None:
        ready = {"v": 10, "user": USER, "guilds": [], "session_id": "s", "resume_gateway_url": ELSEWHERE}
        await self._dispatch(socket, "READY", ready | {"application": {"id": APPLICATION, "flags": 0}, "shard": shard})

    async def _dispatch(self, socket: web.WebSocketResponse, event: str, data: dict[str, Any]) -> None:
        await socket.send_json({"op": 0, "s": 1, "t": event, "d": data})


@asynccontextmanager
async def online(bot: discord.Client) -> AsyncIterator[None]:
    """The bot, logged in and ready; its end is waited for."""
    async with bot:
        running = asyncio.create_task(bot.start(TOKEN))
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait({running, ready}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            await running
        assert ready.done(), "the bot did not get ready"
        yield
        await bot.close()
        await running


def _json(answer: Any, status: int = 200) -> web.Response:
    """Without a charset in its type, as Discord does it: discord.py takes anything else for text."""
    return web.Response(body=json.dumps(answer).encode(), content_type="application/json", status=status)


def _command(number: int, sent: dict[str, Any]) -> dict[str, Any]:
    # Menus are sent without a description and come back with an empty one.
    return {"description": "", **sent, "id": str(number), "application_id": APPLICATION, "version": "1"}


def _message(sent: dict[str, Any]) -> dict[str, Any]:
    shown = {"id": MESSAGE, "channel_id": CHANNEL, "author": USER, "content": "", "type": 0}
    shown |= {"pinned": False, "tts": False, "timestamp": "2025-11-01T00:00:00+00:00", "edited_timestamp": None}
    return shown | {
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": sent.get("embeds", []),
    }
