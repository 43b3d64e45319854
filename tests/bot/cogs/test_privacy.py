"""/privacy: each person sees, takes and deletes their own, and nobody else's."""

import json

import pytest
import simcord

from bot.client import Pullquote
from tests.bot.conftest import World

QUESTION = "Who was first to suggest postponing the summit?"


def told(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.embeds[0].description or ""


async def exported(result: simcord.InteractionResult) -> list[dict[str, object]]:
    assert result.response is not None
    assert result.response.ephemeral
    (file,) = result.response.attachments
    rows: list[dict[str, object]] = json.loads(await file.read())
    return rows


@pytest.fixture
async def elsewhere(world: World) -> tuple[simcord.ChannelHandle, simcord.MemberActor]:
    """Another server, in which Alice is too; both keep questions, and she has asked in both."""
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    other = world.env.create_guild("Elsewhere")
    there, alice = other.create_text_channel("talk"), other.add_member(world.alice.user)
    for guild in (world.guild, other):
        await bot._guilds.change(guild.id, keep_days=30)
    await world.alice.slash(world.channel, "ask", question=QUESTION)
    await alice.slash(there, "ask", question=f"Elsewhere: {QUESTION}")
    await world.admin.slash(world.channel, "ask", question=f"Admin: {QUESTION}")
    return there, alice


async def test_where_nothing_is_kept_that_is_said_and_there_is_nothing_to_take_or_delete(world: World) -> None:
    await world.alice.slash(world.channel, "ask", question=QUESTION)
    shown = told(await world.alice.slash(world.channel, "privacy show"))
    assert "Nothing is kept about you here." in shown
    assert "This server does not keep questions." in shown
    assert "15 minutes" in shown
    for command in ("privacy export", "privacy delete"):
        result = await world.alice.slash(world.channel, command)
        assert told(result) == "Nothing is kept about you here."
        assert result.response is not None
        assert not result.response.components
        assert not result.response.attachments


async def test_what_is_kept_is_counted_with_its_lifetime(
    world: World, elsewhere: tuple[simcord.ChannelHandle, simcord.MemberActor]
) -> None:
    shown = told(await world.alice.slash(world.channel, "privacy show"))
    assert "**1** question that you asked" in shown
    assert "for so many days: 30" in shown
    assert elsewhere


async def test_an_export_holds_the_person_s_own_records_of_this_server_and_no_others(
    world: World, elsewhere: tuple[simcord.ChannelHandle, simcord.MemberActor]
) -> None:
    there, alice = elsewhere
    (here,) = await exported(await world.alice.slash(world.channel, "privacy export"))
    assert (here["server"], here["kind"]) == (str(world.guild.id), "question")
    assert isinstance(here["record"], dict)
    assert here["record"]["question"] == QUESTION
    (away,) = await exported(await alice.slash(there, "privacy export"))
    assert away["server"] == str(alice.guild.id)
    everywhere = await exported(await world.alice.user.slash("privacy export"))
    assert {row["server"] for row in everywhere} == {str(world.guild.id), str(alice.guild.id)}
    assert len(everywhere) == 2


async def test_deleting_asks_first_and_takes_the_person_s_own_records_of_this_server_only(
    world: World, elsewhere: tuple[simcord.ChannelHandle, simcord.MemberActor]
) -> None:
    there, alice = elsewhere
    asked = await world.alice.slash(world.channel, "privacy delete")
    assert "cannot be undone" in told(asked)
    assert len(await world.archive.notes.recall("question")) == 3
    assert asked.response is not None
    await world.env.restart_bot(Pullquote(world.archive))
    await world.alice.click(asked.response, label="Delete")
    assert told(asked) == "1 record deleted."
    assert asked.response is not None
    assert not asked.response.components
    assert "Nothing is kept" in told(await world.alice.slash(world.channel, "privacy show"))
    assert len(await exported(await alice.slash(there, "privacy export"))) == 1
    assert len(await exported(await world.admin.slash(world.channel, "privacy export"))) == 1


async def test_a_direct_message_deletes_what_is_kept_in_all_servers(
    world: World, elsewhere: tuple[simcord.ChannelHandle, simcord.MemberActor]
) -> None:
    assert elsewhere
    asked = await world.alice.user.slash("privacy delete")
    assert "all servers" in told(asked)
    assert asked.response is not None
    await world.alice.user.click(asked.response, label="Delete")
    assert told(asked) == "2 records deleted."
    (left,) = await world.archive.notes.recall("question")
    assert "Admin: " in left[1]


async def test_a_declined_question_is_kept_as_such_and_one_that_failed_is_not(
    world: World, elsewhere: tuple[simcord.ChannelHandle, simcord.MemberActor]
) -> None:
    assert elsewhere
    await world.alice.slash(world.channel, "ask", question="Who won the football world cup?")
    await world.alice.slash(world.channel, "ask", question="???")
    rows = await exported(await world.alice.slash(world.channel, "privacy export"))
    kept = [row["record"] for row in rows if isinstance(row["record"], dict)]
    assert {(one["question"], one["answered"]) for one in kept} == {
        (QUESTION, True),
        ("Who won the football world cup?", False),
    }


async def test_what_has_expired_is_taken_out_of_the_file_at_the_start(world: World) -> None:
    await world.archive.notes.keep("question", "1/x/1", "{}", days=-1.0)
    await world.env.restart_bot(Pullquote(world.archive))
    await world.env.settle()
    assert await world.archive.notes.expire() == 0, "the start has swept"
