"""The soak: what it makes of its figures, what people in it see, and a minute of it."""

import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.processes import Held, held, shared_out_bytes
from benchmarks.soak import Plan, soak
from benchmarks.soaking.news import EVERY, question, secret, told, upload, upload_url
from benchmarks.soaking.people import Fates
from benchmarks.soaking.programs import logged_errors
from benchmarks.soaking.verdict import (
    FLAT_BYTES_AN_HOUR,
    Look,
    figures_of,
    growth,
    handles,
    last_life,
    leaks,
    less,
    merged,
    percentile,
    promises,
)

MINUTES = 40
patiently = settings(deadline=None, max_examples=40)  # the machine may be busy: time proves nothing
SERVERS = st.integers(0, 99)
FOUND = {"articles": 1, "problems": [], "added_missing": [], "published_missing": []}


def looks(sizes: Sequence[float], *, life: int = 0, descriptors: int = 10) -> list[Look]:
    """One a minute."""
    return [Look(60.0 * n, life, Held(round(size), descriptors, 5)) for n, size in enumerate(sizes)]


def lagging(late: int) -> dict[str, dict[int, dict[float, float]]]:
    """So many of a hundred looks came too late."""
    return {"bot": {0: {0.05: 100.0 - late, float("inf"): 100.0}}, "idle": {}}


@patiently
@given(start=st.floats(1e8, 1e9), slope=st.floats(-1e6, 1e6))
def test_a_straight_line_is_found_as_it_is(start: float, slope: float) -> None:
    grown = growth(looks([start + slope * minute for minute in range(MINUTES)]))
    assert grown is not None
    assert grown.bytes_an_hour == pytest.approx(60 * slope, abs=100)
    assert grown.error_an_hour < 1000
    assert grown.is_flat == (60 * slope <= FLAT_BYTES_AN_HOUR)


def test_noise_alone_is_flat_and_growth_through_noise_is_not() -> None:
    dice = random.Random(1)  # noqa: S311 - for noise
    noise = [dice.gauss(0, 2e6) for _ in range(240)]
    still = growth(looks([5e8 + one for one in noise]))
    rising = growth(looks([5e8 + one + 1e6 * minute for minute, one in enumerate(noise)]))
    assert still is not None
    assert still.is_flat
    assert rising is not None
    assert not rising.is_flat


def test_memory_is_not_judged_by_few_looks_nor_by_how_it_filled_at_first() -> None:
    assert growth(looks([5e8] * 5)) is None
    filling = growth(looks([1e8] * 10 + [6e8] * 30))
    assert filling is not None
    assert filling.bytes_an_hour == pytest.approx(0, abs=100)


def test_only_the_last_process_counts() -> None:
    both = looks([1e8] * 20) + looks([5e8] * 20, life=1)
    assert {look.life for look in last_life(both)} == {1}
    assert last_life([]) == []


@patiently
@given(counts=st.lists(st.integers(0, 50), min_size=3, max_size=60))
def test_what_comes_down_again_does_not_leak_and_what_only_rises_does(counts: list[int]) -> None:
    assert not leaks([*counts, counts[0]])
    assert leaks([count + number * 51 for number, count in enumerate(counts)])


@patiently
@given(before=st.integers(0, 30), after=st.integers(0, 30), size=st.integers(1, 20))
def test_a_single_step_is_no_leak(before: int, after: int, size: int) -> None:
    assert not leaks([size] * before + [2 * size] * after)


def test_handles_are_told_with_their_least_and_most() -> None:
    seen = [look for count in (7, 8, 9, 10) for look in looks([1e8] * 3, descriptors=count)]
    assert handles(seen)["descriptors"] == {"least": 8, "most": 10, "leaks": True}
    assert handles([])["threads"] == {"least": 0, "most": 0, "leaks": False}


@patiently
@given(lags=st.lists(st.floats(0, 2), min_size=1), share=st.floats(0.01, 1))
def test_the_bound_of_a_histogram_is_kept_by_the_share_and_by_no_smaller_bound(lags: list[float], share: float) -> None:
    bounds = (0.01, 0.05, 0.5, float("inf"))
    buckets = {bound: float(sum(lag <= bound for lag in lags)) for bound in bounds}
    found = percentile(buckets, share)
    assert buckets[found] >= share * len(lags)
    assert all(buckets[bound] < share * len(lags) for bound in bounds if bound < found)
    assert merged([buckets, buckets]) == {bound: 2 * count for bound, count in buckets.items()}
    assert less(merged([buckets, buckets]), buckets) == buckets


def test_nothing_seen_is_no_lag() -> None:
    assert percentile({}, 0.99) == 0
    assert percentile({0.05: 0.0, float("inf"): 0.0}, 0.99) == 0


def test_every_promise_can_be_kept_and_every_one_can_be_broken() -> None:
    seen = {"bot": looks([5e8] * MINUTES), "watch": looks([5e8] * MINUTES)}
    good = figures_of(seen, lagging(1), Fates()) | {"errors": [], "archive_after": FOUND}
    assert all(promises(good).values())
    leaking = [Look(60.0 * minute, 0, Held(500_000_000, minute, 5)) for minute in range(MINUTES)]
    growing = {"bot": looks([5e8 + 1e7 * n for n in range(MINUTES)]), "watch": leaking}
    fates = Fates(lost=["ask"], unanswered=["ask"], leaked=["ask in 1: zyxbaba"])
    found = FOUND | {"problems": ["a row"], "published_missing": ["a story"]}
    bad = figures_of(growing, lagging(2), fates) | {"errors": ["x"], "archive_after": found}
    assert not any(promises(bad).values())
    assert promises(good).keys() == promises(bad).keys()


@patiently
@given(one=SERVERS, other=SERVERS, number=st.integers(1, 1000))
def test_an_article_of_a_server_has_its_word_in_every_paragraph_and_no_question_has_any(
    one: int, other: int, number: int
) -> None:
    title, text = told(f"{secret(one)}/{number}", 1)
    assert all(secret(one) in part for part in (title, *text.split("\n")))
    assert one == other or secret(other) not in text
    assert "zyx" not in question(random.Random(number))  # noqa: S311 - for words
    assert upload(one, number)["url"] == upload_url(one, number)


def test_an_edition_reads_unlike_the_one_before() -> None:
    assert told("a/1", 1) != told("a/1", 2)
    assert EVERY.total_seconds() >= 60, "pullquote takes no shorter interval"


def test_errors_are_what_was_logged_as_such_or_under_an_id_and_last_words(tmp_path: Path) -> None:
    log = tmp_path / "bot-0.log"
    lines = [
        '{"level": "INFO", "logger": "a", "message": "fine"}',
        '{"level": "WARNING", "logger": "a", "message": "odd", "incident": "5f0c91aa", "kind": "OSError"}',
        '{"level": "ERROR", "logger": "b", "message": "bad"}',
        "added 3 articles",
        "Traceback (most recent call last):",
    ]
    log.write_text("\n".join(lines), encoding="utf-8")
    assert list(logged_errors(log)) == ["a: odd OSError", "b: bad", "Traceback (most recent call last):"]


def test_what_a_process_holds_grows_with_what_it_opens() -> None:
    before = held(os.getpid())
    with tempfile.TemporaryFile():
        assert held(os.getpid()).descriptors == before.descriptors + 1
    assert before.threads >= 1
    assert before.resident_bytes > shared_out_bytes(os.getpid()) // 2 > 0
    with pytest.raises(OSError, match="No such file"):
        held(2**22 + 1)


@pytest.mark.slow
async def test_a_minute_of_people_news_and_restarts_leaks_nothing() -> None:
    figures = await soak(Plan(seconds=36, rate=1.5, servers=3, restarts=2, look_s=1, news_s=2))
    assert figures["promises"]["no handle leaked"]
    assert not figures["seen_by_others"]
    assert figures["own_articles_shown"], "the servers' own articles were found where they may be"
    assert not figures["lost"]
    assert figures["archive_after"] == FOUND | {"articles": figures["archive_after"]["articles"]}
    assert len(figures["restarted"]) == 2
