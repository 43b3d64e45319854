"""What a server's admins do with the sources that their server follows, and that nobody else sees any of it."""

import logging
from datetime import timedelta

import pytest
import simcord
from discord import Permissions

from bot.archive import own_collection
from bot.client import Pullquote
from bot.curating.sources import RECENTLY
from index import utc_now
from tests.bot.conftest import World

FEED = "https://gazette.example/feed.xml"
OTHER = "https://wire.example/sitemap.xml"


def text(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    embed = result.response.embeds[0]
    return f"{embed.title}\n{embed.description}"


async def add(world: World, url: str = FEED) -> str:
    world.index.sites.setdefault(FEED, 3)
    return text(await world.admin.slash(world.channel, "archive source add", url=url))


async def listed(world: World) -> str:
    return text(await world.admin.slash(world.channel, "archive source list"))


async def picked(world: World, command: str, typed: str = "") -> str:
    (choice,) = await world.admin.autocomplete(world.channel, f"archive source {command}", "source", typed)
    return str(choice["value"])


def elsewhere(world: World) -> tuple[simcord.ChannelHandle, simcord.MemberActor]:
    """A channel of another server, and somebody who manages that one."""
    other = world.env.create_guild("Elsewhere")
    keeper = other.create_role("keeper", permissions=Permissions(manage_guild=True))
    return other.create_text_channel("talk"), other.add_member(world.env.create_user("bob"), roles=[keeper])


async def test_a_source_is_added_listed_paused_resumed_and_removed(world: World) -> None:
    assert "It names 3 pages now" in await add(world)
    assert "follows that source already" in await add(world)
    assert "[gazette.example/feed.xml]" in await listed(world)
    for command, said, shown in (("pause", "Paused", "paused"), ("resume", "Followed again", "due now")):
        number = await picked(world, command, "GAZETTE")
        result = await world.admin.slash(world.channel, f"archive source {command}", source=number)
        assert said in text(result)
        assert result.response is not None
        assert result.response.ephemeral
        assert shown in await listed(world)
    removed = await world.admin.slash(world.channel, "archive source remove", source=FEED)
    assert "Its articles stay" in text(removed)
    assert "follows no sources yet" in await listed(world)
    again = await world.admin.slash(world.channel, "archive source remove", source=FEED)
    assert "no such source" in text(again)


async def test_the_answer_says_truthfully_whether_anybody_looks_at_sources(world: World) -> None:
    assert "Nobody looks at sources yet" in await add(world)
    assert "`pullquote watch`" in await listed(world)
    world.index.watched_at = utc_now()
    world.index.sites[OTHER] = 1
    assert "come in by themselves" in await add(world, OTHER)
    assert "pullquote watch" not in await listed(world)
    world.index.watched_at = utc_now() - RECENTLY - timedelta(minutes=1)
    assert "were last looked at <t:" in await listed(world)


async def test_what_was_not_taken_is_listed_with_its_reason(world: World) -> None:
    await add(world)
    world.index.sources[own_collection(world.guild.id)].not_taken["https://gazette.example/@everyone"] = "is empty"
    shown = await listed(world)
    assert "1 page not taken" in shown
    assert "is empty" in shown


@pytest.mark.parametrize("url", ["/etc/passwd", "file:///etc", "feed:https://a.example/", "ftp://a.example/", "words"])
async def test_nothing_but_a_web_address_is_ever_followed(world: World, url: str) -> None:
    world.index.sites[url] = 1
    assert "address of a feed" in await add(world, url)
    assert len(world.env.errors) == 1
    assert world.index.sources == {}


async def test_what_cannot_be_read_and_what_is_too_much_is_not_added_with_the_reason(world: World) -> None:
    assert "is not there (404)" in await add(world, "https://gazette.example/nothing")
    world.archive.sources.most = 1
    await add(world)
    world.index.sites[OTHER] = 1
    assert "beyond the 1 sources" in await add(world, OTHER)
    world.archive.most_own = 0
    assert "follow no sources of their own" in await add(world, OTHER)
    assert OTHER not in await listed(world)


async def test_members_without_manage_server_are_refused_by_the_code_too(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    await add(world)
    for command in await bot.tree.fetch_commands():
        if command.name == "archive":
            world.guild.set_command_permissions(command, {world.alice: True})
    options = {"add": {"url": OTHER}, "list": {}}
    for name in ("add", "list", "pause", "resume", "remove"):
        given = options.get(name, {"source": FEED})
        result = await world.alice.slash(world.channel, f"archive source {name}", **given)
        assert "may manage the server" in text(result), name
    assert await world.alice.autocomplete(world.channel, "archive source remove", "source", "") == []
    assert len(world.env.errors) == 5, "all of them refusals"


async def test_what_one_server_follows_is_neither_shown_nor_changed_in_another(world: World) -> None:
    await add(world)
    number = await picked(world, "pause")
    channel, bob = elsewhere(world)
    assert "follows no sources yet" in text(await bob.slash(channel, "archive source list"))
    assert await bob.autocomplete(channel, "archive source pause", "source", "") == []
    for command in ("pause", "resume", "remove"):
        for name in (number, FEED):
            forged = await bob.slash(channel, f"archive source {command}", source=name)
            assert "no such source" in text(forged)
    assert "due now" in await listed(world)
    assert "It names 3 pages" in text(await bob.slash(channel, "archive source add", url=FEED))


async def test_every_change_leaves_an_audit_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.servers.audit")
    await add(world)
    for command in ("pause", "resume", "remove"):
        await world.admin.slash(world.channel, f"archive source {command}", source=FEED)
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.servers.audit"]
    said = ["Source added: ", "Source paused: ", "Source followed again: ", "Source removed: "]
    assert all(f"{words}{FEED}" in line for words, line in zip(said, lines, strict=True))
    assert all(str(world.admin.id) in line for line in lines)
