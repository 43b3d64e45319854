"""`python -m bot --demo`: the real bot over the samples, on a Discord that is simulated in this process (SimCord).

No token, no account and no network: the page is served on this machine, to whoever has its address.
"""

import asyncio
import inspect
import re
import sys
import webbrowser
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import discord
import simcord
from discord.ext import tasks

from bot.archive import Archive
from bot.client import Pullquote
from bot.connection.stopping import until_stopped
from bot.settings import has_display
from index import IndexConfig, NewsIndex, Progress, open_records

if TYPE_CHECKING:
    from simcord import Preview

PROJECT = Path(__file__).resolve().parent.parent
SAMPLES = PROJECT / "samples" / "articles"
DATA = PROJECT / ".demo"
HOME = 1_300_000_000_000_000_000  # id of the server that is shown

FIRST_QUESTION = "Who suggested postponing the summit?"
PATIENCE_S = 120.0  # SimCord gives up on a bot that works for longer; reindexing on a slow machine takes its time

TOPIC = "The bot is real, the Discord around it is simulated. Type / to see its commands."
WELCOME = """\
👋 **Welcome!** Pullquote answers from {articles} sample articles, with quotes only, word for word. \
Your turn, in the box below:
- `/ask` how many people were hurt in the ferry accident?
- `/ask` who won the 2022 World Cup?
- `/search` ferry
"""

READY = """
Pullquote's demo is ready: {articles} articles, the real bot, a simulated Discord.

  Open   {url}
  Type   /ask who suggested postponing the summit?
         /search ferry
         /ask who won the 2022 World Cup?     (it says that the archive does not answer that)
  Stop   Ctrl-C
"""


_TYPED = re.compile(
    r"/(?P<command>ask|search|latest|follows|follow|unfollow|help|archive (?:reindex|status|recent|list))\b"
    r"\s*(?P<words>.*)",
    re.DOTALL,
)
_OPTIONS = {
    "ask": "question",
    "search": "query",
    "follow": "topic",
    "unfollow": "topic",
}  # the one that takes the words after the command


class You(simcord.MemberActor):
    """The viewer. A command that is typed out is run, as by Discord's own composer; SimCord's would send it as text."""

    async def send(
        self,
        channel: simcord.ChannelHandle,
        content: str = "",
        *,
        reply_to: discord.Message | simcord.ResponseMessage | None = None,
        attachments: Sequence[tuple[str, bytes]] = (),
    ) -> discord.Message:
        """Send the message, or run the command that it spells."""
        typed = _TYPED.fullmatch(content.strip())
        if typed:
            option, words = _OPTIONS.get(typed["command"]), typed["words"]
            result = await self.slash(channel, typed["command"], **({option: words} if option else {}))
            if result.response is not None:
                return result.response.message
        me = self._env.bot.user
        addressed = re.sub(rf"(?i)@{me.name}\b", me.mention, content) if me else content
        return await super().send(channel, addressed, reply_to=reply_to, attachments=attachments)


class NoDemo(Exception):
    """The demo cannot be shown here; the message is one sentence."""


def run(data: Path | None, *, port: int, browser: bool) -> None:
    """Index the samples, unless that has been done, and serve the page until Ctrl-C.

    Raises:
        NoDemo: the samples are missing, or the port is taken.
    """
    if not SAMPLES.is_dir():
        raise NoDemo(
            f"The demo reads the sample articles in {SAMPLES}, and they are not there: run it in the source tree."
        )
    config = IndexConfig(data=data or DATA)
    index, records = NewsIndex.open(config), open_records(config)
    archive = Archive(index, records, deadline_s=PATIENCE_S)
    try:
        articles = _read_samples(index)
        asyncio.run(until_stopped(_serve(archive, articles, port=port, browser=browser)))
        print("The demo has ended.")
    except simcord.SetupError as error:
        raise NoDemo(f"The demo cannot be shown: {error}.") from None
    except TimeoutError:
        raise NoDemo("The demo cannot be shown: this machine is too busy just now. Please start it again.") from None
    finally:
        archive.close()
        records.close()
        index.close()


def _read_samples(index: NewsIndex) -> int:
    print("Reading the sample articles …", flush=True)
    report = index.add_sources([str(SAMPLES)], on_progress=_print_progress)
    articles = index.status().articles
    print(f"{articles} articles, {report.added + report.changed} of them new. Asking a first question …", flush=True)
    return articles


def _print_progress(now: Progress) -> None:
    if sys.stdout.isatty():
        print(f"\r  {now.stage} {now.done} of {now.total or '?'}\033[K", end="", flush=True)
        print("\r\033[K" if now.done == now.total else "", end="", flush=True)


async def _serve(archive: Archive, articles: int, *, port: int, browser: bool) -> None:
    bot = Pullquote(archive, sources=[SAMPLES], home_guilds=[HOME])
    async with simcord.run(bot, shard_count=1, settle_timeout=PATIENCE_S, check_errors=False) as env:
        await _come_to_today(env, bot)
        preview = await _stage(env, articles, port)
        async with preview:
            print(READY.format(articles=articles, url=preview.url), flush=True)
            if browser and has_display():
                webbrowser.open(preview.url)
            await preview.wait_closed()


async def _come_to_today(env: simcord.Env, bot: Pullquote) -> None:
    """SimCord's clock begins on a day of its own and stops at each timer on the way: what the bot repeats must wait."""
    loops = [loop for cog in bot.cogs.values() for _, loop in inspect.getmembers(cog, _is_loop)]
    for loop in loops:
        loop.cancel()
    await env.settle()
    await env.advance_time((datetime.now(UTC) - env.now()).total_seconds())
    for loop in loops:
        loop.start()


def _is_loop(one: object) -> bool:
    return isinstance(one, tasks.Loop)


async def _stage(env: simcord.Env, articles: int, port: int) -> "Preview":
    """A server with a channel, a welcome, a first question that the bot has answered, and you."""
    if env.bot.user is not None:
        await env.bot.user.edit(username="Pullquote")
    guild = env.create_guild("The Newsroom", id=HOME)
    channel = guild.create_text_channel("ask-the-archive", topic=TOPIC)
    keeper = guild.create_role("keeper", permissions=discord.Permissions(manage_guild=True))
    you = env.create_user("you", global_name="You")
    guild.add_member(you, roles=[keeper])
    nora = guild.add_member(env.create_user("nora", global_name="Nora"))
    await nora.send(channel, WELCOME.format(articles=articles))
    await nora.slash(channel, "ask", question=FIRST_QUESTION)
    return env.preview(channel, viewers=[You(env, guild, you)], layout="channel", port=port or None)
