from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st

from bot.client import Pullquote
from bot.escape import one_line
from bot.language import SPOKEN, language
from bot.lists import embeds
from bot.lists.paging import ARRIVALS_A_PAGE, Arrivals, publisher_of
from index import Article, StoredArticle
from tests.bot.conftest import World, check_embed
from tests.bot.fake_index import FakeIndex
from tests.bot.generated import few, stored

TITLES = [f"Arrival {number}" for number in range(12)]
CAME_IN = datetime(2025, 11, 1, tzinfo=UTC)


def article(number: int, **changes: Any) -> StoredArticle:
    """Number 11 came in last; it was published first."""
    published = datetime(2025, 2, 20 - number, tzinfo=UTC)
    name = "Odd" if number % 2 else "Even"
    made = Article(f"https://a.example/{number}", TITLES[number], "A ship came in.", name, None, published)
    return StoredArticle(replace(made, **changes), 1, CAME_IN + timedelta(hours=number))


def keep(index: FakeIndex, *arrived: StoredArticle) -> None:
    index.articles |= {one.article.id: one for one in arrived}


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    keep(index, *(article(number) for number in range(12)))
    return index


def listed(embed: discord.Embed) -> list[str]:
    return [f"Arrival {part.split(']')[0]}" for part in (embed.description or "").split("[Arrival ")[1:]]


def message(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    assert result.response is not None
    return result.response


async def test_what_came_in_last_stands_first_and_buttons_turn_the_pages_after_a_restart(world: World) -> None:
    shown = message(await world.alice.slash(world.channel, "latest"))
    assert listed(world.shown()) == TITLES[:6:-1]
    assert "https://a.example/11" in (world.shown().description or "")
    await world.env.restart_bot(Pullquote(world.archive))
    await world.alice.click(shown, label="Older")
    assert listed(world.shown()) == TITLES[6:1:-1]
    await world.alice.click(shown, label="Older")
    assert listed(world.shown()) == TITLES[1::-1]
    await world.alice.click(shown, label="Newer")
    assert listed(world.shown()) == TITLES[6:1:-1]


async def test_the_pages_of_one_publisher_stay_with_that_publisher(world: World) -> None:
    shown = message(await world.alice.slash(world.channel, "latest", publisher="odd"))
    assert listed(world.shown()) == TITLES[11:2:-2]
    await world.env.restart_bot(Pullquote(world.archive))
    await world.alice.click(shown, label="Older")
    assert listed(world.shown()) == [TITLES[1]]
    choices = await world.alice.autocomplete(world.channel, "latest", "publisher", "o")
    assert [choice["value"] for choice in choices] == ["Odd"]


async def test_what_came_in_for_one_server_is_not_listed_in_another(world: World) -> None:
    keep(world.index, article(3, collection=f"guild-{world.guild.id}", publisher="Ours"))
    other = world.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    bob = other.add_member(world.env.create_user("bob"))
    assert len(listed(message(await world.alice.slash(world.channel, "latest", publisher="Ours")).embeds[0])) == 1
    for away in (
        await bob.slash(there, "latest", publisher="Ours"),
        await bob.user.slash("latest", publisher="Ours"),
    ):
        assert message(away).embeds[0].description == "Nothing has come in here."
        assert not message(away).components


async def test_a_page_that_is_no_longer_there_leads_back(world: World) -> None:
    shown = message(await world.alice.slash(world.channel, "latest"))
    world.index.articles.clear()
    await world.alice.click(shown, label="Older")
    assert world.shown().description == "Nothing has come in here."
    await world.alice.click(shown, label="Newer")
    assert not message(await world.alice.slash(world.channel, "latest")).components


async def test_a_failure_at_a_click_is_told_with_an_id(world: World) -> None:
    def fail() -> None:
        raise ValueError("secret")

    shown = message(await world.alice.slash(world.channel, "latest"))
    world.index.before_read = fail
    clicked = await world.alice.click(shown, label="Older")
    assert "Something went wrong" in (clicked.followups[0].embeds[0].description or "")


lines = st.text(min_size=1, max_size=100).map(one_line).filter(bool)


@few
@given(st.lists(stored, max_size=ARRIVALS_A_PAGE), st.none() | lines, st.integers(0, 9999), st.sampled_from(SPOKEN))
def test_any_page_shows_all_its_articles_within_discord_s_limits_and_reads_back(
    found: list[StoredArticle], publisher: str | None, number: int, code: str
) -> None:
    embed = embeds.arrivals(Arrivals(tuple(found), number, more=True, publisher=publisher), language(code))
    check_embed(embed)
    assert (embed.description or "").count(":R>") >= len(found)
    assert publisher_of(embed) == publisher
