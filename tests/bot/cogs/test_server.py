"""/settings as an admin uses it, and what it changes for everybody else."""

import json
import logging

import discord
import pytest
import simcord

from bot.client import Pullquote
from bot.cogs import server
from bot.guilds import DEFAULTS, GuildSettings
from bot.servers import panel
from bot.servers.keeping import Kept
from tests.bot.conftest import World, check_embed

QUESTION = "Who was first to suggest postponing the summit?"
SENTENCE = "**Trump** was the first to suggest postponing the summit."


def decided(world: World, guild: simcord.GuildHandle | None = None) -> GuildSettings:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    return bot.settings_of((guild or world.guild).id)


async def panel_of(world: World) -> simcord.ResponseMessage:
    result = await world.admin.slash(world.channel, "settings")
    assert result.response is not None
    return result.response


async def choose(world: World, shown: simcord.ResponseMessage, field: str, value: object) -> simcord.InteractionResult:
    """Open a setting and choose a value."""
    await world.admin.select(shown, [field], custom_id="pullquote:settings:menu")
    return await world.admin.select(shown, [json.dumps(value)], custom_id=f"pullquote:settings:{field}")


def told(result: simcord.InteractionResult) -> str:
    messages = result.followups or ([result.response] if result.response else [])
    return messages[0].embeds[0].description or ""


def words(message: discord.Message | simcord.ResponseMessage | None) -> str:
    assert message is not None
    return message.embeds[0].description or ""


async def test_the_panel_shows_all_that_is_decided_to_the_admin_alone(world: World) -> None:
    shown = await panel_of(world)
    assert shown.ephemeral
    fields = {field.name: field.value for field in shown.embeds[0].fields}
    assert fields == {
        "Where I answer": "everywhere",
        "Who sees answers": "everybody in the channel",
        "Language": "each person's own",
        "Articles I read": "the public archive and those of this server",
        "Pause for each person": "no pause",
        "Questions a minute": "as many as come",
        "Admins' channel": "none",
        "Keeping questions": "no",
    }
    (menu,) = [component for row in shown.components for component in row["components"]]
    assert {option["label"] for option in menu["options"]} == set(fields)


async def test_every_choice_of_every_setting_can_be_made_and_is_shown(world: World) -> None:
    shown = await panel_of(world)
    for setting in panel.SETTINGS:
        for value in setting.choices:
            await choose(world, shown, setting.field, value)
            assert getattr(decided(world), setting.field) == value
            if decided(world).language is None:
                fields = {field.name: field.value for field in shown.embeds[0].fields}
                assert fields[setting.title] == panel.value_of(setting, decided(world))
        if setting.choices:
            await choose(world, shown, setting.field, getattr(DEFAULTS, setting.field))
    assert decided(world) == DEFAULTS


async def test_channels_are_chosen_and_taken_back_and_the_rest_stays_decided(world: World) -> None:
    shown = await panel_of(world)
    await choose(world, shown, "private", value=True)
    await world.admin.select(shown, ["channels"], custom_id="pullquote:settings:menu")
    await world.admin.select(shown, [world.channel], custom_id="pullquote:settings:channels")
    assert decided(world) == GuildSettings(private=True, channels=(world.channel.id,))
    assert f"<#{world.channel.id}>" in str(shown.embeds[0].to_dict())
    await world.admin.select(shown, [], custom_id="pullquote:settings:channels")
    assert decided(world) == GuildSettings(private=True)


async def test_a_panel_from_before_a_restart_goes_on_working(world: World) -> None:
    shown = await panel_of(world)
    await choose(world, shown, "keep_days", 30)
    await world.env.restart_bot(Pullquote(world.archive))
    assert decided(world).keep_days == 30
    await world.admin.select(shown, [json.dumps(7)], custom_id="pullquote:settings:keep_days")
    assert decided(world).keep_days == 7
    await choose(world, shown, "language", "de")
    assert decided(world) == GuildSettings(keep_days=7, language="de")


async def test_members_without_manage_server_neither_see_the_command_nor_may_use_it_where_it_is_shown(
    world: World,
) -> None:
    with pytest.raises(simcord.SetupError, match="default-member-permissions"):
        await world.alice.slash(world.channel, "settings")
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    command = next(one for one in await bot.tree.fetch_commands() if one.name == "settings")
    world.guild.set_command_permissions(command, {world.alice: True})
    result = await world.alice.slash(world.channel, "settings")
    assert "may manage the server" in told(result)
    assert result.response is not None
    assert result.response.ephemeral
    assert len(world.env.errors) == 1


async def test_an_admin_who_has_lost_the_right_changes_nothing_with_an_open_panel(world: World) -> None:
    shown = await panel_of(world)
    await world.admin.select(shown, ["keep_days"], custom_id="pullquote:settings:menu")
    world.env.backend.get_member(world.guild.id, world.admin.id).role_ids.clear()
    result = await world.admin.select(shown, ["7"], custom_id="pullquote:settings:keep_days")
    assert "may manage the server" in told(result)
    assert decided(world) == DEFAULTS


async def test_the_panel_is_for_servers_only(world: World) -> None:
    with pytest.raises(simcord.SetupError, match="context"):
        await world.admin.user.slash("settings")


@pytest.mark.parametrize("forged", ["8", '"de"', "true", "no JSON", "[]"])
async def test_a_value_that_was_not_offered_changes_nothing(world: World, forged: str) -> None:
    shown = await panel_of(world)
    await world.admin.select(shown, ["keep_days"], custom_id="pullquote:settings:menu")
    select = world.env.backend.get_message(world.channel.id, shown.id).components[1]["components"][0]
    select["options"][0]["value"] = forged
    result = await world.admin.select(shown, [forged], custom_id="pullquote:settings:keep_days")
    assert "cannot be chosen" in told(result)
    assert decided(world) == DEFAULTS


async def test_a_change_is_written_down_and_told_in_the_admins_channel(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.servers.audit")
    admins = world.guild.create_text_channel("admins")
    shown = await panel_of(world)
    await world.admin.select(shown, ["admins_channel"], custom_id="pullquote:settings:menu")
    await world.admin.select(shown, [admins], custom_id="pullquote:settings:admins_channel")
    assert words(admins.last_message) == f"Setting changed: Admins' channel: #admins\n<@{world.admin.id}>"
    await choose(world, shown, "keep_days", 30)
    assert "Keeping questions: 30 days" in words(admins.last_message)
    assert world.channel.last_message is None or not world.channel.last_message.content
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.servers.audit"]
    who = f"server {world.guild.id}, person {world.admin.id}"
    assert lines == [
        f"{who}: Setting changed: Admins' channel: #admins",
        f"{who}: Setting changed: Keeping questions: 30 days, then they are deleted",
    ]


async def test_an_admins_channel_that_the_bot_may_not_write_in_is_refused_with_what_it_lacks(world: World) -> None:
    hidden = world.guild.create_text_channel("hidden")
    shown = await panel_of(world)
    await world.admin.select(shown, ["admins_channel"], custom_id="pullquote:settings:menu")
    me = world.guild.me
    assert me is not None
    await hide(world, hidden, me)
    result = await world.admin.select(shown, [hidden], custom_id="pullquote:settings:admins_channel")
    assert "I may not write in #hidden" in told(result)
    assert decided(world) == DEFAULTS


async def hide(world: World, channel: simcord.ChannelHandle, member: discord.Member) -> None:
    there = world.env.bot.get_channel(channel.id)
    assert isinstance(there, discord.TextChannel)
    await there.set_permissions(member, send_messages=False)


async def test_an_admins_channel_that_is_gone_costs_no_change(world: World) -> None:
    admins = world.guild.create_text_channel("admins")
    shown = await panel_of(world)
    await world.admin.select(shown, ["admins_channel"], custom_id="pullquote:settings:menu")
    await world.admin.select(shown, [admins], custom_id="pullquote:settings:admins_channel")
    there = world.env.bot.get_channel(admins.id)
    assert isinstance(there, discord.TextChannel)
    await there.delete()
    await choose(world, shown, "keep_days", 30)
    assert decided(world).keep_days == 30


async def test_questions_elsewhere_are_pointed_to_where_they_are_answered_and_nobody_else_hears_it(
    world: World,
) -> None:
    news = world.guild.create_text_channel("ask-here")
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    assert bot.user is not None
    await bot._guilds.change(world.guild.id, channels=(news.id,))
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert result.response is not None
    assert result.response.ephemeral
    assert told(result) == f"This server has me answer elsewhere. Please ask in: <#{news.id}>"
    for said in (QUESTION, "hello"):
        await world.alice.send(world.channel, f"<@{bot.user.id}> {said}")
        assert f"<#{news.id}>" in words(world.alice.user.dm_channel.last_message)
        assert world.channel.last_message is not None
        assert world.channel.last_message.author.id == world.alice.id
    there = await world.alice.slash(news, "ask", question=QUESTION)
    assert SENTENCE in told(there)


async def test_who_takes_no_direct_messages_is_told_in_the_channel(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    assert bot.user is not None
    await bot._guilds.change(world.guild.id, channels=(1,))
    world.env.inject_error("POST", f"/channels/{world.alice.user.dm_channel.id}/messages", status=403, code=50007)
    await world.alice.send(world.channel, f"<@{bot.user.id}> {QUESTION}")
    assert words(world.channel.last_message) == "This server has me answer in other channels only."
    await world.env.advance_time(20)
    assert world.channel.last_message is not None
    assert world.channel.last_message.author.id == world.alice.id, "it is gone after some seconds"


async def test_a_refusal_that_can_be_said_nowhere_fails_nothing(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    assert bot.user is not None
    await bot._guilds.change(world.guild.id, channels=(1,))
    for channel in (world.alice.user.dm_channel, world.channel):
        world.env.inject_error("POST", f"/channels/{channel.id}/messages", status=403, code=50007)
    await world.alice.send(world.channel, f"<@{bot.user.id}> {QUESTION}")
    assert world.channel.last_message is not None
    assert world.channel.last_message.author.id == world.alice.id


def test_a_download_is_never_larger_than_discord_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [
        Kept("question", f"1/x/{n}", json.dumps({"asked_at": f"2025-01-{n:02}", "question": "é"})) for n in (1, 3, 2)
    ]
    rows = server._that_fit(kept)
    assert [json.loads(row)["asked_at"][-1] for row in rows] == ["3", "2", "1"]
    monkeypatch.setattr(server, "FILE_LIMIT", 2 * len(rows[0].encode()) + 2)
    assert server._that_fit(kept) == rows[:2]


async def test_a_channel_that_the_person_may_not_see_is_not_spoken_of(world: World) -> None:
    seen, unseen = world.guild.create_text_channel("seen"), world.guild.create_text_channel("unseen")
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    there = bot.get_channel(unseen.id)
    assert isinstance(there, discord.TextChannel)
    await there.set_permissions(there.guild.default_role, view_channel=False)
    await bot._guilds.change(world.guild.id, channels=(seen.id, unseen.id))
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert f"<#{seen.id}>" in told(result)
    assert str(unseen.id) not in told(result)


async def test_a_thread_is_answered_in_where_its_channel_is(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, Pullquote)
    assert bot.user is not None
    await bot._guilds.change(world.guild.id, channels=(world.channel.id,))
    there = bot.get_channel(world.channel.id)
    assert isinstance(there, discord.TextChannel)
    await there.create_thread(name="about the summit", type=discord.ChannelType.public_thread)
    await world.env.settle()
    (thread,) = world.channel.threads
    result = await world.alice.slash(thread, "ask", question=QUESTION)
    assert SENTENCE in told(result)
    await world.alice.send(thread, f"<@{bot.user.id}> {QUESTION}")
    assert SENTENCE in words(thread.last_message)


async def test_a_server_that_wants_it_private_answers_for_the_asker_s_eyes_only(world: World) -> None:
    await choose(world, await panel_of(world), "private", value=True)
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert result.response is not None
    assert result.response.ephemeral
    assert SENTENCE in told(result)


async def test_a_server_without_the_public_archive_reads_its_own_articles_only(world: World) -> None:
    await choose(world, await panel_of(world), "public", value=False)
    for command, option in (("ask", "question"), ("search", "query")):
        result = await world.alice.slash(world.channel, command, **{option: QUESTION})
        assert "summit" not in told(result)
    assert await world.alice.autocomplete(world.channel, "search", "publisher", "") == []


async def test_questions_that_come_too_fast_wait_and_only_the_person_hears_it(world: World) -> None:
    await choose(world, await panel_of(world), "person_cooldown_s", 60)
    assert SENTENCE in told(await world.alice.slash(world.channel, "ask", question=QUESTION))
    result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert "Please wait" in told(result)
    assert "seconds" in told(result)
    assert result.response is not None
    assert result.response.ephemeral
    assert SENTENCE in told(await world.admin.slash(world.channel, "ask", question=QUESTION)), "each person alone"
    assert world.env.bot.user is not None
    await world.alice.send(world.channel, f"<@{world.env.bot.user.id}> {QUESTION}")
    assert "Please wait" in words(world.alice.user.dm_channel.last_message)
    await world.alice.send(world.channel, f"<@{world.env.bot.user.id}> thanks")
    assert "welcome" in words(world.channel.last_message), "what asks nothing costs nothing"
    assert SENTENCE in told(await world.alice.user.slash("ask", question=QUESTION)), "direct messages are free"


async def test_settings_and_pace_of_one_server_are_not_those_of_another(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    alice = other.add_member(world.alice.user)
    shown = await panel_of(world)
    for field, value in (("per_minute", 5), ("private", True), ("public", False), ("keep_days", 30)):
        await choose(world, shown, field, value)
    for _ in range(6):
        result = await world.alice.slash(world.channel, "ask", question=QUESTION)
    assert "Please wait" in told(result)
    away = await alice.slash(there, "ask", question=QUESTION)
    assert away.response is not None
    assert not away.response.ephemeral
    assert SENTENCE in told(away)
    assert decided(world, other) == DEFAULTS


async def joined(world: World, guild: simcord.GuildHandle) -> discord.Guild:
    """SimCord's servers are there from the start: the event of a new one is given by hand."""
    there = world.env.bot.get_guild(guild.id)
    assert there is not None
    world.env.bot.dispatch("guild_join", there)
    await world.env.settle()
    return there


async def test_a_server_that_takes_the_bot_in_is_told_three_steps_where_it_may_be_told(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    first, second = other.create_text_channel("rules"), other.create_text_channel("talk")
    guild = world.env.bot.get_guild(other.id)
    assert guild is not None
    await hide(world, first, guild.me)
    await joined(world, other)
    assert first.last_message is None
    assert second.last_message is not None
    embed = second.last_message.embeds[0]
    check_embed(embed)
    assert [f"**{step}.**" in (embed.description or "") for step in (1, 2, 3, 4)] == [True, True, True, False]


async def test_who_added_the_bot_is_told_directly_where_the_audit_log_shows_it(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    assert world.env.bot.user is not None
    added = discord.AuditLogAction.bot_add.value
    world.env.backend.record_audit_log(other.id, added, target_id=world.env.bot.user.id, user_id=other.owner.id)
    await joined(world, other)
    assert "**1.**" in words(other.owner.dm_channel.last_message)
    assert there.last_message is None


async def test_who_takes_no_direct_messages_has_the_first_message_in_the_server(world: World) -> None:
    assert world.env.bot.user is not None
    added, owner = discord.AuditLogAction.bot_add.value, world.guild.owner
    world.env.backend.record_audit_log(world.guild.id, added, target_id=world.env.bot.user.id, user_id=owner.id)
    world.env.inject_error("POST", f"/channels/{owner.dm_channel.id}/messages", status=403, code=50007)
    await joined(world, world.guild)
    assert "**1.**" in words(world.channel.last_message)


async def test_a_server_without_a_channel_to_speak_in_is_left_in_peace(world: World) -> None:
    await joined(world, world.env.create_guild("Elsewhere"))
    assert world.channel.last_message is None


async def test_an_admin_gets_the_kept_questions_without_who_asked_and_the_audit_says_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot.servers.audit")
    shown = await panel_of(world)
    await choose(world, shown, "keep_days", 30)
    none = await world.admin.click(shown, label="Download what is kept")
    assert "No questions are kept" in told(none)
    await world.alice.slash(world.channel, "ask", question=QUESTION)
    result = await world.admin.click(shown, label="Download what is kept")
    (file,) = result.followups[0].attachments
    kept = [json.loads(row) for row in (await file.read()).decode().splitlines()]
    assert [one["question"] for one in kept] == [QUESTION]
    assert set(kept[0]) == {"asked_at", "question", "answered"}
    assert result.followups[0].ephemeral
    assert "Kept questions downloaded: 1" in caplog.text
    await choose(world, shown, "keep_days", 0)
    assert await world.archive.notes.recall("question") == []
