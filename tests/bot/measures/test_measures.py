"""What the bot tells of itself: every question counted once, and not a word or an id of anybody."""

import asyncio
import logging
import random
import string
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import aiohttp
import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bot.archive import Archive
from bot.client import Pullquote
from bot.connection.addresses import speak_to
from bot.connection.observing import observed
from bot.measures import OUTCOMES, Gateway, Holdings, Logged, Measures
from bot.settings import BadSetting
from index import ArchiveUnusable, Listening, Status
from tests.bot.conftest import World, until
from tests.bot.discord_server import DiscordServer, online

FIRST = "Who was first to suggest postponing the summit?"
ANYWHERE = Listening("127.0.0.1", 0)  # a free port


@pytest.fixture
def measures() -> Measures:
    return Measures()


@pytest.fixture
def simcord_bot(archive: Archive, measures: Measures) -> Pullquote:
    archive.tell_waits_to(lambda seconds: measures.stage("queue", seconds))
    return Pullquote(archive, measures=measures)


@pytest.fixture
def counted(measures: Measures) -> Iterator[None]:
    """Failures are counted where they are logged, as in the program itself."""
    logging.getLogger().addHandler(handler := Logged(measures))
    yield
    logging.getLogger().removeHandler(handler)


def value(measures: Measures, name: str, **labels: str) -> float:
    found = measures.registry.get_sample_value(name, labels)
    assert found is not None, f"{name} {labels} is not told"
    return found


def questions(measures: Measures) -> dict[str, float]:
    return {one: value(measures, "pullquote_questions_total", outcome=one) for one in OUTCOMES}


async def test_each_question_is_counted_once_by_its_outcome(world: World, measures: Measures) -> None:
    await world.alice.slash(world.channel, "ask", question=FIRST)
    await world.alice.slash(world.channel, "ask", question="Who won the football world cup?")
    await world.alice.send_dm("why " * 400)
    assert questions(measures) == dict.fromkeys(OUTCOMES, 0.0) | {"answer": 1, "no_evidence": 1, "bad_question": 1}
    assert value(measures, "pullquote_question_seconds_count") == 3
    assert value(measures, "pullquote_stage_seconds_count", stage="render") == 2


@pytest.mark.usefixtures("counted")
async def test_a_failure_is_counted_by_its_kind(world: World, measures: Measures) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a detail")

    world.index.before_read = fail
    await world.alice.slash(world.channel, "ask", question=FIRST)
    assert value(measures, "pullquote_failures_total", kind="ZeroDivisionError") == 1
    assert questions(measures)["failed"] == 1
    assert len(world.env.errors) == 1


async def test_who_waits_is_seen_and_how_long_they_waited_is_measured(world: World, measures: Measures) -> None:
    gate = threading.Event()
    world.index.before_read = until(gate)
    asking = [asyncio.create_task(world.archive.show("0" * 16, ["public"])) for _ in range(3)]
    await becomes(lambda: world.archive.queue == (1, 2))  # two threads, and one who waits
    gate.set()
    await asyncio.gather(*asking)
    assert world.archive.queue == (0, 0)
    assert value(measures, "pullquote_stage_seconds_count", stage="queue") == 3


@pytest.mark.usefixtures("counted")
async def test_no_word_of_a_question_and_no_name_or_id_is_in_metrics_or_logs(
    world: World, measures: Measures, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, logger="bot")
    rng = random.Random(7)  # noqa: S311 - no secret
    asked: list[str] = []

    def question() -> str:
        asked.extend("".join(rng.choices(string.ascii_lowercase, k=9)) for _ in range(3))
        return f"Who {' '.join(asked[-3:])} summit?"

    me = world.env.bot.user
    assert me
    for broken in (False, True):
        said = question()
        if broken:
            world.index.before_read = partial(_raise, said)
        await world.alice.slash(world.channel, "ask", question=said)
        await world.alice.slash(world.channel, "search", query=said)
        await world.alice.send_dm(said)
        await world.alice.send(world.channel, f"{me.mention} {said}")
        await world.alice.slash(world.channel, "follow", topic=said)
    told = measures.told().decode() + caplog.text
    ids = [str(one.id) for one in (world.alice, world.guild, world.channel)]
    for secret in [*asked, "alice", *ids]:
        assert secret not in told
    assert "failure" in caplog.text, "something was logged at all"
    assert world.env.errors


def _raise(words: str) -> None:
    raise RuntimeError(f"could not parse {words!r}")


@given(st.text(min_size=1))
def test_the_kind_of_a_failure_is_all_that_is_taken_of_a_record(message: str) -> None:
    measures = Measures()
    record = logging.LogRecord("bot", logging.ERROR, __file__, 1, "%s", (message,), None)
    before = measures.told()
    Logged(measures).handle(record)
    assert measures.told() == before
    record.kind = "RuntimeError"
    Logged(measures).handle(record)
    assert value(measures, "pullquote_failures_total", kind="RuntimeError") == 1


@pytest.fixture
async def served(server: DiscordServer, archive: Archive) -> AsyncIterator[tuple[Pullquote, str, Measures]]:
    """A bot on a Discord of our own, and the address of its page."""
    measures = Measures()
    bot = Pullquote(archive, measures=measures)
    speak_to(bot, api=f"http://{server.address}/api/v10", gateway=f"ws://{server.address}/socket")
    async with observed(bot, archive, measures, ANYWHERE) as there:
        assert there
        yield bot, f"http://{there.host}:{there.port}", measures


async def becomes(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came to be")


async def get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        return answer.status, await answer.text()


async def test_the_page_is_ready_while_the_bot_is_on_discord_and_not_before_or_after(
    served: tuple[Pullquote, str, Measures],
) -> None:
    bot, address, _ = served
    assert (await get(f"{address}/readyz"))[0] == 503
    assert (await get(f"{address}/healthz"))[0] == 200
    async with online(bot):
        status, text = await get(f"{address}/readyz")
        assert (status, text) == (200, '{"gateway": true, "archive": true, "taking": true}')
        shown = (await get(f"{address}/metrics"))[1]
        told = {one.name: one for one in text_string_to_metric_families(shown)}
        assert told["pullquote_articles"].samples[0].value == 3
        assert told["pullquote_gateway_shards_connected"].samples[0].value == 1
        assert told["pullquote_loop_lag_seconds"].samples[-1].value >= 0
    assert (await get(f"{address}/readyz"))[0] == 503


async def test_a_lost_connection_is_a_reconnect(server: DiscordServer, served: tuple[Pullquote, str, Measures]) -> None:
    bot, address, measures = served
    async with online(bot):
        await server.sockets[0].send_json({"op": 7, "d": None, "s": None, "t": None})
        await server.hear(6)
        await server.sockets[-1].send_json({"op": 0, "s": 2, "t": "RESUMED", "d": {}})
        await becomes(lambda: value(measures, "pullquote_gateway_reconnects_total") == 1)
        assert (await get(f"{address}/readyz"))[0] == 200


async def test_a_port_that_is_taken_is_one_sentence_that_names_the_setting(
    served: tuple[Pullquote, str, Measures], archive: Archive
) -> None:
    bot, address, _ = served
    taken = Listening("127.0.0.1", int(address.rpartition(":")[2]))
    with pytest.raises(BadSetting, match="PULLQUOTE_METRICS"):
        async with observed(bot, archive, Measures(), taken):
            pass


async def test_an_archive_that_cannot_be_read_is_told_and_its_last_figures_stay() -> None:
    measures = Measures()
    answers: list[Status | ArchiveUnusable] = [
        Status(5, 9, ("public",), 1, None, None, None, "m", 10),
        ArchiveUnusable("gone"),
    ]

    async def look() -> Status:
        answer = answers.pop(0)
        if isinstance(answer, ArchiveUnusable):
            raise answer
        return answer

    holdings = Holdings(look, measures)
    assert not holdings.is_open
    await holdings.look()
    assert holdings.is_open
    await holdings.look()
    assert not holdings.is_open
    assert value(measures, "pullquote_articles") == 5
    assert value(measures, "pullquote_archive_open") == 0


def test_two_sets_of_measures_in_one_process_do_not_mix() -> None:
    one, other = Measures(), Measures()
    one.asked("answer")
    assert questions(one)["answer"] == 1
    assert questions(other)["answer"] == 0


async def test_a_gateway_that_is_not_up_has_no_shard_connected(
    simcord_env: simcord.Env, simcord_bot: Pullquote
) -> None:
    del simcord_env
    measures = Measures()
    gateway = Gateway(simcord_bot, measures)
    assert gateway.is_up
    simcord_bot.dispatch("shard_connect", 0)
    simcord_bot.dispatch("shard_disconnect", 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not gateway.is_up
    assert value(measures, "pullquote_gateway_shards_connected") == 1
    simcord_bot.dispatch("shard_resumed", 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert gateway.is_up
    assert value(measures, "pullquote_gateway_reconnects_total") == 1
