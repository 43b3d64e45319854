"""Jobs show how far they are, can be ended, and outlive the process; what they show fits and harms nobody."""

import asyncio
import re
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive import Archive, CalledOff, Stopped, Writing
from bot.curating import holdings, jobs
from bot.curating.jobs import KIND, OF_ONE_SERVER, PAGE, Job, Jobs, Order
from bot.curating.links import first_link, web_address
from bot.curating.pace import KEPT, time_left_s, with_sample
from bot.curating.reports import CANCELLED, DONE, FAILED, Report
from bot.escape import safe_url
from index import AddReport, Article, Progress, Rejection, Status, StoredArticle
from tests.bot.conftest import check_embed, until
from tests.bot.fake_index import FakeIndex

few = settings(max_examples=30, deadline=None)
words = st.text(max_size=400)
many = st.integers(0, 10**9)
moments = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside
ORDER = Order(id="0123abcd", guild_id=7, channel_id=1, message_id=2, deed=PAGE, what="https://a.example/")
ADDRESS = "https://a.example/"


async def unseen(_: Job) -> None:
    """Nobody looks."""


@given(st.floats(0.01, 1e3), st.integers(1, 1000), st.integers(1, 40), st.integers(0, 10**6))
def test_at_a_steady_pace_the_time_left_is_what_it_takes(seconds: float, step: int, n: int, left: int) -> None:
    samples = tuple((seconds * i, step * i) for i in range(n + 1))
    expected = left * seconds / step
    assert time_left_s(samples, step * n + left) == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 10**6)), max_size=40), st.none() | many)
def test_the_time_left_is_never_below_nothing_and_unknown_where_nothing_can_be_said(
    told: list[tuple[float, int]], total: int | None
) -> None:
    samples: tuple[tuple[float, int], ...] = ()
    for one in told:
        samples = with_sample(samples, one)
    left = time_left_s(samples, total)
    assert len(samples) <= KEPT
    assert left is None or left >= 0
    assert left is None or (total is not None and len(samples) > 1)


def test_another_stage_begins_with_a_pace_of_its_own() -> None:
    assert with_sample(((0.0, 5), (1.0, 10)), (2.0, 0)) == ((2.0, 0),)


async def test_progress_is_shown_at_most_every_few_seconds_and_the_last_one_is_known() -> None:
    now = [0.0]
    job = Job(ORDER, lambda: now[0])
    for done in range(50):
        job(Progress("reading", done, 50))
    await asyncio.wait_for(job.news.wait(), 1)
    job.news.clear()
    job(Progress("reading", 40, 50))
    await asyncio.sleep(0.01)
    assert not job.news.is_set()
    assert job.progress == Progress("reading", 40, 50)
    now[0] = jobs.EVERY_S
    job(Progress("reading", 40, 50))
    await asyncio.wait_for(job.news.wait(), 1)
    assert job.time_left_s == pytest.approx(jobs.EVERY_S / 40 * 10)


async def test_a_job_that_is_cancelled_while_it_waits_for_its_turn_never_begins(
    archive: Archive, index: FakeIndex
) -> None:
    gate = threading.Event()
    index.before_write = until(gate)
    ahead = asyncio.ensure_future(archive.add_page(ADDRESS, "guild-7", lambda _: None))
    desk = Jobs(archive.notes)
    waiting = asyncio.ensure_future(
        desk.carry_out(ORDER, lambda job: archive.add_upload("a.txt", b"A\nB", "guild-7", job), unseen)
    )
    await asyncio.sleep(0.05)
    assert desk.find(8, ORDER.id) is None, "another server does not find it"
    job = desk.find(7, ORDER.id)
    assert job is not None
    job.call_off()
    with pytest.raises(CalledOff):
        await asyncio.wait_for(waiting, 2)
    gate.set()
    await ahead
    assert len(index.articles) == 3
    assert await archive.notes.recall(KIND) == []


async def test_an_order_is_forgotten_when_it_has_ended_and_kept_when_the_bot_ends_first(
    archive: Archive,
) -> None:
    desk = Jobs(archive.notes)
    kept: list[list[tuple[str, str]]] = []

    async def work(job: Job) -> AddReport:
        kept.append(await archive.notes.recall(KIND))
        return await archive.add_page(ADDRESS, "guild-7", job)

    await desk.carry_out(ORDER, work, unseen)
    assert [[Order.read(value) for _, value in found] for found in kept] == [[ORDER]]
    assert await archive.notes.recall(KIND) == []

    async def stopped(_: Job) -> AddReport:
        raise Stopped

    with pytest.raises(Stopped):
        await desk.carry_out(ORDER, stopped, unseen)
    assert await desk.left_over() == [ORDER]


async def test_one_server_s_jobs_leave_room_for_those_of_others(archive: Archive, index: FakeIndex) -> None:
    gate = threading.Event()
    index.before_write = until(gate)
    desk = Jobs(archive.notes)
    orders = [Order(id=f"{n:08x}", guild_id=7, channel_id=1, message_id=2, deed=PAGE) for n in range(OF_ONE_SERVER)]
    running = [
        asyncio.ensure_future(desk.carry_out(one, lambda job: archive.add_page(ADDRESS, "guild-7", job), unseen))
        for one in orders
    ]
    await asyncio.sleep(0.05)
    with pytest.raises(Writing):
        desk.require_room(7)
    desk.require_room(8)
    gate.set()
    await asyncio.gather(*running)
    desk.require_room(7)


reports = st.builds(
    Report,
    at=moments,
    what=words,
    outcome=st.sampled_from([DONE, CANCELLED, FAILED]),
    added=many,
    changed=many,
    unchanged=many,
    rejected=many,
    rejections=st.lists(st.builds(Rejection, words, words), max_size=12).map(tuple),
)
articles = st.builds(
    StoredArticle,
    st.builds(Article, st.just("https://a.example/") | words, words, words),
    st.just(1),
    moments,
)


@few
@given(reports, st.lists(reports, max_size=20), st.none() | many)
def test_any_report_fits_discord_s_limits_and_is_read_back_as_it_was_written(
    one: Report, several: list[Report], count: int | None
) -> None:
    check_embed(holdings.report(one, count))
    check_embed(holdings.reports(several))
    assert Report.read(one.written) == one


@few
@given(words, st.none() | st.builds(Progress, words, many, st.none() | many), st.none() | st.floats(0, 1e9))
def test_any_progress_fits_discord_s_limits(what: str, now: Progress | None, left: float | None) -> None:
    check_embed(holdings.progress(what, now, left))


@few
@given(st.lists(articles, max_size=holdings.A_PAGE), many, articles, st.none() | moments)
def test_any_list_of_articles_fits_discord_s_limits(
    found: list[StoredArticle], page: int, one: StoredArticle, when: datetime | None
) -> None:
    check_embed(holdings.own_list(found, page, page + 1))
    check_embed(holdings.removal(one))
    held = Status(page, page, (), page, when, when, when, "m", page)
    check_embed(holdings.status(held, held, page))


def test_hostile_words_are_shown_as_plain_ones_wherever_they_come_from() -> None:
    hostile = "@everyone <@1> [free](https://evil.example) discord.gg/abc ||x|| ``` \u202e"
    stored = StoredArticle(Article("file:x", hostile, "text"), 1, datetime(2025, 1, 1, tzinfo=UTC))
    report = Report(at=stored.added_at, what=hostile, rejected=1, rejections=(Rejection(hostile, hostile),))
    held = Status(1, 1, (), 1, None, None, None, hostile, 1)
    embeds = [
        holdings.progress(hostile, Progress(hostile, 1, 2), 1.0),
        holdings.report(report),
        holdings.reports([report]),
        holdings.own_list([stored], 0, 1),
        holdings.removal(stored),
        holdings.status(held, held, 1),
    ]
    for embed in embeds:
        left = re.sub(r"\\[!-/:-@\[-`{-~]|<t:\d+:[RD]>", "", embed.description or "")
        assert not re.search(r"@|<|```|\|\||\]\(|discord\.gg|://|\u202e", left), left


@given(words)
def test_what_is_found_as_a_link_is_an_address_that_may_be_fetched_and_no_path(text: str) -> None:
    found = first_link(text)
    for address in (found, web_address(text), web_address(f"https://{text}")):
        assert address is None or (safe_url(address) is not None and address.startswith(("http://", "https://")))


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://a.example/x.", "https://a.example/x"),
        ("(https://a.example/b_(c))", "https://a.example/b_(c)"),
        ("[words](https://a.example/x) and https://b.example", "https://a.example/x"),
        ("<HTTPS://A.example/x>", "https://A.example/x"),
        ("||https://a.example/x||", "https://a.example/x"),
        ("https:// nothing, http://b.example/y", "http://b.example/y"),
        ("file:///etc/passwd", None),
        ("", None),
    ],
)
def test_the_first_link_is_taken_without_what_stands_around_it(text: str, link: str | None) -> None:
    assert first_link(text) == link
