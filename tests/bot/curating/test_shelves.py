"""Of whatever the archive holds, a server is shown and may remove its own articles and no others."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive import Archive, own_collection
from bot.curating import shelves
from bot.language import ENGLISH
from index import Article, IndexConfig, Records, open_records
from tests.bot.fake_index import FakeIndex

GUILDS = (1, 2, 12)
COLLECTIONS = ("public", *map(own_collection, GUILDS))

holdings = st.lists(st.tuples(st.sampled_from(COLLECTIONS), st.integers(0, 9)), max_size=12, unique=True)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder: Path = tmp_path_factory.mktemp("records")
    records = open_records(IndexConfig(data=folder))
    yield records
    records.close()


@settings(max_examples=25, deadline=None)
@given(held=holdings, guild=st.sampled_from(GUILDS), typed=st.sampled_from(["", "1", "guild", "a.example", "zzz"]))
def test_a_server_sees_and_removes_its_own_articles_and_no_others(
    kept: Records, held: list[tuple[str, int]], guild: int, typed: str
) -> None:
    articles = [Article(f"https://a.example/{n}", f"of {of} no {n}", "Text.", collection=of) for of, n in held]
    index = FakeIndex(*articles)
    own = {one.id for one in articles if one.collection == own_collection(guild)}
    archive = Archive(index, kept)

    async def look() -> None:
        suggested = await shelves.suggested(archive, guild, typed)
        assert {one.id for one in suggested} == {
            one.id for one in articles if one.id in own and typed in f"{one.title} {one.url}"
        }
        listed, _ = await shelves.page(archive, guild, 0, ENGLISH)
        others = [one for one in articles if one.id not in own]
        assert not any(one.title in (listed.description or "") for one in others)
        for one in articles:
            asked, buttons = await shelves.removal(archive, guild, one.id, ENGLISH)
            assert (one.title in (asked.description or "")) == (buttons is not None) == (one.id in own)
            by_address, _ = await shelves.removal(archive, guild, one.url, ENGLISH)
            assert not any(other.title in (by_address.description or "") for other in others)
            assert await archive.remove(one.id, own_collection(guild)) == (one.id in own)

    asyncio.run(look())
    archive.close()
    assert set(index.articles) == {one.id for one in articles} - own
