"""What Discord says: whether the token is taken, what is switched on, and what each server allows.

It logs in and asks; it opens no gateway, so that a bot that runs meanwhile is left alone.
"""

import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import discord
from discord.http import Route

from bot.connection.addresses import speak_to
from bot.doctor.permissions import NEEDED, missing
from bot.settings import Settings
from index import Finding, fine, suspect, wrong

PAGE = 200  # servers in one request: https://discord.com/developers/docs/resources/user#get-current-user-guilds
SLACK_S = 60.0  # of this machine's clock against Discord's
FEW_STARTS = 50  # of the 1,000 of a day
PATIENCE_S = 15.0
INVITATION = "https://discord.com/oauth2/authorize?client_id={id}&scope=bot+applications.commands&permissions={bits}"

_RESET = "developer portal, your application, Bot, Reset Token; put it into .env behind DISCORD_TOKEN="
_NETWORK = (
    "look at this machine's connection and DNS, and at DISCORD_API_URL; https://discordstatus.com tells of outages"
)
_PRIVILEGED = {"message_content": "Message Content", "guild_members": "Server Members", "presence": "Presence"}


async def look_at_discord(settings: Settings) -> list[Finding]:
    """What is found; where Discord cannot be asked, that is all."""
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with client:
            speak_to(client, api=settings.api_url)
            return [one async for one in _findings(client, settings)]
    except discord.LoginFailure:
        return [wrong("login", "Discord does not accept the token", _RESET)]
    except (aiohttp.ClientError, OSError, discord.HTTPException, discord.GatewayNotFound) as error:
        return [wrong("discord", f"it cannot be asked ({type(error).__name__})", _NETWORK)]


async def _findings(client: discord.Client, settings: Settings) -> AsyncIterator[Finding]:
    yield await _reached()
    await client.login(settings.token)
    me = client.user
    yield fine("login", f"as {me}" if me else "the token is taken")
    application = await client.application_info()
    yield _intents(application.flags)
    shards, _, starts = await client.http.get_bot_gateway()
    yield _gateway(shards, starts["remaining"], starts["total"])
    servers = [one async for one in _servers(client)]
    for one in _homes(settings, servers):
        yield one
    for one in _allowed(servers, application.id):
        yield one


async def _reached() -> Finding:
    """By asking for what needs no token; the answer tells Discord's time, too."""
    started = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{Route.BASE}/gateway") as answer:
        stated = answer.headers.get("Date")
    took_s = time.monotonic() - started
    off_s = abs((datetime.now(UTC) - parsedate_to_datetime(stated)).total_seconds()) if stated else 0.0
    if off_s > SLACK_S:
        return suspect("clock", f"this machine's is {off_s:,.0f} s off Discord's", "timedatectl set-ntp true")
    return fine(
        "discord", f"answered after {took_s:.1f} s" + (f"; the clocks differ by {off_s:.0f} s" if stated else "")
    )


def _intents(flags: discord.ApplicationFlags) -> Finding:
    """None of the privileged ones is needed; one that is on does no harm, and means more for Discord to review."""
    on = [
        name
        for flag, name in _PRIVILEGED.items()
        if getattr(flags, f"gateway_{flag}") or getattr(flags, f"gateway_{flag}_limited")
    ]
    if on:
        return fine("intents", f"the bot needs no privileged one; {', '.join(on)} could be switched off in the portal")
    return fine("intents", "no privileged one is on, and none is needed")


def _gateway(shards: int, remaining: int, total: int) -> Finding:
    found = f"{shards:,} shard{'s' * (shards != 1)} advised, {remaining:,} of {total:,} starts left for today"
    if remaining < FEW_STARTS:
        return suspect("gateway", found, "find out why the bot starts so often: docker compose logs bot")
    return fine("gateway", found)


async def _servers(client: discord.Client) -> AsyncIterator[Any]:
    """Every server as Discord describes it to its member, with the permission bits that hold there."""
    last: discord.Object | None = None
    while page := await client.http.get_guilds(PAGE, after=last.id if last else None, with_counts=False):
        for server in page:
            yield server
        if len(page) < PAGE:
            return
        last = discord.Object(int(page[-1]["id"]))


def _homes(settings: Settings, servers: list[Any]) -> Iterator[Finding]:
    there = {int(one["id"]) for one in servers}
    for home in settings.home_guilds:
        if home not in there:
            mend = "correct PULLQUOTE_HOME_GUILDS, or invite the bot there"
            yield suspect("server", f"PULLQUOTE_HOME_GUILDS names {home}, where the bot is not", mend)


def _allowed(servers: list[Any], application_id: int) -> Iterator[Finding]:
    invitation = INVITATION.format(id=application_id, bits=NEEDED.value)
    if not servers:
        yield suspect("servers", "the bot is in none", f"open {invitation}")
        return
    lacking = {str(one["id"]): lacks for one in servers if (lacks := missing(int(one["permissions"])))}
    for server_id, lacks in lacking.items():
        mend = f"allow the bot's role that in the server's settings, or open {invitation}&guild_id={server_id}"
        yield suspect("server", f"{server_id} does not allow {', '.join(lacks)}", mend)
    yield fine("servers", f"{len(servers) - len(lacking):,} of {len(servers):,} allow all that is needed")
