"""A server that removes the bot: everything of it is removed after a while, unless it invites the bot again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord
import simcord

from bot.client import Pullquote
from bot.cogs.leaving import EVERY_H
from bot.guilds import DEFAULTS
from bot.servers.departures import KIND, WAIT_DAYS
from tests.bot.conftest import World
from tests.bot.fake_index import SUMMIT, FakeIndex

QUESTION = "Who was first to suggest postponing the summit?"
FEED = "https://gazette.example/feed"
KINDS = ("guild", "question", "follow", "report")


async def furnish(world: World, guild: simcord.GuildHandle, channel: simcord.ChannelHandle) -> None:
    """Give a server one of each: settings, a kept question, a follow, a report, an article and a source of its own."""
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    await bot._guilds.change(guild.id, keep_days=30)
    alice = world.alice if guild.id == world.guild.id else guild.add_member(world.alice.user)
    await alice.slash(channel, "ask", question=QUESTION)
    await alice.slash(channel, "follow", topic="ferry returns")
    await world.archive.notes.keep("report", f"{guild.id}/2025", "{}")
    world.index.articles |= FakeIndex(replace(SUMMIT, collection=f"guild-{guild.id}")).articles
    world.index.sites[FEED] = 1
    await world.archive.sources.add(FEED, f"guild-{guild.id}")


async def owners(world: World) -> set[tuple[str, str]]:
    """(kind, server) of everything that is kept, articles and sources too."""
    records = [(kind, key.split("/")[0]) for kind in KINDS for key, _ in await world.archive.notes.recall(kind)]
    articles = [("article", one.article.collection) for one in world.index.articles.values()]
    articles += [("source", collection) for collection, sources in world.index.sources.items() if sources.all()]
    return {*records, *((kind, name.removeprefix("guild-")) for kind, name in articles if name != "public")}


async def sent_away(world: World) -> discord.Guild:
    """Two servers have the same; the second removes the bot."""
    other = world.env.create_guild("Elsewhere")
    await furnish(world, world.guild, world.channel)
    await furnish(world, other, other.create_text_channel("talk"))
    guild = world.env.bot.get_guild(other.id)
    assert guild is not None
    await guild.leave()
    await world.env.settle()
    return guild


def all_of(*guild_ids: int) -> set[tuple[str, str]]:
    return {(kind, str(one)) for kind in (*KINDS, "article", "source") for one in guild_ids}


async def grow_older(world: World, guild_id: int, days: float) -> None:
    """As if the server had removed the bot so long ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    await world.archive.notes.keep(KIND, str(guild_id), at.isoformat())


async def look(world: World) -> None:
    await world.env.advance_time(EVERY_H * 3600 + 1)
    await world.env.settle()


async def test_nothing_of_a_server_is_removed_before_the_wait_is_over(world: World) -> None:
    gone = await sent_away(world)
    await look(world)
    assert await owners(world) == all_of(world.guild.id, gone.id)
    await grow_older(world, gone.id, WAIT_DAYS - 0.1)
    await look(world)
    assert await owners(world) == all_of(world.guild.id, gone.id)


async def test_all_of_a_server_and_nothing_of_another_is_removed_after_the_wait_also_over_a_restart(
    world: World,
) -> None:
    gone = await sent_away(world)
    await grow_older(world, gone.id, WAIT_DAYS)
    bot = Pullquote(world.archive)
    await world.env.restart_bot(bot)
    await look(world)
    assert await owners(world) == all_of(world.guild.id)
    assert bot.settings_of(gone.id) == DEFAULTS
    assert await world.archive.notes.recall(KIND) == []


async def test_a_server_that_invites_the_bot_again_in_time_keeps_everything(world: World) -> None:
    gone = await sent_away(world)
    world.env.bot.dispatch("guild_join", gone)
    await world.env.settle()
    assert await world.archive.notes.recall(KIND) == []
    await look(world)
    assert await owners(world) == all_of(world.guild.id, gone.id)


async def test_a_server_that_came_back_while_the_bot_did_not_run_keeps_everything(world: World) -> None:
    await furnish(world, world.guild, world.channel)
    await grow_older(world, world.guild.id, WAIT_DAYS + 1)
    await world.env.restart_bot(Pullquote(world.archive))
    await look(world)
    assert await owners(world) == all_of(world.guild.id)
    assert await world.archive.notes.recall(KIND) == []


async def test_what_could_not_be_removed_is_removed_at_the_next_look(world: World) -> None:
    def fail() -> None:
        raise OSError("the disk is on fire")

    gone = await sent_away(world)
    await grow_older(world, gone.id, WAIT_DAYS)
    world.index.before_write = fail
    await look(world)
    assert ("article", str(gone.id)) in await owners(world)
    world.index.before_write = lambda: None
    await look(world)
    assert await owners(world) == all_of(world.guild.id)
