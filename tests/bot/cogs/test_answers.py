"""Everything under an answer: its buttons, forms, threads and menus, before and after a restart."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import discord
import pytest
import simcord

from bot.asking.threads import READ_BACK
from bot.client import Pullquote
from index import Gone, StoredArticle
from tests.bot.conftest import World
from tests.bot.fake_index import HOSTILE, SUMMIT, FakeIndex

FIRST = "Who was first to suggest postponing the summit?"
SENTENCE = "Trump was the first to suggest postponing the summit."
NEW_VERSION = 2
CHANGED_AT = datetime(2025, 11, 2, tzinfo=UTC)


def embed_of(message: simcord.ResponseMessage | discord.Message | None) -> discord.Embed:
    assert message is not None
    return message.embeds[0]


def text_of(message: simcord.ResponseMessage | discord.Message | None) -> str:
    return embed_of(message).description or ""


def told_by(result: simcord.InteractionResult) -> simcord.ResponseMessage | None:
    return result.followups[0] if result.followups else result.response


def labels(message: simcord.ResponseMessage) -> list[list[str]]:
    return [[button["label"] for button in row["components"]] for row in message.components]


async def answered(world: World, question: str = FIRST, **options: Any) -> simcord.ResponseMessage:
    result = await world.alice.slash(world.channel, "ask", question=question, **options)
    assert result.response is not None
    return result.response


async def restart(world: World) -> None:
    await world.env.restart_bot(Pullquote(world.archive))


async def test_an_answer_has_two_rows_of_buttons_and_a_refusal_only_asks_whether_it_helped(world: World) -> None:
    assert labels(await answered(world)) == [
        ["Context", "More quotes", "Follow up"],
        ["Helpful", "Not helpful", "Report wrong quote"],
    ]
    assert labels(await answered(world, private=True))[0] == ["Context", "More quotes", "Share", "Follow up"]
    assert labels(await answered(world, "Who won the football world cup?")) == [["Helpful", "Not helpful"]]


async def test_the_short_answer_is_bold_within_the_quote(world: World) -> None:
    assert "> **Trump** was the first to suggest postponing the summit." in text_of(await answered(world))


@pytest.mark.parametrize("restarted", [False, True])
async def test_the_context_is_shown_to_who_clicked_also_after_a_restart(world: World, restarted: bool) -> None:  # noqa: FBT001
    message = await answered(world)
    if restarted:
        await restart(world)
    clicked = await world.admin.click(message, label="Context")
    assert clicked.response is not None
    assert clicked.response.ephemeral
    assert text_of(clicked.response).startswith(
        f"> Leaders will not meet this month. **{SENTENCE}** “We need more time,” Sergei Orlov said.\n\n[1] "
    )


def change(world: World) -> None:
    """The article gets another text; the version that was quoted is kept."""
    before = world.index.articles[SUMMIT.id]
    world.index.earlier[SUMMIT.id, before.version] = replace(before, replaced_at=CHANGED_AT)
    text = "Somebody else suggested it."
    world.index.articles[SUMMIT.id] = StoredArticle(replace(SUMMIT, text=text), NEW_VERSION, CHANGED_AT)


async def test_the_context_of_an_article_that_was_changed_is_that_of_the_quoted_version(world: World) -> None:
    message = await answered(world)
    change(world)
    clicked = await world.alice.click(message, label="Context")
    shown = text_of(clicked.response)
    assert shown.startswith(f"> Leaders will not meet this month. **{SENTENCE}**")
    assert shown.endswith(
        f"\nThe article was changed on <t:{int(CHANGED_AT.timestamp())}:D>: this is how it was quoted."
    )


@pytest.mark.parametrize(
    ("how", "shown"),
    [("withdrawn", "[1] The article was withdrawn on <t:{}:D>. Reason: \\*libel\\*"),
     ("removed", "[1] The article was removed on <t:{}:D>.")],
)  # fmt: skip
async def test_the_context_of_what_was_withdrawn_or_removed_is_the_day_of_it(
    world: World, how: Literal["withdrawn", "removed"], shown: str
) -> None:
    message = await answered(world)
    change(world)
    gone = world.index.fates[SUMMIT.id] = Gone(SUMMIT.id, "public", 1, how, CHANGED_AT, "*libel*")
    clicked = await world.alice.click(message, label="Context")
    assert text_of(clicked.response) == shown.format(int(CHANGED_AT.timestamp()))
    world.index.fates[SUMMIT.id] = replace(gone, collection="guild-1")  # of another server: not even that is told
    clicked = await world.alice.click(message, label="Context")
    assert text_of(clicked.response) == "[1] The article has been changed or removed since."


async def test_a_report_about_an_article_that_was_changed_says_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    message = await answered(world)
    change(world)
    await report(world, message)
    assert "That version, which was replaced on" in caplog.text


async def test_a_button_shows_nothing_of_a_collection_that_its_place_may_not_read(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    bob = other.add_member(world.env.create_user("bob"))
    there = other.create_text_channel("talk")
    secret = replace(SUMMIT, collection=f"guild-{world.guild.id}", url="https://secret.example/", title="Ours")
    world.index.articles = FakeIndex(secret).articles
    ours = await answered(world)
    result = await bob.slash(there, "ask", question="What is this?")
    assert result.response is not None
    world.index.articles |= FakeIndex(SUMMIT).articles
    theirs = await bob.slash(there, "ask", question=FIRST, private=True)
    assert theirs.response is not None
    stored = world.env.backend.get_message(there.id, theirs.response.id)
    forged = ours.components[0]["components"][0]["custom_id"]
    stored.components[0]["components"][0]["custom_id"] = forged
    clicked = await bob.click(theirs.response, label="Context")
    assert text_of(clicked.response) == "[1] The article has been changed or removed since."
    shared = await bob.click(theirs.response, label="Share")
    assert "changed or removed" in text_of(shared.followups[0])


async def test_more_quotes_are_those_that_the_answer_does_not_show(world: World) -> None:
    texts = [f"The harbour saw {count} ships." for count in ("two", "three", "four", "five", "six")]
    notes = [replace(SUMMIT, url=f"https://notes.example/{n}", text=text) for n, text in enumerate(texts)]
    world.index.articles = FakeIndex(*notes).articles
    message = await answered(world, "What harbour saw ships?", publisher="north post")
    first = text_of(message)
    await restart(world)
    clicked = await world.admin.click(message, label="More quotes")
    assert clicked.response is not None
    assert clicked.response.ephemeral
    more = re.findall(r"> (.*)\n\n\[(\d)\]", text_of(clicked.response).replace("**", ""))
    assert [number for _, number in more] == ["4", "5"]
    assert not any(quote in first.replace("**", "") for quote, _ in more)


async def test_where_there_are_no_more_quotes_that_is_said(world: World) -> None:
    clicked = await world.alice.click(await answered(world), label="More quotes")
    assert text_of(clicked.response) == "There are no more quotes that answer this."


async def test_more_quotes_of_a_follow_up_are_asked_for_as_it_was_understood(world: World) -> None:
    await answered(world)
    message = await answered(world, "who else?")
    assert "Understood as" in text_of(message)
    asked: list[str] = []
    real = world.index.ask

    def note(question: str, *args: Any, **more: Any) -> Any:
        asked.append(question)
        return real(question, *args, **more)

    world.index.ask = note  # type: ignore[method-assign]  # a listener on the fake
    if "More quotes" in labels(message)[0]:
        await world.alice.click(message, label="More quotes")
        assert asked == ["Who else was first to suggest postponing the summit?"]


async def test_filters_bound_the_answer_and_are_said_under_it(world: World) -> None:
    message = await answered(world, "What is the price of tickets for the ferry?", after="2025-01-01")
    assert embed_of(message).title == "No answer in the archive"
    message = await answered(world, after="2025-10-01", before="2025-11-01", publisher="North Post")
    assert SENTENCE in text_of(message).replace("**", "")
    assert (embed_of(message).footer.text or "").endswith(
        "Looked only at articles from 1 October 2025 on, before 1 November 2025, by North Post."
    )
    choices = await world.alice.autocomplete(world.channel, "ask", "publisher", "north")
    assert [choice["value"] for choice in choices] == ["North Post"]


async def test_a_private_answer_is_shared_with_who_asked_and_only_once(world: World) -> None:
    message = await answered(world, private=True)
    assert message.ephemeral
    await restart(world)
    await world.alice.click(message, label="Share")
    shared = world.channel.last_message
    assert shared is not None
    assert not shared.flags.ephemeral
    assert shared.content == "**alice** asked, and shares the answer:"
    assert SENTENCE in text_of(shared).replace("**", "")
    assert all("Share" not in row for row in labels(message))
    clicked = await world.admin.click(shared, label="Context")
    assert SENTENCE in text_of(clicked.response)


async def test_an_answer_whose_article_is_gone_is_not_shared(world: World) -> None:
    message = await answered(world, private=True)
    del world.index.articles[SUMMIT.id]
    clicked = await world.alice.click(message, label="Share")
    assert "changed or removed since" in text_of(clicked.followups[0])
    assert clicked.followups[0].ephemeral


async def test_nobody_shares_where_they_may_not_write(world: World) -> None:
    mute = discord.PermissionOverwrite(send_messages=False)
    quiet = world.guild.create_text_channel("quiet", overwrites={world.guild.default_role: mute})
    result = await world.alice.slash(quiet, "ask", question=FIRST, private=True)
    assert result.response is not None
    clicked = await world.alice.click(result.response, label="Share")
    assert "may not write in this channel" in text_of(clicked.followups[0])


async def test_a_vote_is_kept_once_under_a_pseudonym_without_the_question(world: World) -> None:
    message = await answered(world)
    for label in ("Helpful", "Not helpful", "Helpful", "Not helpful"):
        clicked = await world.alice.click(message, label=label)
        assert "noted" in text_of(clicked.response)
    ((key, value),) = await world.archive.notes.recall("feedback", f"{world.guild.id}/")
    vote = json.loads(value)
    assert vote["helpful"] is False
    assert vote["quotes"][0][0] == SUMMIT.id
    assert str(world.alice.id) not in key + value
    assert "summit" not in key + value


async def test_feedback_of_one_server_stays_with_it(world: World) -> None:
    await world.alice.click(await answered(world), label="Helpful")
    assert await world.archive.notes.recall("feedback", "1/") == []


async def report(world: World, message: simcord.ResponseMessage, word: str = "") -> str:
    form = await world.alice.click(message, label="Report wrong quote")
    assert form.modal is not None
    await restart(world)
    done = await world.alice.submit_modal(form, {"words": word} if word else {})
    return text_of(done.response)


async def test_a_report_reaches_the_admins_channel_also_over_a_restart(world: World) -> None:
    admins = world.guild.create_text_channel("admins")
    await world.archive.notes.keep("guild", str(world.guild.id), json.dumps({"admins_channel": admins.id}))
    await restart(world)
    message = await answered(world)
    assert "The admins of this server have it now" in await report(world, message, "It was @everyone.")
    told = admins.last_message
    assert told is not None
    head, quote = told.embeds
    assert head.author.name == FIRST
    assert "It was \\@everyone." in (head.description or "")
    assert str(message.id) in (head.description or "")
    assert SENTENCE in (quote.description or "")
    assert f"`{SUMMIT.id}`, version 1" in (quote.description or "")
    assert "still holds exactly these words" in (quote.description or "")


async def test_a_report_without_an_admins_channel_is_logged_under_an_id_and_without_the_question(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    told = await report(world, await answered(world), "secret word")
    number = told.rstrip(".").split()[-1]
    assert f"report {number}: quote {SUMMIT.id}:1:" in caplog.text
    assert "secret word" not in caplog.text
    assert "postponing" not in caplog.text


async def test_a_report_never_goes_to_another_server_s_channel(world: World) -> None:
    other = world.env.create_guild("Elsewhere").create_text_channel("admins")
    await world.archive.notes.keep("guild", str(world.guild.id), json.dumps({"admins_channel": other.id}))
    await restart(world)
    assert "in the log" in await report(world, await answered(world))
    assert other.last_message is None


async def test_a_report_that_the_channel_refuses_is_logged(world: World) -> None:
    admins = world.guild.create_text_channel("admins")
    await world.archive.notes.keep("guild", str(world.guild.id), json.dumps({"admins_channel": admins.id}))
    await restart(world)
    message = await answered(world)
    world.env.inject_error("POST", f"/channels/{admins.id}/messages", status=403, code=50013)
    assert "in the log" in await report(world, message)


async def opened(world: World) -> simcord.ChannelHandle:
    message = await answered(world)
    await world.alice.click(message, label="Follow up")
    (thread,) = world.channel.threads
    return thread


async def test_follow_up_opens_a_thread_that_says_how_to_ask_on(world: World) -> None:
    thread = await opened(world)
    assert thread.name == FIRST
    opening = thread.last_message
    assert embed_of(opening).author.name == FIRST
    assert embed_of(opening).title == "Trump"
    assert "Reply to one of my messages" in text_of(opening)


async def test_in_a_thread_everybody_s_question_is_a_follow_up_also_after_a_restart(world: World) -> None:
    thread = await opened(world)
    await restart(world)
    assert world.env.bot.user is not None
    await world.admin.send(thread, f"<@{world.env.bot.user.id}> who else?")
    assert text_of(thread.last_message).startswith("**Understood as:** Who else was first to suggest")
    form = await world.admin.click(
        next(m for m in thread.history() if "Reply to one" in text_of(m)), label="Ask a follow-up"
    )
    await restart(world)
    done = await world.admin.submit_modal(form, {"words": "why?"})
    assert done.response is not None
    assert not done.response.ephemeral
    assert text_of(done.response).startswith("**Understood as:** Why ")


async def test_a_reply_in_a_thread_needs_no_mention_in_its_text(world: World) -> None:
    thread = await opened(world)
    await world.admin.send(thread, "who else?", reply_to=thread.last_message)
    assert "Who else was first to suggest postponing the summit?" in text_of(thread.last_message)


async def test_what_the_bot_cannot_read_in_a_thread_is_left_alone(world: World) -> None:
    thread = await opened(world)
    before = thread.last_message
    await world.admin.send(thread, "nice weather")
    assert before is not None
    assert [m for m in thread.history() if m.author == before.author][-1].id == before.id


async def test_a_second_thread_is_not_opened(world: World) -> None:
    message = await answered(world)
    await world.alice.click(message, label="Follow up")
    clicked = await world.admin.click(message, label="Follow up")
    assert len(world.channel.threads) == 1
    assert f"<#{message.id}>" in text_of(clicked.response) or "could not open a thread" in text_of(clicked.response)


async def test_where_no_thread_can_be_opened_the_form_is_offered(world: World) -> None:
    message = await answered(world)
    world.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    clicked = await world.alice.click(message, label="Follow up")
    assert "could not open a thread" in text_of(clicked.response)
    assert clicked.response is not None
    form = await world.alice.click(clicked.response, label="Ask a follow-up")
    assert form.modal is not None


async def test_who_may_open_no_threads_gets_the_form_at_once(world: World) -> None:
    none = discord.PermissionOverwrite(create_public_threads=False)
    channel = world.guild.create_text_channel("flat", overwrites={world.guild.default_role: none})
    result = await world.alice.slash(channel, "ask", question=FIRST)
    assert result.response is not None
    form = await world.alice.click(result.response, label="Follow up")
    assert form.modal is not None
    done = await world.alice.submit_modal(form, {"words": "who else?"})
    assert "Who else was first to suggest" in text_of(done.response)


async def test_a_follow_up_of_a_private_answer_is_private(world: World) -> None:
    form = await world.alice.click(await answered(world, private=True), label="Follow up")
    assert form.modal is not None
    await restart(world)
    done = await world.alice.submit_modal(form, {"words": "who else?"})
    assert done.response is not None
    assert done.response.ephemeral
    assert "Who else was first to suggest" in text_of(done.response)


async def test_a_server_can_make_answers_private_and_a_person_can_say_otherwise(world: World) -> None:
    await world.archive.notes.keep("guild", str(world.guild.id), json.dumps({"private": True}))
    await restart(world)
    assert (await answered(world)).ephemeral
    assert not (await answered(world, private=False)).ephemeral


async def test_a_reply_follows_the_answer_that_it_replies_to_and_not_the_last_one(world: World) -> None:
    assert world.env.bot.user is not None
    me = f"<@{world.env.bot.user.id}>"
    await world.alice.send(world.channel, f"{me} {FIRST}")
    first = world.channel.last_message
    assert first is not None
    await world.alice.send(world.channel, f"{me} Where does the night ferry return in May?")
    await world.admin.send(world.channel, "who else?", reply_to=first)
    assert text_of(world.channel.last_message).startswith("**Understood as:** Who else was first to suggest")


async def test_a_follow_up_looks_where_the_question_before_it_looked(world: World) -> None:
    limits = "Looked only at articles from 1 October 2025 on, by North Post."
    message = await answered(world, after="2025-10-01", publisher="North Post")
    assert world.env.bot.user is not None
    await world.admin.send(world.channel, f"<@{world.env.bot.user.id}> who else?", reply_to=message)
    assert (embed_of(world.channel.last_message).footer.text or "").endswith(limits)
    private = await answered(world, after="2025-10-01", publisher="North Post", private=True)
    form = await world.alice.click(private, label="Follow up")
    done = await world.alice.submit_modal(form, {"words": "who else?"})
    assert (embed_of(done.response).footer.text or "").endswith(limits)


LIMITS = "Looked only at articles from 1 October 2025 on, by North Post."


def foot(message: simcord.ResponseMessage | discord.Message | None) -> str:
    return embed_of(message).footer.text or ""


async def test_whatever_is_asked_in_a_thread_looks_where_the_question_that_opened_it_looked(world: World) -> None:
    message = await answered(world, after="2025-10-01", publisher="North Post")
    await world.alice.click(message, label="Follow up")
    (thread,) = world.channel.threads
    opening = thread.last_message
    for number in range(READ_BACK):
        await world.alice.send(thread, f"so many words {number}")
    await restart(world)
    assert world.env.bot.user is not None
    await world.admin.send(thread, f"<@{world.env.bot.user.id}> Who won the football world cup?")
    assert foot(thread.last_message) == LIMITS  # no answer, and no button that carries them
    await world.admin.send(thread, "who was first to suggest the summit?", reply_to=thread.last_message)
    assert foot(thread.last_message).endswith(LIMITS)
    assert (await world.alice.slash(thread, "ask", question="Who is Sergei Orlov?")).response is not None
    assert foot(thread.last_message).endswith(LIMITS)
    assert opening is not None
    done = await world.alice.submit_modal(
        await world.alice.click(opening, label="Ask a follow-up"), {"words": "who said they need more time?"}
    )
    assert foot(done.response).endswith(LIMITS)
    await world.alice.slash(thread, "ask", question="Where does the night ferry return?", publisher="Harbour Courier")
    assert foot(thread.last_message).endswith("Looked only at articles by Harbour Courier.")


async def test_a_form_in_place_of_a_thread_looks_where_the_answer_looked(world: World) -> None:
    message = await answered(world, after="2025-10-01", publisher="North Post")
    world.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    clicked = await world.alice.click(message, label="Follow up")
    assert clicked.response is not None
    form = await world.alice.click(clicked.response, label="Ask a follow-up")
    done = await world.alice.submit_modal(form, {"words": "who else?"})
    assert foot(done.response).endswith(LIMITS)


async def test_a_reply_that_discord_does_not_show_the_bot_gets_a_hint(world: World) -> None:
    await world.alice.send(world.channel, "who else?", reply_to=await answered(world))
    assert "only when you mention me" in text_of(world.channel.last_message)


async def test_sources_for_a_message_are_the_nearest_passages_and_no_verdict(world: World) -> None:
    message = await world.admin.send(world.channel, "@everyone Trump wants to postpone the summit!")
    result = await world.alice.context_menu(world.channel, "Find sources for this", message)
    assert result.response is not None
    assert result.response.ephemeral
    assert embed_of(result.response).title == "What the archive has on this"
    assert "for you to judge" in text_of(result.response)
    assert SENTENCE in text_of(result.response)


@pytest.mark.parametrize(("said", "told"), [("zeppelins", "Nothing in the archive"), ("", "no text")])
async def test_where_there_are_no_sources_that_is_said(world: World, said: str, told: str) -> None:
    message = await world.admin.send(world.channel, said, attachments=[] if said else [("a.png", b"x")])
    result = await world.alice.context_menu(world.channel, "Find sources for this", message)
    assert told in text_of(result.response)


async def test_a_message_becomes_a_question_in_a_form_that_outlives_a_restart(world: World) -> None:
    message = await world.admin.send(world.channel, "Trump suggested it? " * 40)
    form = await world.alice.context_menu(world.channel, "Ask about this", message)
    assert form.modal is not None
    assert "Trump suggested it?" in json.dumps(form.modal)
    await restart(world)
    done = await world.alice.submit_modal(form, {"words": FIRST})
    assert embed_of(done.response).title == "Trump"
    assert embed_of(done.response).author.name == FIRST


async def test_a_failure_behind_a_button_or_a_menu_is_told_with_an_id_and_logs_no_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError(f"syntax error in {FIRST}")

    message = await answered(world)
    claim = await world.admin.send(world.channel, FIRST)
    world.index.before_read = fail
    clicked = await world.alice.click(message, label="More quotes")
    assert "Something went wrong" in text_of(told_by(clicked))
    chosen = await world.alice.context_menu(world.channel, "Find sources for this", claim)
    assert "Something went wrong" in text_of(told_by(chosen))
    assert "syntax error in" in caplog.text
    assert "postponing" not in caplog.text
    assert len(world.env.errors) == 1


async def test_a_message_that_cannot_be_read_back_says_so(world: World) -> None:
    message = await answered(world)
    stored = world.env.backend.get_message(world.channel.id, message.id)
    stored.embeds[0]["author"]["name"] = "cut …"
    clicked = await world.alice.click(message, label="More quotes")
    assert "ask again" in text_of(clicked.response)


async def test_hostile_text_goes_through_every_button_harmlessly(world: World) -> None:
    world.index.articles = FakeIndex(HOSTILE).articles
    message = await answered(world, "everyone won the lottery: claim here", private=True)
    for label in ("Context", "More quotes"):
        clicked = await world.alice.click(message, label=label)
        assert not re.search(r"(?<!\\)@|(?<!\\)<@", text_of(clicked.response))
    await world.alice.click(message, label="Share")
