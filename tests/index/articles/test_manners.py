"""How a fetcher treats its hosts: pauses, tries, and what it tells them so that they need not answer at length."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import NOTHING_KNOWN, Fetcher, NotAsked, Unavailable, Validators
from index.articles.fetching.manners import LONGEST_WAIT_S, REST_S, STRIKES
from index.articles.fetching.robots import KEPT_FOR, Robots
from index.articles.fetching.trouble import MOST_PATIENCE_S, seconds_to_wait
from tests.fakes import START, FakeClock
from tests.index.articles.site import HOST, Answer, Site, page, redirect, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        found.answers["/story"] = page()
        yield found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def fetcher(site: Site, clock: FakeClock, **given: object) -> Fetcher:
    return Fetcher(site.rules(**({"pause_s": 1.0, "tries": 3} | given)), clock=clock)


def in_turn(*answers: Answer) -> Answer:
    """The answers one after another."""
    left = iter(answers)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        next(left)(handler)

    return answer


def test_a_page_is_known_by_what_its_server_said_of_it_and_not_sent_again(site: Site, clock: FakeClock) -> None:
    told = page(ETag='"7"', Last_Modified="Mon, 02 Mar 2026 06:00:00 GMT")
    site.answers["/story"] = in_turn(told, page("", 304, Content_Length=""))
    fetching = fetcher(site, clock)
    first = fetching.fetch(site.url("/story"))
    assert first.validators == Validators('"7"', "Mon, 02 Mar 2026 06:00:00 GMT")
    assert fetching.fetch_changed(site.url("/story"), first.validators) is None
    _, headers = site.asked[-1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"7"', "Mon, 02 Mar 2026 06:00:00 GMT")


@pytest.mark.parametrize("value", ["é", "a" * 600, "\x01"])
def test_a_validator_that_no_header_may_hold_is_not_kept(value: str, site: Site, clock: FakeClock) -> None:
    site.answers["/story"] = page(ETag=value)
    assert fetcher(site, clock).fetch(site.url("/story")).validators == NOTHING_KNOWN


def test_a_server_that_says_unchanged_to_who_knows_nothing_is_not_believed(site: Site, clock: FakeClock) -> None:
    site.answers["/story"] = page("", 304, Content_Length="")
    with pytest.raises(Unavailable, match="304"):
        fetcher(site, clock).fetch_changed(site.url("/story"), NOTHING_KNOWN)


def test_the_contact_is_told_to_the_site(site: Site, clock: FakeClock) -> None:
    fetcher(site, clock, contact="news@a.example").fetch(site.url("/story"))
    assert all(headers["User-Agent"].endswith(" (news@a.example)") for _, headers in site.asked)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_passing_trouble_is_waited_out(status: int, site: Site, clock: FakeClock) -> None:
    site.answers["/story"] = in_turn(page("", status), page("", status), page())
    assert fetcher(site, clock).fetch(site.url("/story")).body
    first, second = (seconds for seconds in clock.slept if seconds > 1)
    assert 1 <= first <= 3
    assert 4 <= second <= 12


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_what_will_not_pass_is_asked_for_once(status: int, site: Site, clock: FakeClock) -> None:
    site.answers["/story"] = page("", status)
    with pytest.raises(Unavailable) as caught:
        fetcher(site, clock).fetch(site.url("/story"))
    assert site.paths == ["/story"]
    assert caught.value.is_gone == (status in (404, 410))


def test_retry_after_is_kept_to_in_both_of_its_forms(site: Site, clock: FakeClock) -> None:
    date = "Mon, 02 Mar 2026 06:00:47 GMT"
    site.answers["/story"] = in_turn(page("", 503, Retry_After="20"), page("", 503, Retry_After=date), page())
    assert fetcher(site, clock).fetch(site.url("/story")).body
    assert clock.now() >= START + timedelta(seconds=47)


def test_a_host_that_asks_for_long_peace_is_asked_for_nothing_meanwhile(site: Site, clock: FakeClock) -> None:
    site.answers["/busy"] = page("", 429, Retry_After="600")
    fetching = fetcher(site, clock)
    with pytest.raises(Unavailable):
        fetching.fetch(site.url("/busy"))
    with pytest.raises(NotAsked):
        fetching.fetch(site.url("/story"))
    assert site.paths == ["/busy"]
    clock.pass_to(START + timedelta(seconds=600))
    assert fetching.fetch(site.url("/story")).body


def test_a_host_that_fails_again_and_again_gets_a_rest_and_others_do_not(site: Site, clock: FakeClock) -> None:
    site.answers["/broken"] = page("", 500)
    fetching = fetcher(site, clock, hosts=("*",))
    for _ in range(STRIKES):
        with pytest.raises(Unavailable, match="500"):
            fetching.fetch(site.url("/broken"))
    with pytest.raises(NotAsked):
        fetching.fetch(site.url("/story"))
    assert fetching.fetch(site.url("/story", "other.example")).body
    clock.pass_to(clock.now() + timedelta(seconds=REST_S))
    assert fetching.fetch(site.url("/story")).body


def test_between_two_pages_of_a_host_lies_the_pause_and_on_the_way_to_one_there_is_none(
    site: Site, clock: FakeClock
) -> None:
    site.answers["/a"] = redirect("/story")
    fetching = fetcher(site, clock, hosts=("*",), pause_s=5.0)
    fetching.fetch(site.url("/a"))
    assert clock.slept == []
    fetching.fetch(site.url("/story", "other.example"))
    assert clock.slept == []
    fetching.fetch(site.url("/story"))
    assert clock.slept == [5.0]


@pytest.mark.parametrize(
    ("rule", "pause_s"), [("Crawl-delay: 30", 30), ("Request-rate: 2/1m", 30), ("Crawl-delay: x", 1)]
)
def test_the_delay_of_robots_txt_is_kept_to(rule: str, pause_s: float, site: Site, clock: FakeClock) -> None:
    site.answers["/robots.txt"] = page(f"User-agent: *\n{rule}", Content_Type="text/plain")
    fetching = fetcher(site, clock)
    for _ in range(3):
        fetching.fetch(site.url("/story"))
    assert clock.slept == [pause_s, pause_s]


def test_robots_txt_is_asked_for_again_after_a_day(site: Site, clock: FakeClock) -> None:
    fetching = fetcher(site, clock)
    for hours in (0, 23, 25):
        clock.pass_to(START + timedelta(hours=hours))
        fetching.fetch(site.url("/story"))
    assert [path for path, _ in site.asked].count("/robots.txt") == 2


def test_wildcards_and_the_longest_rule_count_in_robots_txt() -> None:
    robots = Robots.parse("User-agent: *\nDisallow: /*.pdf$\nDisallow: /news\nAllow: /news/open", START)
    paths = {"/a.pdf": False, "/a.pdf?x": True, "/news/x": False, "/news/open/x": True, "/": True}
    assert {path: robots.allow(f"http://{HOST}{path}") for path in paths} == paths
    assert not robots.is_fresh(START + KEPT_FOR)


@given(st.text(max_size=300))
def test_any_robots_txt_can_be_read_or_is_refused(text: str) -> None:
    robots = Robots.parse(text, START)
    assert isinstance(robots.allow(f"http://{HOST}/a"), bool)
    assert 0 <= robots.pause_s <= 86_400


def test_nothing_is_asked_for_once_it_is_time_to_stop(site: Site, clock: FakeClock) -> None:
    clock.stopping = True
    with pytest.raises(NotAsked):
        fetcher(site, clock).fetch(site.url("/story"))
    assert site.asked == []


def test_no_thread_waits_longer_than_it_may(site: Site, clock: FakeClock) -> None:
    fetching = fetcher(site, clock, pause_s=LONGEST_WAIT_S + 1)
    fetching.fetch(site.url("/story"))
    with pytest.raises(NotAsked) as caught:
        fetching.fetch(site.url("/story"))
    assert caught.value.retry_after_s == LONGEST_WAIT_S + 1
    assert clock.slept == []


@given(st.text(max_size=40) | st.integers(-5, 10**20).map(str) | st.datetimes().map(datetime.ctime))
def test_any_retry_after_is_a_time_within_a_day_or_none(text: str) -> None:
    seconds = seconds_to_wait(text, now=START)
    assert seconds is None or 0 <= seconds <= MOST_PATIENCE_S
