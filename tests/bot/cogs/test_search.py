import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st

from bot.client import Pullquote
from bot.escape import one_line
from bot.guilds import Guilds
from bot.language import SPOKEN, language
from bot.lists import embeds
from bot.lists.paging import FEWEST, MOST, Page, Search, search_of
from index import Article
from tests.bot.conftest import World
from tests.bot.fake_index import FakeIndex

TITLES = [f"Harbour note {number}" for number in range(10)]
NOTES = [
    Article(
        f"https://notes.example/{n}",
        title,
        f"The harbour saw ship {n}.",
        "Notes",
        None,
        datetime(2025, 1, n + 1, tzinfo=UTC),
    )
    for n, title in enumerate(TITLES)
]


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex(*NOTES)


def buttons(result: simcord.InteractionResult) -> dict[str, dict[str, Any]]:
    assert result.response is not None
    return {button["label"]: button for row in result.response.components for button in row["components"]}


def titles(embed: discord.Embed) -> list[str]:
    return [title for title in TITLES if f"[{title}]" in (embed.description or "")]


def titles_in_order(embed: discord.Embed) -> list[str]:
    return re.findall(r"\[(Harbour note \d)\]", embed.description or "")


async def test_results_come_in_pages_that_buttons_turn(world: World) -> None:
    result = await world.alice.slash(world.channel, "search", query="harbour")
    assert result.response is not None
    first = result.response.embeds[0]
    assert (first.author.name, first.footer.text) == ("harbour", "Page 1 of 3")
    assert buttons(result)["Previous"]["disabled"]
    await world.alice.click(result.response, label="Next")
    second = world.shown()
    assert second.footer.text == "Page 2 of 3"
    await world.alice.click(result.response, label="Next")
    third = world.shown()
    assert buttons(result)["Next"]["disabled"]
    seen = titles(first) + titles(second) + titles(third)
    assert sorted(seen) == TITLES
    await world.alice.click(result.response, label="Previous")
    assert titles(world.shown()) == titles(second)


async def test_buttons_go_on_working_after_a_restart(world: World) -> None:
    result = await world.alice.slash(world.channel, "search", query="harbour", after="2025-01-03", publisher="notes")
    assert result.response is not None
    await world.env.restart_bot(Pullquote(world.archive))
    await world.alice.click(result.response, label="Next")
    assert world.shown().footer.text == "Page 2 of 2 · after 2025-01-03 · publisher notes"
    assert len(titles(world.shown())) == 4


async def test_dates_bound_what_is_found_and_the_first_day_counts(world: World) -> None:
    result = await world.alice.slash(world.channel, "search", query="harbour", after="2025-01-02", before="2025-01-04")
    assert result.response is not None
    assert titles(result.response.embeds[0]) == TITLES[1:3]
    assert not result.response.components, "one page needs no buttons"


async def test_a_day_that_is_none_gets_a_sentence(world: World) -> None:
    result = await world.alice.slash(world.channel, "search", query="harbour", after="yesterday")
    assert result.response is not None
    assert result.response.ephemeral
    assert "YYYY-MM-DD" in (result.response.embeds[0].description or "")
    assert len(world.env.errors) == 1


async def test_nothing_found_is_said(world: World) -> None:
    result = await world.alice.slash(world.channel, "search", query="zeppelin")
    assert result.response is not None
    assert result.response.embeds[0].description == "Nothing in the archive matches this."


async def test_suggested_publishers_are_those_that_this_place_may_read(world: World) -> None:
    other = world.env.create_guild("Elsewhere")
    for guild, name in ((world.guild, "Ours"), (other, "Theirs")):
        note = replace(NOTES[0], collection=f"guild-{guild.id}", publisher=name)
        world.index.articles |= FakeIndex(note).articles
    choices = await world.alice.autocomplete(world.channel, "search", "publisher", "")
    assert [choice["name"] for choice in choices] == ["Notes", "Ours"]
    choices = await world.alice.autocomplete(world.channel, "search", "publisher", "our")
    assert [choice["value"] for choice in choices] == ["Ours"]
    choices = await world.alice.user.autocomplete("search", "publisher", "")
    assert [choice["name"] for choice in choices] == ["Notes"]


async def test_what_one_server_may_read_is_never_found_in_another(world: World) -> None:
    secret = replace(
        NOTES[0], collection=f"guild-{world.guild.id}", title="Ours alone", text="The zeppelin landed today."
    )
    world.index.articles |= FakeIndex(secret).articles
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    bob = other.add_member(world.env.create_user("bob"))
    for command, option in (("search", "query"), ("ask", "question")):
        here = await world.alice.slash(world.channel, command, **{option: "zeppelin landed today"})
        away = await bob.slash(there, command, **{option: "zeppelin landed today"})
        direct = await bob.user.slash(command, **{option: "zeppelin landed today"})
        assert here.response
        assert away.response
        assert direct.response
        assert "Ours alone" in (here.response.embeds[0].description or "")
        assert "Ours alone" not in (away.response.embeds[0].description or "")
        assert "Ours alone" not in (direct.response.embeds[0].description or "")


async def test_a_button_on_a_message_that_holds_no_search_says_so(world: World) -> None:
    result = await world.alice.slash(world.channel, "search", query="harbour")
    assert result.response is not None
    message = world.env.backend.get_message(world.channel.id, result.response.id)
    message.embeds[0]["footer"]["text"] = "Page 1 of 3 · after 2025-13-77"
    clicked = await world.alice.click(result.response, label="Next")
    assert "Please run it again" in (clicked.followups[0].embeds[0].description or "")


async def test_a_failure_at_a_click_is_told_with_an_id(world: World) -> None:
    def fail() -> None:
        raise ValueError("secret")

    result = await world.alice.slash(world.channel, "search", query="harbour")
    assert result.response is not None
    world.index.before_read = fail
    clicked = await world.alice.click(result.response, label="Next")
    told = clicked.followups[0].embeds[0].description or ""
    assert "Something went wrong" in told
    assert "secret" not in told


async def test_sorted_by_date_the_best_come_newest_first_on_every_page_and_after_a_restart(world: World) -> None:
    undated = replace(NOTES[0], url="https://notes.example/undated", published_at=None)
    world.index.articles |= FakeIndex(undated).articles
    result = await world.alice.slash(world.channel, "search", query="harbour", sort="date")
    assert result.response is not None
    assert titles_in_order(world.shown()) == TITLES[9:5:-1]
    assert world.shown().footer.text == "Page 1 of 3 · newest first among the 11 found"
    await world.env.restart_bot(Pullquote(world.archive))
    await world.alice.click(result.response, label="Next")
    assert titles_in_order(world.shown()) == TITLES[5:1:-1]
    await world.alice.click(result.response, label="Next")
    assert titles_in_order(world.shown()) == [TITLES[1], TITLES[0], TITLES[0]]
    assert (world.shown().description or "").count("date unknown") == 1


async def test_a_server_without_the_public_archive_finds_and_is_offered_only_its_own(world: World) -> None:
    own = replace(NOTES[0], collection=f"guild-{world.guild.id}", publisher="Ours", title=TITLES[7])
    world.index.articles |= FakeIndex(own).articles
    guilds = Guilds(world.archive.notes)
    await guilds.change(world.guild.id, public=False)
    await world.env.restart_bot(Pullquote(world.archive))
    await world.alice.slash(world.channel, "search", query="harbour")
    assert titles(world.shown()) == [TITLES[7]]
    choices = await world.alice.autocomplete(world.channel, "search", "publisher", "")
    assert [choice["name"] for choice in choices] == ["Ours"]


lines = st.text(min_size=FEWEST, max_size=MOST).map(one_line)
days = st.none() | st.dates()


@given(
    st.builds(
        Search,
        lines.filter(lambda query: len(query) >= FEWEST),
        days,
        days,
        st.none() | lines.filter(bool),
        by_date=st.booleans(),
    ),
    st.integers(0, 4),
    st.sampled_from(SPOKEN),
)
def test_a_search_reads_back_from_its_message_as_it_was_made_in_every_language(
    search: Search, number: int, code: str
) -> None:
    assert search_of(embeds.results(Page(search, (), number, 5, 20_000), language(code))) == search
