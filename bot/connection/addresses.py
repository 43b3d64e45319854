"""Where Discord is: itself, or a server that is compatible with it. The one place that tells discord.py."""

import re

import discord
from aiohttp import ClientWebSocketResponse
from discord.gateway import DiscordWebSocket
from discord.http import INTERNAL_API_VERSION, Route
from yarl import URL


def speak_to(client: discord.Client, *, api: str = "", gateway: str = "") -> None:
    """Send every request of this process to `api`, and open every gateway socket of this client at `gateway`.

    An `api` that names no version gets the one that discord.py speaks. Without a `gateway` the API is asked for it.
    Addresses that are not given stay Discord's own; discord.py keeps the API's for the whole process.
    """
    if api:
        Route.BASE = re.sub(r"(?<=/api)$", f"/v{INTERNAL_API_VERSION}", api.rstrip("/"))
    if gateway:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
    if api or gateway:
        _open_sockets_at(client, gateway)


def _open_sockets_at(client: discord.Client, gateway: str) -> None:
    """Open sockets there, also where discord.py has an address of its own: for a resumed session, or a lost one."""
    connect = client.http.ws_connect

    async def there(url: str, *, compress: int = 0) -> ClientWebSocketResponse:
        address = gateway or (await client.http.get_bot_gateway())[1]
        return await connect(str(URL(address).update_query(URL(url).query)), compress=compress)

    client.http.ws_connect = there  # type: ignore[method-assign]  # discord.py makes its HTTP client itself
