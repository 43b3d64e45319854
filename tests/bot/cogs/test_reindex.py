import threading
from pathlib import Path

import discord
import pytest
import simcord
from discord import Permissions

from bot.archive import Archive
from bot.client import Pullquote
from bot.curating import jobs
from index import ArchiveLocked
from tests.bot.conftest import World, until

SENTENCE = "**Trump** was the first to suggest postponing the summit."


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{number}.txt" for number in range(5)]
    for number, file in enumerate(files):
        file.write_text(f"Title {number}\nA text." if number else "", encoding="utf-8")
    return files


@pytest.fixture
def home() -> list[int]:
    """The servers that may read the sources."""
    return []


@pytest.fixture
def simcord_bot(archive: Archive, sources: list[Path], home: list[int]) -> Pullquote:
    return Pullquote(archive, sources=sources, home_guilds=home)


@pytest.fixture(autouse=True)
async def at_home(world: World, home: list[int]) -> None:
    home.append(world.guild.id)


async def test_reindexing_ends_with_a_report_of_counts_and_reasons(world: World) -> None:
    result = await world.admin.slash(world.channel, "archive reindex")
    assert result.response is not None
    text = result.response.embeds[0].description or ""
    assert "**4** added" in text
    assert "**1 not taken**" in text
    assert "the file is empty" in text


async def test_the_report_of_a_long_reindexing_arrives_after_the_interaction_has_expired(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discord.Interaction, "is_expired", lambda _: True)
    await world.admin.slash(world.channel, "archive reindex")
    assert world.shown().title == "The archive is up to date"
    assert [entry.method for entry in world.env.http_requests if "/channels/" in entry.path] == ["PATCH", "PATCH"]


async def test_members_without_manage_server_do_not_see_the_command(world: World) -> None:
    with pytest.raises(simcord.SetupError, match="default-member-permissions"):
        await world.alice.slash(world.channel, "archive reindex")


async def test_the_code_refuses_members_without_manage_server_even_where_a_server_shows_them_the_command(
    world: World,
) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    command = next(one for one in await bot.tree.fetch_commands() if one.name == "archive")
    assert command.default_member_permissions == Permissions(manage_guild=True)
    world.guild.set_command_permissions(command, {world.alice: True})
    result = await world.alice.slash(world.channel, "archive reindex")
    assert result.response is not None
    assert "may manage the server" in (result.response.embeds[0].description or "")
    assert result.response.ephemeral
    assert len(world.env.errors) == 1


async def test_questions_are_answered_during_a_reindexing_that_shows_its_progress(world: World) -> None:
    gate = threading.Event()
    world.index.before_write = until(gate)
    world.env.settle_timeout = 0.3  # SimCord waits for the bot to be done, which it is not while the gate is shut
    with pytest.raises(TimeoutError):
        await world.admin.slash(world.channel, "archive reindex")
    assert world.shown().title == "Reindexing"
    assert "Reading · 0 of 5" in (world.shown().description or "")
    with pytest.raises(TimeoutError):
        await world.alice.slash(world.channel, "ask", question="Who was first to suggest postponing the summit?")
    assert SENTENCE in (world.shown().description or "")
    with pytest.raises(TimeoutError):
        await world.admin.slash(world.channel, "archive reindex")
    assert "running already" in (world.shown().description or "")
    gate.set()
    await world.env.settle(timeout=5)
    assert [message.embeds[0].title for message in world.channel.history()].count("The archive is up to date") == 1


async def test_only_the_operator_s_servers_may_read_the_operator_s_sources(world: World, home: list[int]) -> None:
    home[:] = [1]
    result = await world.admin.slash(world.channel, "archive reindex")
    assert result.response is not None
    assert "belongs to whoever runs this bot" in (result.response.embeds[0].description or "")
    assert len(world.index.articles) == 3, "nothing was read"


async def test_where_no_server_is_named_only_the_bot_s_owner_may_read_the_sources(
    world: World, home: list[int]
) -> None:
    home.clear()
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    bot.owner_id = world.alice.id
    await world.admin.slash(world.channel, "archive reindex")
    assert "belongs to whoever runs this bot" in (world.shown().description or "")
    bot.owner_id = world.admin.id
    await world.admin.slash(world.channel, "archive reindex")
    assert world.shown().title == "The archive is up to date"


async def begun(world: World) -> discord.Message:
    """A reindexing that the index holds up, and the message that shows it."""
    world.env.settle_timeout = 0.3
    with pytest.raises(TimeoutError):
        await world.admin.slash(world.channel, "archive reindex")
    message = world.channel.last_message
    assert message is not None
    return message


async def test_a_reindexing_is_cancelled_at_its_next_step_and_what_was_stored_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "EVERY_S", 0.0)
    second = threading.Event()
    written: list[None] = []

    def wait_at_the_third() -> None:
        written.append(None)
        if len(written) > 2:
            until(second)()

    world.index.before_write = wait_at_the_third
    message = await begun(world)
    with pytest.raises(TimeoutError):
        await world.admin.click(message, label="Cancel")
    second.set()
    await world.env.settle(timeout=5)
    assert world.shown().title == "Cancelled"
    assert "stays" in (world.shown().description or "")
    assert len(world.index.articles) == 3 + 2, "one file of three was empty"
    assert not message.components or not world.channel.last_message.components  # type: ignore[union-attr]


async def test_a_button_of_a_job_that_has_ended_says_so(world: World) -> None:
    gate = threading.Event()
    world.index.before_write = until(gate)
    message = await begun(world)
    stored = world.env.backend.get_message(world.channel.id, message.id)
    buttons = stored.components
    gate.set()
    await world.env.settle(timeout=5)
    assert not stored.components, "it goes when the job is done"
    stored.components = buttons
    clicked = await world.admin.click(message, label="Cancel")
    assert "has ended already" in (clicked.followups[0].embeds[0].description or "")
    assert len(world.index.articles) == 3 + 4


async def test_members_without_manage_server_cannot_cancel_it(world: World) -> None:
    gate = threading.Event()
    world.index.before_write = until(gate)
    message = await begun(world)
    with pytest.raises(TimeoutError):
        await world.alice.click(message, label="Cancel")
    gate.set()
    await world.env.settle(timeout=5)
    assert world.shown().title == "The archive is up to date"


async def test_an_archive_that_cannot_be_written_gives_the_admin_its_own_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.archive.writer.PATIENCE_S", 0.0)

    def locked() -> None:
        raise ArchiveLocked("Another process is writing: wait for it to end.")

    world.index.before_write = locked
    result = await world.admin.slash(world.channel, "archive reindex")
    assert result.response is not None
    assert "Another process is writing: wait for it to end." in (result.response.embeds[0].description or "")


async def test_without_sources_the_admin_hears_which_setting_is_missing(world: World) -> None:
    await world.env.restart_bot(Pullquote(world.archive, home_guilds=[world.guild.id]))
    result = await world.admin.slash(world.channel, "archive reindex")
    assert result.response is not None
    assert "PULLQUOTE" in (result.response.embeds[0].description or "")


async def test_help_is_for_the_asker_s_eyes_only(world: World) -> None:
    result = await world.alice.slash(world.channel, "help")
    assert result.response is not None
    assert result.response.ephemeral
    assert "/ask" in (result.response.embeds[0].description or "")


async def test_no_privileged_intent_is_asked_for_and_no_message_is_kept(world: World) -> None:
    intents = world.env.bot.intents
    assert not intents.members
    assert not intents.presences
    assert not intents.message_content
    await world.alice.send(world.channel, "just talking")
    assert not world.env.bot.cached_messages
