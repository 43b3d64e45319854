"""What a server's admins do with the articles that only their server sees, and what nobody else can do with them."""

import logging
from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest
import simcord
from discord import Permissions

from bot.archive import own_collection
from bot.client import Pullquote
from bot.curating.jobs import KIND, PAGE, REINDEX, UPLOAD, Order
from bot.curating.reports import KEPT, Report, keep, last
from index import MAX_UPLOAD_BYTES, Article, Filters
from tests.bot.conftest import World
from tests.bot.fake_index import FERRY, SUMMIT, FakeIndex

ADDRESS = "https://gazette.example/minutes"
MINUTES = Article(ADDRESS, "Minutes of the council", "The council bought a zeppelin.", "Gazette")
FILE = ("minutes.txt", b"Minutes of the council\nThe council bought a zeppelin.")


def text(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    embed = result.response.embeds[0]
    return f"{embed.title}\n{embed.description}"


def own(world: World) -> list[str]:
    """Titles of the server's own articles."""
    found = world.index.recent(100, Filters((own_collection(world.guild.id),)), 0)
    return [one.article.title for one in found]


def elsewhere(world: World) -> tuple[simcord.ChannelHandle, simcord.MemberActor]:
    """A channel of another server, and somebody who manages that one."""
    other = world.env.create_guild("Elsewhere")
    keeper = other.create_role("keeper", permissions=Permissions(manage_guild=True))
    return other.create_text_channel("talk"), other.add_member(world.env.create_user("bob"), roles=[keeper])


def give(world: World, guild_id: int, *articles: Article) -> list[str]:
    """Articles of one server's own; their ids."""
    given = [replace(one, collection=own_collection(guild_id)) for one in articles]
    world.index.articles |= FakeIndex(*given).articles
    return [one.id for one in given]


async def test_a_link_becomes_an_article_that_only_this_server_sees(world: World) -> None:
    world.index.pages[ADDRESS] = MINUTES
    result = await world.admin.slash(world.channel, "archive add", url=ADDRESS)
    assert "**1** added" in text(result)
    assert own(world) == [MINUTES.title]
    assert world.index.recent(10, Filters(), 0)[0].article.collection == "public"
    found = await world.alice.slash(world.channel, "search", query="zeppelin")
    assert MINUTES.title in text(found)
    channel, bob = elsewhere(world)
    assert "Nothing in the archive" in text(await bob.slash(channel, "search", query="zeppelin"))
    assert "0 articles" in text(await bob.slash(channel, "archive status"))
    assert "no articles of its own" in text(await bob.slash(channel, "archive list"))
    assert "Nothing has been added here yet" in text(await bob.slash(channel, "archive recent"))


async def test_a_file_becomes_an_article_and_a_file_without_text_is_not_taken_with_the_reason(world: World) -> None:
    assert "**1** added" in text(await world.admin.slash(world.channel, "archive add", attachment=FILE))
    assert own(world) == ["Minutes of the council"]
    empty = await world.admin.slash(world.channel, "archive add", attachment=("empty.txt", b""))
    assert "**1 not taken**" in text(empty)
    recent = text(await world.admin.slash(world.channel, "archive recent"))
    assert recent.index("empty.txt") < recent.index("minutes.txt"), "the last one comes first"
    assert "is empty" in recent


async def test_a_page_on_a_host_that_is_not_allowed_is_not_taken_with_the_reason(world: World) -> None:
    result = await world.admin.slash(world.channel, "archive add", url="https://bank.example/")
    assert "not on an allowed host" in text(result)
    assert own(world) == []


@pytest.mark.parametrize("url", ["/etc/passwd", "file:///etc/passwd", "../notes.txt", "ftp://a.example/", "words"])
async def test_nothing_but_a_web_address_is_ever_looked_up(world: World, url: str) -> None:
    world.index.pages[url] = MINUTES
    result = await world.admin.slash(world.channel, "archive add", url=url)
    assert "no link to a web page" in text(result)
    assert len(world.env.errors) == 1
    assert own(world) == []


async def test_a_file_that_is_too_large_is_refused_before_it_is_fetched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(_: discord.Attachment) -> None:
        pytest.fail("it was fetched")

    monkeypatch.setattr(discord.Attachment, "read", unread)
    result = await world.admin.slash(
        world.channel, "archive add", attachment=("big.txt", b"x" * (MAX_UPLOAD_BYTES + 1))
    )
    assert "10 MB is the limit" in text(result)
    assert len(world.env.errors) == 1


async def test_either_a_link_or_a_file_is_asked_for(world: World) -> None:
    for given in ({}, {"url": ADDRESS, "attachment": FILE}):
        assert "either a link or a file" in text(await world.admin.slash(world.channel, "archive add", **given))
    assert len(world.env.errors) == 2


async def test_the_menu_takes_a_message_s_file_or_else_its_first_link(world: World) -> None:
    world.index.pages[ADDRESS] = MINUTES
    linked = await world.alice.send(world.channel, f"look (<{ADDRESS}>), and https://b.example/")
    assert "**1** added" in text(await world.admin.context_menu(world.channel, "Add to archive", linked))
    filed = await world.alice.send(world.channel, ADDRESS, attachments=[("other.txt", b"Other\nText.")])
    assert "**1** added" in text(await world.admin.context_menu(world.channel, "Add to archive", filed))
    assert sorted(own(world)) == [MINUTES.title, "Other"]
    words = await world.alice.send(world.channel, "only words")
    assert "no link" in text(await world.admin.context_menu(world.channel, "Add to archive", words))
    assert len(world.env.errors) == 1


async def test_where_there_is_no_room_nothing_is_added_and_the_refusal_says_how_many_there_may_be(
    world: World,
) -> None:
    world.index.pages[ADDRESS] = MINUTES
    world.archive.most_own = 2
    give(world, world.guild.id, FERRY)
    assert "**1** added" in text(await world.admin.slash(world.channel, "archive add", attachment=FILE))
    linked = await world.alice.send(world.channel, ADDRESS)
    for refused in (
        await world.admin.slash(world.channel, "archive add", url=ADDRESS),
        await world.admin.slash(world.channel, "archive add", attachment=("other.txt", b"Other\nText.")),
        await world.admin.context_menu(world.channel, "Add to archive", linked),
    ):
        assert "this server has 2 of 2 articles of its own" in text(refused)
    assert len(own(world)) == 2
    channel, bob = elsewhere(world)
    assert "**1** added" in text(await bob.slash(channel, "archive add", url=ADDRESS))


async def test_where_no_server_may_have_articles_of_its_own_that_is_said(world: World) -> None:
    world.archive.most_own = 0
    refused = await world.admin.slash(world.channel, "archive add", attachment=FILE)
    assert "add no articles of their own (0 of 0)" in text(refused)
    assert own(world) == []


async def test_members_without_manage_server_are_refused_by_the_code_too(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    (article,) = give(world, world.guild.id, FERRY)
    for command in await bot.tree.fetch_commands():
        if command.name in ("archive", "Add to archive"):
            assert command.default_member_permissions == Permissions(manage_guild=True)
            world.guild.set_command_permissions(command, {world.alice: True})
    options = {"add": {"url": ADDRESS}, "remove": {"article": article}}
    for name in ("add", "remove", "reindex", "status", "recent", "list"):
        result = await world.alice.slash(world.channel, f"archive {name}", **options.get(name, {}))
        assert "may manage the server" in text(result), name
    message = await world.alice.send(world.channel, ADDRESS)
    assert "may manage" in text(await world.alice.context_menu(world.channel, "Add to archive", message))
    assert await world.alice.autocomplete(world.channel, "archive remove", "article", "") == []
    assert len(world.env.errors) == 7, "all of them refusals"
    assert own(world) == [FERRY.title]


async def test_an_article_is_removed_when_that_was_confirmed_and_not_before(world: World) -> None:
    give(world, world.guild.id, FERRY, SUMMIT)
    (choice,) = await world.admin.autocomplete(world.channel, "archive remove", "article", "ferry")
    asked = await world.admin.slash(world.channel, "archive remove", article=choice["value"])
    assert asked.response is not None
    assert asked.response.ephemeral
    assert "cannot be undone" in text(asked)
    assert len(own(world)) == 2
    await world.admin.click(asked.response, label="Cancel")
    assert "Nothing was removed" in text(asked)
    assert len(own(world)) == 2
    asked = await world.admin.slash(world.channel, "archive remove", article=FERRY.url)
    await world.env.restart_bot(Pullquote(world.archive))
    assert asked.response is not None
    await world.admin.click(asked.response, label="Remove")
    assert "Removed: " in text(asked)
    assert own(world) == [SUMMIT.title]


async def test_what_another_server_or_the_public_holds_is_never_suggested_listed_or_removed(world: World) -> None:
    channel, bob = elsewhere(world)
    (theirs,) = give(world, bob.guild.id, FERRY)
    before = set(world.index.articles)
    assert await world.admin.autocomplete(world.channel, "archive remove", "article", "") == []
    assert "no articles of its own" in text(await world.admin.slash(world.channel, "archive list"))
    for article in (theirs, SUMMIT.id, SUMMIT.url, FERRY.url, "0" * 16):
        asked = await world.admin.slash(world.channel, "archive remove", article=article)
        assert "no such article" in text(asked)
    (ours,) = give(world, world.guild.id, SUMMIT)
    asked = await world.admin.slash(world.channel, "archive remove", article=ours)
    assert asked.response is not None
    message = world.env.backend.get_message(world.channel.id, asked.response.id)
    for forged in (theirs, SUMMIT.id):
        message.components[0]["components"][0]["custom_id"] = f"pullquote:archive:remove:{forged}"
        await world.admin.click(asked.response, label="Remove")
        assert "not there any more" in text(asked)
        message.components = asked.response.components or message.components
        asked = await world.admin.slash(world.channel, "archive remove", article=ours)
        assert asked.response is not None
        message = world.env.backend.get_message(world.channel.id, asked.response.id)
    assert set(world.index.articles) == before | {ours}
    assert [one["value"] for one in await bob.autocomplete(channel, "archive remove", "article", "")] == [theirs]


async def test_a_server_s_own_articles_come_in_pages(world: World) -> None:
    give(world, world.guild.id, *(replace(FERRY, url=f"https://a.example/{n}", title=f"Note {n}") for n in range(13)))
    result = await world.admin.slash(world.channel, "archive list")
    assert result.response is not None
    await world.env.restart_bot(Pullquote(world.archive))
    seen = text(result)
    for page in (2, 3):
        await world.admin.click(result.response, label="Next")
        assert result.response.embeds[0].footer.text == f"Page {page} of 3"
        seen += text(result)
    assert all(f"[Note {n}]" in seen for n in range(13))


async def test_every_action_leaves_an_audit_line_with_who_where_and_what(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.servers.audit")
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    told = world.guild.create_text_channel("admins")
    await bot._guilds.change(world.guild.id, admins_channel=told.id)
    await world.admin.slash(world.channel, "archive add", attachment=FILE)
    asked = await world.admin.slash(world.channel, "archive remove", article=own_id(world))
    assert asked.response is not None
    await world.admin.click(asked.response, label="Remove")
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.servers.audit"]
    assert len(lines) == 2
    assert all(str(world.admin.id) in line and str(world.guild.id) in line for line in lines)
    assert "minutes.txt: 1 added" in lines[0]
    assert "Removed from this server’s articles: Minutes" in lines[1]
    assert len(told.history()) == 2


def own_id(world: World) -> str:
    (found,) = world.index.recent(1, Filters((own_collection(world.guild.id),)), 0)
    return found.article.id


async def test_what_a_killed_process_left_undone_is_done_after_the_next_start_in_the_same_message(world: World) -> None:
    world.index.pages[ADDRESS] = MINUTES
    shown = await world.admin.slash(world.channel, "archive add", url="https://bank.example/")
    assert shown.response is not None
    order = Order(
        id="0123abcd", guild_id=world.guild.id, channel_id=world.channel.id, message_id=shown.response.id,
        deed=PAGE, what=ADDRESS,
    )  # fmt: skip
    lost = replace(order, id="0123abce", deed=UPLOAD, what="notes.txt")
    foreign = replace(order, id="0123abcf", guild_id=1, deed=REINDEX)
    for one in (order, foreign):
        await world.archive.notes.keep(KIND, one.key, one.written)
    await world.env.restart_bot(Pullquote(world.archive))
    assert own(world) == [MINUTES.title]
    assert "**1** added" in text(shown)
    assert [key for key, _ in await world.archive.notes.recall(KIND)] == [foreign.key], (
        "a server that is not served here"
    )
    await world.archive.notes.keep(KIND, lost.key, lost.written)
    await world.env.restart_bot(Pullquote(world.archive))
    assert "Please send it again" in text(shown)
    assert [key for key, _ in await world.archive.notes.recall(KIND)] == [foreign.key]


async def test_the_last_reports_of_each_server_are_kept_and_no_others(world: World) -> None:
    for n in range(KEPT + 5):
        await keep(world.archive.notes, 1, Report(at=datetime(2025, 1, 1, 0, n, tzinfo=UTC), what=str(n)))
    await keep(world.archive.notes, 12, Report(at=datetime(2025, 1, 1, tzinfo=UTC), what="another's"))
    assert [one.what for one in await last(world.archive.notes, 1)] == [str(n) for n in reversed(range(5, KEPT + 5))]
    assert [one.what for one in await last(world.archive.notes, 12)] == ["another's"]


async def test_status_counts_what_is_read_here_and_tells_the_size_to_the_operator_alone(world: World) -> None:
    give(world, world.guild.id, FERRY)
    give(world, 99, SUMMIT)
    shown = text(await world.admin.slash(world.channel, "archive status"))
    assert "3 articles" in shown
    assert "1 article\n" in shown
    assert "fake-model" in shown
    assert "On disk" not in shown
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    bot.owner_id = world.admin.id
    assert "On disk: 12 MB" in text(await world.admin.slash(world.channel, "archive status"))
    await bot._guilds.change(world.guild.id, public=False)
    assert "The public archive" not in text(await world.admin.slash(world.channel, "archive status"))
