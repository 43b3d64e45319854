"""What is kept about people: only where a server wants it, only as long, and never shown for another."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.archive import Archive
from bot.guilds import Guilds
from bot.servers.keeping import PERSONAL, QUESTION, Keeping
from index import Records
from tests.bot.fake_index import FakeIndex
from tests.engines import Embedded, Engine

HERE, THERE, ALICE, BOB = 12, 1, 7, 77  # one number begins the other: prefixes must not confuse them
WRITES = st.lists(
    st.tuples(st.sampled_from(PERSONAL), st.sampled_from([HERE, THERE]), st.sampled_from([ALICE, BOB])), max_size=8
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(engine: Engine, tmp_path: Path, clock: Clock) -> Iterator[Records]:
    records = engine.records(tmp_path, clock=clock)
    yield records
    records.close()


@pytest.fixture
async def keeping(archive: Archive, clock: Clock) -> Keeping:
    guilds = Guilds(archive.notes)
    for guild_id in (HERE, THERE):
        await guilds.change(guild_id, keep_days=30)
    keeping = Keeping(archive.notes, guilds, clock=clock)
    await keeping.load()
    return keeping


async def test_a_question_is_kept_only_where_a_server_has_decided_so(keeping: Keeping) -> None:
    await keeping.keep_question(999, ALICE, "why here?", answered=True)
    await keeping.keep_question(None, ALICE, "why in private?", answered=True)
    assert await keeping.about(None, ALICE) == []
    await keeping.keep_question(HERE, ALICE, "why there?", answered=False)
    (kept,) = await keeping.about(HERE, ALICE)
    assert isinstance(kept.content, dict)
    assert (kept.content["question"], kept.content["answered"]) == ("why there?", False)


async def test_neither_key_nor_value_tells_who_asked(keeping: Keeping) -> None:
    await keeping.keep_question(HERE, 123456789012345678, "why?", answered=True)
    (kept,) = await keeping.questions_of(HERE)
    assert "123456789012345678" not in kept.key + kept.value


async def test_a_pseudonym_stays_over_a_restart_and_differs_between_installations(
    archive: Archive, keeping: Keeping, tmp_path: Path
) -> None:
    again = Keeping(archive.notes, Guilds(archive.notes))
    with pytest.raises(RuntimeError):
        again.pseudonym(ALICE)
    await again.load()
    assert again.pseudonym(ALICE) == keeping.pseudonym(ALICE) != keeping.pseudonym(BOB)
    records = Embedded().records(tmp_path / "other")
    elsewhere = Archive(FakeIndex(), records)
    other = Keeping(elsewhere.notes, Guilds(elsewhere.notes))
    await other.load()
    assert other.pseudonym(ALICE) != keeping.pseudonym(ALICE)
    elsewhere.close()
    records.close()


async def test_a_question_is_gone_when_its_days_are_over_and_expiry_takes_it_out_of_the_file(
    archive: Archive, keeping: Keeping, clock: Clock
) -> None:
    await keeping.keep_question(HERE, ALICE, "why?", answered=True)
    clock.now += timedelta(days=29)
    assert await keeping.about(HERE, ALICE)
    clock.now += timedelta(days=2)
    assert await keeping.about(HERE, ALICE) == []
    assert await archive.notes.expire() == 1
    assert await archive.notes.expire() == 0


async def test_a_lifetime_that_is_shortened_holds_for_what_is_kept_already(keeping: Keeping, clock: Clock) -> None:
    clock.now -= timedelta(days=10)
    for guild_id in (HERE, THERE):
        await keeping.keep_question(guild_id, ALICE, "old?", answered=True)
    clock.now += timedelta(days=10)
    await keeping.keep_question(HERE, ALICE, "new?", answered=True)
    await keeping.shorten(HERE, 7)
    (left,) = await keeping.questions_of(HERE)
    assert "new?" in left.value
    clock.now += timedelta(days=6)
    assert len(await keeping.questions_of(HERE)) == 1
    clock.now += timedelta(days=2)
    assert await keeping.questions_of(HERE) == []
    assert len(await keeping.questions_of(THERE)) == 1
    await keeping.shorten(THERE, 0)
    assert await keeping.questions_of(THERE) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(WRITES)
async def test_nothing_of_one_server_or_person_is_read_or_deleted_for_another(
    archive: Archive, keeping: Keeping, writes: list[tuple[str, int, int]]
) -> None:
    for kind in PERSONAL:
        await archive.notes.forget_all(kind, "")
    for number, (kind, guild_id, user_id) in enumerate(writes):
        await archive.notes.keep(kind, f"{guild_id}/{keeping.pseudonym(user_id)}/{number}", json.dumps(number))

    async def seen(guild_id: int | None, user_id: int) -> set[object]:
        return {one.content for one in await keeping.about(guild_id, user_id)}

    def written(guild_id: int | None, user_id: int) -> set[object]:
        return {n for n, (_, at, who) in enumerate(writes) if who == user_id and guild_id in (None, at)}

    for place in (HERE, THERE, None):
        for user_id in (ALICE, BOB):
            assert await seen(place, user_id) == written(place, user_id)
    assert await keeping.forget(HERE, ALICE) == len(written(HERE, ALICE))
    assert await seen(None, ALICE) == written(THERE, ALICE)
    assert await seen(HERE, BOB) == written(HERE, BOB)
    await keeping.forget_server(THERE)
    assert await seen(None, ALICE) == set()
    assert await seen(None, BOB) == written(HERE, BOB)


async def test_what_is_kept_as_plain_text_is_shown_as_it_is(archive: Archive, keeping: Keeping) -> None:
    await archive.notes.keep(QUESTION, f"{HERE}/{keeping.pseudonym(ALICE)}/1", "no JSON")
    assert [one.content for one in await keeping.about(HERE, ALICE)] == ["no JSON"]
