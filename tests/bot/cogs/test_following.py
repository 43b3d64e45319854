"""Alerts: asked for, told once, to nobody else, ended at once, and never for ever where they are refused."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st

from bot import render
from bot.alerts.follows import A_DAY, MOST
from bot.alerts.watch import NEAR, SURE, questions
from bot.answers.quotes import alert, messages
from bot.client import Pullquote
from bot.cogs.alert import EVERY_S
from bot.cogs.leaving import EVERY_H
from bot.language import SPOKEN, language
from bot.servers.departures import WAIT_DAYS
from index import Answer, Article, NoEvidence, Quote, StoredArticle
from tests.bot.conftest import World, check_embed
from tests.bot.fake_index import FERRY, STORED_AT, SUMMIT, FakeIndex
from tests.bot.generated import few, found

TOPIC = "ferry returns"
NEWS = "The night ferry returns on Sunday."
SHOWN = "> **The** night ferry returns on Sunday."  # as a quote, the short answer in bold
Arrive = Callable[..., Article]


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(SUMMIT, FERRY)


@pytest.fixture
def arrive(index: FakeIndex) -> Arrive:
    """Let an article come in, each a minute after the one before."""
    minutes = itertools.count(1)

    def add(text: str = NEWS, *, version: int = 1, **changes: Any) -> Article:
        minute = next(minutes)
        article = replace(FERRY, url=f"https://harbour.example/{minute}", title=f"News {minute}", text=text, **changes)
        index.articles[article.id] = StoredArticle(article, version, STORED_AT + timedelta(minutes=minute))
        return article

    return add


@pytest.fixture
def warden(world: World) -> simcord.MemberActor:
    """A member who may manage channels and not the server."""
    role = world.guild.create_role("warden", permissions=discord.Permissions(manage_channels=True))
    return world.guild.add_member(world.env.create_user("warden"), roles=[role])


async def look(world: World) -> None:
    await world.env.advance_time(EVERY_S + 1)
    await world.env.settle()


def direct(person: simcord.MemberActor) -> list[discord.Message]:
    return person.user.dm_channel.history()


def told(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.embeds[0].description or ""


async def follow(world: World, who: simcord.MemberActor, topic: str = TOPIC, **options: str) -> str:
    return told(await who.slash(world.channel, "follow", topic=topic, **options))


async def test_a_person_is_told_directly_with_the_quote_word_for_word_and_once(world: World, arrive: Arrive) -> None:
    said = await follow(world, world.alice)
    assert "I keep your user id" in said
    assert "/unfollow" in said
    await look(world)
    assert direct(world.alice) == [], "what was there before is not new"
    arrive()
    await look(world)
    await look(world)
    (message,) = direct(world.alice)
    embed = message.embeds[0]
    assert SHOWN in (embed.description or "")
    assert embed.author.name == f"New in the archive: {TOPIC}"
    assert "You follow this topic in Newsroom." in (embed.footer.text or "")
    assert world.channel.history() == []


async def test_what_does_not_answer_the_topic_or_has_only_changed_is_not_told(world: World, arrive: Arrive) -> None:
    await follow(world, world.alice)
    arrive("The council met on Tuesday.")
    arrive("A ferry was painted.")
    arrive(version=2)
    await look(world)
    assert direct(world.alice) == []


async def test_the_same_words_from_a_second_outlet_are_not_told_again(world: World, arrive: Arrive) -> None:
    await follow(world, world.alice)
    arrive()
    arrive(publisher="Northern Wire")
    await look(world)
    assert len(direct(world.alice)) == 1


async def test_an_article_that_is_stored_and_cannot_be_found_yet_is_told_once_it_can(
    world: World, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(world, world.alice)
    arrive()
    with monkeypatch.context() as unpublished:
        unpublished.setattr(world.index, "search", lambda *_: [])
        await look(world)
    assert direct(world.alice) == []
    await look(world)
    assert len(direct(world.alice)) == 1


async def test_a_day_has_its_measure_and_what_is_over_it_is_not_told_later(world: World, arrive: Arrive) -> None:
    await follow(world, world.alice)
    for number in range(A_DAY + 3):
        arrive(f"Ferry number {number} returns today.")
    await look(world)
    assert len(direct(world.alice)) == A_DAY
    assert "for today" in (direct(world.alice)[-1].embeds[0].footer.text or "")
    arrive("Ferry number 99 returns today.")
    await look(world)
    assert len(direct(world.alice)) == A_DAY


async def test_follows_and_what_was_told_outlive_a_restart_and_so_does_the_button(world: World, arrive: Arrive) -> None:
    await follow(world, world.alice)
    arrive()
    await look(world)
    await world.env.restart_bot(Pullquote(world.archive))
    await look(world)
    (message,) = direct(world.alice)
    clicked = await world.alice.user.click(message, label="Unfollow")
    assert f"You will hear no more about “{TOPIC}”." in (clicked.followups[0].embeds[0].description or "")
    (message,) = direct(world.alice)
    assert not message.components
    assert message.embeds[0].description
    arrive("Another ferry returns at night.")
    await look(world)
    assert len(direct(world.alice)) == 1


async def test_a_channel_is_told_where_somebody_who_may_manage_it_has_asked_for_that(
    world: World, arrive: Arrive, warden: simcord.MemberActor
) -> None:
    assert "Only members who may manage" in await follow(world, world.alice, where="channel")
    assert "in this channel" in await follow(world, warden, where="channel")
    arrive()
    await look(world)
    (message,) = world.channel.history()
    assert SHOWN in (message.embeds[0].description or "")
    assert direct(warden) == []
    refused = await world.alice.click(message, label="Unfollow")
    assert "Only members who may manage" in (refused.followups[0].embeds[0].description or "")
    assert refused.followups[0].ephemeral
    clicked = await world.admin.click(message, label="Unfollow")
    assert "This channel will hear no more" in (clicked.followups[0].embeds[0].description or "")
    assert await world.archive.notes.recall("follow") == []


async def test_a_channel_that_the_bot_may_not_write_to_cannot_follow(world: World, warden: simcord.MemberActor) -> None:
    silence = discord.PermissionOverwrite(send_messages=False)
    assert world.env.bot.user
    hidden = world.guild.create_text_channel("quiet", overwrites={world.env.bot.user: silence})
    said = told(await warden.slash(hidden, "follow", topic=TOPIC, where="channel"))
    assert "I may not write into this channel" in said


async def test_nothing_of_one_server_is_told_in_another(world: World, arrive: Arrive) -> None:
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    bob = other.add_member(world.env.create_user("bob"))
    assert "at most" in told(await bob.slash(there, "follow", topic=TOPIC))
    assert "at most" in told(await bob.user.slash("follow", topic=TOPIC))
    await follow(world, world.alice)
    arrive(collection=f"guild-{world.guild.id}")
    await look(world)
    assert len(direct(world.alice)) == 1
    assert direct(bob) == []


async def test_who_has_left_the_server_hears_nothing_of_it_any_more(world: World, arrive: Arrive) -> None:
    await follow(world, world.alice)
    world.guild.remove_member(world.alice)
    arrive(collection=f"guild-{world.guild.id}")
    await look(world)
    assert direct(world.alice) == []
    assert await world.archive.notes.recall("follow") == []


async def test_who_takes_no_direct_messages_is_not_tried_for_ever_and_can_begin_again(
    world: World, arrive: Arrive
) -> None:
    await follow(world, world.alice)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None)
    arrive()
    await look(world)
    tries = len(world.env.http_requests)
    arrive("The old ferry returns too.")
    await look(world)
    assert len(world.env.http_requests) == tries
    world.env.backend.faults.clear()
    assert "paused" in told(await world.alice.slash(world.channel, "follows"))
    assert "was paused" in await follow(world, world.alice)
    arrive("The new ferry returns again.")
    await look(world)
    assert "**The** new ferry" in (direct(world.alice)[0].embeds[0].description or "")
    assert len(direct(world.alice)) == 1


async def test_a_channel_that_is_gone_follows_nothing(
    world: World, arrive: Arrive, warden: simcord.MemberActor
) -> None:
    gone = world.guild.create_text_channel("gone")
    await warden.slash(gone, "follow", topic=TOPIC, where="channel")
    world.env.backend.delete_channel(gone.id)
    arrive()
    await look(world)
    assert await world.archive.notes.recall("follow") == []


async def test_an_alert_that_fails_for_once_is_sent_at_the_next_look(world: World, arrive: Arrive) -> None:
    await follow(world, world.alice)
    arrive()
    world.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    await look(world)
    assert direct(world.alice) == []
    await look(world)
    assert len(direct(world.alice)) == 1


async def test_a_failure_of_the_archive_ends_one_look_only_and_logs_no_topic(
    world: World, arrive: Arrive, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError(TOPIC)

    await follow(world, world.alice)
    arrive()
    world.index.before_read = fail
    await look(world)
    assert "failure" in caplog.text
    assert TOPIC not in caplog.text
    world.index.before_read = lambda: None
    await look(world)
    assert len(direct(world.alice)) == 1


async def test_people_see_and_end_what_is_theirs_and_nothing_else(world: World, warden: simcord.MemberActor) -> None:
    await follow(world, world.alice, "ferry *tickets*")
    await follow(world, world.admin, "summit")
    await follow(world, warden, "storm", where="channel")
    shown = told(await world.alice.slash(world.channel, "follows"))
    assert r"ferry \*tickets\*" in shown
    assert "storm" in shown
    assert "summit" not in shown
    choices = await world.alice.autocomplete(world.channel, "unfollow", "topic", "")
    assert [choice["name"] for choice in choices] == ["ferry *tickets*"]
    choices = await world.admin.autocomplete(world.channel, "unfollow", "topic", "st")
    assert [choice["name"] for choice in choices] == ["storm"]
    theirs = dict(await world.archive.notes.recall("follow"))
    stolen = next(key for key, value in theirs.items() if "summit" in value).rsplit("/", 1)[1]
    for topic in (stolen, "summit", "storm"):
        assert "not followed here" in told(await world.alice.slash(world.channel, "unfollow", topic=topic))
    assert "hear no more" in told(await world.alice.slash(world.channel, "unfollow", topic="FERRY  *tickets*"))
    assert len(await world.archive.notes.recall("follow")) == 2
    assert "Nothing yet" in told(await world.alice.user.slash("follows"))


async def test_in_direct_messages_one_s_own_of_all_servers_can_be_seen_and_ended(world: World) -> None:
    await follow(world, world.alice)
    told(await world.alice.user.slash("follow", topic="summit"))
    assert "use /follow there" in told(await world.alice.user.slash("follow", topic="x y z", where="channel"))
    shown = told(await world.alice.user.slash("follows"))
    assert TOPIC in shown
    assert "summit" in shown
    choices = await world.alice.user.autocomplete("unfollow", "topic", "ferry")
    told(await world.alice.user.slash("unfollow", topic=choices[0]["value"]))
    assert len(await world.archive.notes.recall("follow")) == 1


async def test_a_topic_without_a_word_or_followed_already_gets_a_sentence(world: World) -> None:
    await follow(world, world.alice)
    assert "followed already" in await follow(world, world.alice, TOPIC.upper())
    assert len(await world.archive.notes.recall("follow")) == 1


async def test_people_who_ask_come_before_alerts(world: World, arrive: Arrive, monkeypatch: pytest.MonkeyPatch) -> None:
    await follow(world, world.alice)
    arrive()
    with monkeypatch.context() as full:
        full.setattr(world.archive._readers._line, "join", lambda: None)
        await look(world)
    assert direct(world.alice) == []
    await look(world)
    assert len(direct(world.alice)) == 1


async def test_a_person_who_deletes_what_is_kept_about_them_follows_nothing_there_any_more(
    world: World, arrive: Arrive
) -> None:
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    bob = other.add_member(world.alice.user)
    await bob.slash(there, "follow", topic=TOPIC)
    await world.alice.user.slash("follow", topic=TOPIC)
    await follow(world, world.alice)
    await follow(world, world.admin)
    assert all(f"/{world.alice.id}/" not in key for key, _ in await world.archive.notes.recall("follow"))
    assert "**1** topic that you follow" in told(await world.alice.slash(world.channel, "privacy show"))
    asked = await world.alice.slash(world.channel, "privacy delete")
    assert asked.response is not None
    await world.alice.click(asked.response, label="Delete")
    arrive(collection=f"guild-{world.guild.id}")
    await look(world)
    assert direct(world.alice) == []
    assert len(direct(world.admin)) == 1
    asked = await world.alice.user.slash("privacy delete")
    assert asked.response is not None
    await world.alice.user.click(asked.response, label="Delete")
    assert "2 records deleted." in told(asked)
    ((_, left),) = await world.archive.notes.recall("follow")
    assert str(world.admin.id) in left


async def test_a_server_that_has_removed_the_bot_is_told_of_nothing_and_its_follows_end_with_its_wait(
    world: World, warden: simcord.MemberActor, arrive: Arrive
) -> None:
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    bob = other.add_member(world.env.create_user("bob"))
    await bob.slash(there, "follow", topic="zeppelin")
    await follow(world, world.alice)
    await follow(world, warden, where="channel")
    guild = world.env.bot.get_guild(world.guild.id)
    assert guild is not None
    await guild.leave()
    await world.env.settle()
    arrive()
    await look(world)
    assert direct(world.alice) == []
    assert len(await world.archive.notes.recall("follow")) == 3
    left_at = datetime.now(UTC) - timedelta(days=WAIT_DAYS)
    await world.archive.notes.keep("left", str(guild.id), left_at.isoformat())
    await world.env.advance_time(EVERY_H * 3600)
    await world.env.settle()
    ((key, _),) = await world.archive.notes.recall("follow")
    assert key.startswith(f"{other.id}/")


async def test_what_is_deleted_while_an_alert_is_worked_out_stays_deleted(
    world: World, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = world.index.ask

    def deleted(*given: Any, **named: Any) -> Answer | NoEvidence:
        world.archive.notes._records.remove_everywhere(f"{world.guild.id}/")
        return ask(*given, **named)

    await follow(world, world.alice)
    monkeypatch.setattr(world.index, "ask", deleted)
    arrive()
    await look(world)
    assert direct(world.alice) == []
    assert await world.archive.notes.recall("follow") == []


@pytest.mark.parametrize(
    ("command", "options"), [("search", {"query": "ferry"}), ("latest", {}), ("follow", {"topic": TOPIC})]
)
async def test_the_server_s_channels_and_pace_hold_for_what_works_on_the_archive(
    world: World, command: str, options: dict[str, str]
) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    here = world.guild.create_text_channel("ask-here")
    await bot._guilds.change(world.guild.id, channels=(here.id,), person_cooldown_s=60)
    assert f"Please ask in: <#{here.id}>" in told(await world.alice.slash(world.channel, command, **options))
    first = await world.alice.slash(here, command, **options)
    assert first.response is not None
    assert "Please" not in (first.response.embeds[0].description or "")
    assert "Please wait" in told(await world.alice.slash(here, command, **options))
    told(await world.alice.slash(world.channel, "follows"))


@few
@given(
    st.lists(found, min_size=1, max_size=4),
    st.text(min_size=1, max_size=MOST),
    st.text(max_size=100),
    st.sampled_from(SPOKEN),
)
def test_any_alert_fits_discord_s_limits(found: list[Quote], topic: str, server: str, code: str) -> None:
    answer = Answer(topic, tuple(found), found[0].text[:50], 0.5, ())
    for embeds in messages(alert(answer, topic, server, language(code))):
        for embed in embeds:
            check_embed(embed)


@given(st.lists(st.text(max_size=250), max_size=40))
def test_any_list_fits_discord_s_limits_and_counts_what_it_does_not_show(lines: list[str]) -> None:
    embed = render.listing("Title", lines)
    check_embed(embed)


async def test_a_topic_that_is_no_question_is_asked_as_one_too_and_a_far_article_not_at_all(
    world: World, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ask, search = list[str](), world.index.ask, world.index.search

    def noted(question: str, *given: Any, **named: Any) -> Answer | NoEvidence:
        asked.append(question)
        return ask(question, *given, **named)

    monkeypatch.setattr(world.index, "ask", noted)
    await follow(world, world.alice, "ferry painting")
    arrive("A ferry was painted.")
    await look(world)
    assert asked == ["ferry painting", "What happened with ferry painting?"]
    monkeypatch.setattr(
        world.index, "search", lambda *given: [replace(hit, similarity=NEAR / 2) for hit in search(*given)]
    )
    arrive("A ferry was sold.")
    await look(world)
    assert len(asked) == 2
    assert questions("Who sold the ferry?") == ("Who sold the ferry?",)


@pytest.mark.parametrize(("confidence", "alerts"), [(SURE - 0.01, 0), (SURE, 1)])
async def test_what_only_the_question_made_of_a_topic_finds_has_to_be_surer(
    world: World, arrive: Arrive, monkeypatch: pytest.MonkeyPatch, confidence: float, alerts: int
) -> None:
    ask = world.index.ask

    def unsure(question: str, *given: Any, **named: Any) -> Answer | NoEvidence:
        if question == TOPIC:
            return NoEvidence(question, 0.1, ())
        found = ask(TOPIC, *given, **named)
        assert isinstance(found, Answer)
        return replace(found, confidence=confidence)

    await follow(world, world.alice)
    monkeypatch.setattr(world.index, "ask", unsure)
    arrive()
    await look(world)
    assert len(direct(world.alice)) == alerts
