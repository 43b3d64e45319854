"""A server's settings are read back as they were written, whatever an older or a newer release wrote."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive import Archive
from bot.guilds import DEFAULTS, Guilds, GuildSettings
from index import Records
from tests.bot.fake_index import FakeIndex
from tests.engines import Engine, Postgres


@pytest.fixture
def records(engine: Engine, tmp_path: Path) -> Iterator[Records]:
    records = engine.records(tmp_path)
    yield records
    records.close()


SETTINGS = st.builds(
    GuildSettings,
    channels=st.lists(st.integers(1), max_size=3).map(tuple),
    private=st.booleans(),
    language=st.none() | st.sampled_from(["de", "es"]),
    admins_channel=st.none() | st.integers(1),
    keep_days=st.integers(0, 365),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2)
)


@given(SETTINGS)
def test_settings_come_back_as_they_were_written(settings: GuildSettings) -> None:
    assert GuildSettings.of(settings.written) == settings


@given(st.dictionaries(st.sampled_from([*asdict(DEFAULTS), "unknown"]), ANYTHING))
def test_what_does_not_fit_takes_its_default(written: dict[str, object]) -> None:
    read = GuildSettings.of(json.dumps(written))
    assert GuildSettings.of(read.written) == read
    assert all(type(one) is int for one in read.channels)


async def test_a_change_is_kept_over_a_restart_and_stays_in_its_server(archive: Archive) -> None:
    guilds = Guilds(archive.notes)
    await guilds.change(7, private=True, channels=(1, 2))
    await guilds.change(7, keep_days=30)
    again = Guilds(archive.notes)
    await again.load()
    assert again.of(7) == guilds.of(7) == GuildSettings(private=True, channels=(1, 2), keep_days=30)
    assert again.of(8) == again.of(None) == DEFAULTS
    await again.forget(7)
    await guilds.load()
    assert again.of(7) == DEFAULTS


def test_a_thread_is_answered_in_where_its_channel_is() -> None:
    settings = GuildSettings(channels=(1,))
    assert settings.answers_in(9, 1)
    assert not settings.answers_in(9, None)
    assert DEFAULTS.answers_in(9)


async def test_two_changes_at_the_same_time_both_hold(archive: Archive) -> None:
    guilds = Guilds(archive.notes)
    await asyncio.gather(guilds.change(7, private=True), guilds.change(7, keep_days=30), guilds.change(8, per_minute=5))
    assert guilds.of(7) == GuildSettings(private=True, keep_days=30)
    assert guilds.of(8) == GuildSettings(per_minute=5)


@pytest.fixture
async def two(postgres: Postgres, tmp_path: Path) -> AsyncIterator[tuple[Guilds, Guilds]]:
    """As two processes have them."""
    archives = [Archive(FakeIndex(), postgres.records(tmp_path)) for _ in range(2)]
    both = Guilds(archives[0].notes), Guilds(archives[1].notes)
    for one in both:
        await one.load()
    yield both
    for archive in archives:
        archive.close()


async def heard(guilds: Guilds, **settings: object) -> None:
    """Come back once the settings of server 7 are these."""
    async with asyncio.timeout(30):
        while guilds.of(7) != replace(DEFAULTS, **settings):  # type: ignore[arg-type]  # noqa: ASYNC110 - it is heard on another thread
            await asyncio.sleep(0.01)


async def test_what_one_process_changes_is_known_to_the_other_one(two: tuple[Guilds, Guilds]) -> None:
    one, other = two
    await one.change(7, keep_days=3)
    await heard(other, keep_days=3)
    await other.change(7, private=True)
    await heard(one, keep_days=3, private=True)
    await one.forget(7)
    await heard(other)


async def test_what_was_changed_while_the_other_one_did_not_hear_is_known_once_it_hears_again(
    two: tuple[Guilds, Guilds], postgres: Postgres, tmp_path: Path
) -> None:
    one, other = two
    name = postgres.url(tmp_path).rpartition("/")[2]
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
    await asyncio.to_thread(postgres.server.run, "postgres", cut)
    await one.change(7, keep_days=3)
    await heard(other, keep_days=3)


async def test_two_processes_that_change_other_settings_of_a_server_both_are_heeded(
    two: tuple[Guilds, Guilds],
) -> None:
    one, other = two
    await one.change(7, keep_days=3)
    changed = await other.change(7, private=True)
    assert (changed.keep_days, changed.private) == (3, True)
