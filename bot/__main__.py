"""`python -m bot`: the place where the bot is put together from its parts."""

import argparse
import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import discord

from bot.archive import Allowance, Archive
from bot.client import Pullquote
from bot.connection.addresses import speak_to
from bot.connection.finishing import Ending, end_in_time, finishing
from bot.connection.observing import observed
from bot.connection.shards import Shards
from bot.connection.steadiness import steady
from bot.connection.stopping import until_stopped
from bot.doctor import run_doctor
from bot.doctor.token import application_in
from bot.guilds import Guilds
from bot.logs import set_up_logging
from bot.measures import Gateway, Logged, Measures, Traces
from bot.settings import BadSetting, Settings, described, given
from index import ArchiveUnusable, Leases, ModelUnusable, NewsIndex, open_errands, open_leases, open_records

log = logging.getLogger(__name__)

DONE, UNREACHABLE, USAGE, UNUSABLE = 0, 1, 2, 3

TOKENLESS = (
    "DISCORD_TOKEN is not set: put DISCORD_TOKEN= and your bot's token into the file .env in this folder, or into the "
    "environment, or try the bot without one: python -m bot --demo"
)
REFUSED = "Discord does not accept the token in DISCORD_TOKEN: make a new one in the developer portal, under Bot."
OFFLINE = "Discord cannot be reached: look at this machine's connection, then start again."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot, the demo or the doctor; the exit code: 0 done, 1 no connection, 2 usage, 3 archive unusable."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.demo and (options.data or options.port or options.no_browser):
        parser.error("--data, --port and --no-browser go with --demo; the bot's own archive is PULLQUOTE_DATA")
    if (options.online or options.json) and not options.doctor:
        parser.error("--online and --json go with --doctor")
    if options.doctor:
        environ, in_file = given()
        return run_doctor(environ, Path(".env"), in_file, online=options.online, as_json=options.json)
    return run(lambda: _demo(options) if options.demo else serve(Settings.load()))


def run(program: Callable[[], int]) -> int:
    """The program's exit code; what stops it, as one line on stderr."""
    try:
        return program()
    except BadSetting as error:
        return _fail(str(error), USAGE)
    except (ArchiveUnusable, ModelUnusable) as error:
        return _fail(str(error), UNUSABLE)
    except KeyboardInterrupt:
        return DONE


def serve(settings: Settings) -> int:
    """Answer on Discord until stopped."""
    if not settings.token:
        return _fail(TOKENLESS, USAGE)
    set_up_logging(logging.getLevelNamesMapping()[settings.log_level], settings.log)
    traces = Traces.open(settings.traces)
    measures = Measures(traces)
    index = NewsIndex.open(settings.index, on_stage=measures.stage)
    if not index.status().articles:
        log.warning("the archive in %s is empty: pullquote add SOURCE", settings.data)
    index.warm()  # what is wrong with model or archive is said now, and nobody waits for it later
    if application_in(settings.token) is None:
        log.warning("DISCORD_TOKEN has not the form of a bot's token; python -m bot --doctor tells more")
    records, errands, leases = open_records(settings.index), open_errands(settings.index), open_leases(settings.index)
    archive = Archive(
        index,
        records,
        readers=settings.readers,
        waiting=settings.waiting,
        deadline_s=settings.deadline_s,
        each_server=Allowance(settings.server_articles, settings.server_sources),
    )
    if errands:
        archive.order_from(errands)
    archive.tell_waits_to(partial(measures.stage, "queue"))
    logging.getLogger().addHandler(logged := Logged(measures))
    try:
        parts = Parts(settings, archive, measures)
        return asyncio.run(_shared(parts, leases) if leases else _alone(parts))
    finally:
        logging.getLogger().removeHandler(logged)
        archive.close()
        records.close()
        for one in (errands, leases):
            if one:
                one.close()
        index.close()
        traces.close()


class Parts(NamedTuple):
    """What a bot is put together from."""

    settings: Settings
    archive: Archive
    measures: Measures

    def bot(self, guilds: Guilds | None = None, shard: tuple[int, int] | None = None) -> Pullquote:
        """A client for all shards, or for one of so many."""
        settings = self.settings
        bot = Pullquote(
            self.archive,
            sources=settings.sources,
            home_guilds=settings.home_guilds,
            measures=self.measures,
            guilds=guilds,
            shard=shard,
        )
        speak_to(bot, api=settings.api_url, gateway=settings.gateway_url)
        steady(bot)
        return bot


async def _alone(parts: Parts) -> int:
    """One client for all shards, and no other process."""
    bot = parts.bot()
    async with _measured(parts, bot):
        return await connect(bot, parts.settings.token, _finishing(parts.archive, bot.underway))


async def _shared(parts: Parts, leases: Leases) -> int:
    """A client for each shard that is this process's by a lease."""
    gateway, guilds = Gateway(None, parts.measures), Guilds(parts.archive.notes)

    def new_client(number: int, count: int) -> Pullquote:
        bot = parts.bot(guilds, (number, count))
        gateway.watch(bot)
        return bot

    shards = Shards(leases, new_client)

    async def serve_them() -> None:
        advised, at_once = await _advised(parts.settings)
        await shards.run(parts.settings.token, advised=advised, at_once=at_once)

    async with _measured(parts, gateway):
        return await _until_stopped(serve_them(), _finishing(parts.archive, shards))


async def _advised(settings: Settings) -> tuple[int, int]:
    """How many shards Discord advises, and how many of them may begin at a time."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        speak_to(client, api=settings.api_url, gateway=settings.gateway_url)
        await client.login(settings.token)
        shards, _, starts = await client.http.get_bot_gateway()
    return shards, starts["max_concurrency"]


@asynccontextmanager
async def _measured(parts: Parts, bot: Pullquote | Gateway) -> AsyncIterator[None]:
    async with observed(bot, parts.archive, parts.measures, parts.settings.metrics) as there:
        if there:
            log.info("metrics at http://%s:%s/metrics", *there)
        yield


def _finishing(archive: Archive, underway: Ending) -> Callable[[], Awaitable[None]]:
    finish = finishing(archive, underway)

    async def in_time() -> None:
        end_in_time()
        await finish()

    return in_time


async def connect(bot: discord.Client, token: str, finish: Callable[[], Awaitable[None]] | None = None) -> int:
    """Be on Discord until stopped, and until `finish` is done then; the exit code."""

    async def be_there() -> None:
        async with bot:
            await bot.start(token)

    return await _until_stopped(be_there(), finish)


async def _until_stopped(work: Coroutine[Any, Any, None], finish: Callable[[], Awaitable[None]] | None) -> int:
    try:
        await until_stopped(work, finish)
    except discord.LoginFailure:
        return _fail(REFUSED, USAGE)
    except (aiohttp.ClientError, OSError, discord.HTTPException, discord.GatewayNotFound):
        return _fail(OFFLINE, UNREACHABLE)
    return DONE


def _demo(options: argparse.Namespace) -> int:
    try:
        from bot.demo import NoDemo, run  # noqa: PLC0415 - the simulated Discord is no part of the bot in service
    except ModuleNotFoundError:
        return _fail("The demo needs SimCord, which is not installed: run it with `make demo`.", USAGE)
    try:
        run(options.data, port=options.port, browser=not options.no_browser)
    except NoDemo as error:
        return _fail(str(error), UNREACHABLE)
    return DONE


def _fail(sentence: str, code: int) -> int:
    print(f"pullquote: {sentence}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Pullquote in Discord: answers from a news archive, in quotes, word for word.",
        epilog="settings, from the environment or the file .env:\n" + _variables(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pullquote {version('pullquote')}")
    parser.add_argument(
        "--demo", action="store_true", help="open the bot on a simulated Discord in the browser; no token"
    )
    parser.add_argument(
        "--doctor",
        action="store_true",
        help="look at settings, token and archive, and say what mends what is amiss; exit code 1 for warnings, 3 where "
        "something is wrong",
    )
    doctor = parser.add_argument_group("with --doctor")
    doctor.add_argument(
        "--online", action="store_true", help="log in, look at intents, servers and permissions, and at watched sites"
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    demo = parser.add_argument_group("with --demo")
    demo.add_argument("--port", type=_port, default=0, help="port of the page on this machine (default: a free one)")
    demo.add_argument("--no-browser", action="store_true", help="print the address only")
    demo.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of the demo's archive (default: .demo of the project)"
    )
    return parser


def _variables() -> str:
    rows = [(name, f"{about} (default: {default or 'none'})") for name, default, about in described()]
    return "\n".join(f"  {name:<28} {about}" for name, about in rows)


def _port(raw: str) -> int:
    port = int(raw)
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the range of ports
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


if __name__ == "__main__":
    sys.exit(main())
