"""What a watch does with a news site: a real HTTP server on loopback, and a clock that the tests turn."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from index import ArchiveLocked, NewsIndex, NewSource, Round
from tests.engines import Engine
from tests.fakes import WordEncoder, WordReader
from tests.index.articles.site import page
from tests.index.watching.press import Press

Follow = Callable[[str], NewSource]
Look = Callable[[], Round]


def stored(index: NewsIndex, outlet: Press, path: str) -> str:
    (found,) = index.find(outlet.site.url(path))
    return found.article.text


@pytest.mark.parametrize("kind", ["atom", "rss", "sitemap"])
def test_the_whole_article_is_taken_from_its_page_and_not_the_summary(
    kind: str, outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    story = outlet.publish("/a")
    outlet.publish("/b")
    added = follow(outlet.list_in("/list.xml", kind))
    assert (added.names, added.source.kind) == (2, "sitemap" if kind == "sitemap" else "feed")
    found = look()
    assert (found.report.added, found.looks[0].rejected) == (2, ())
    assert "two wardens" in stored(index, outlet, "/a")
    assert story.fact in stored(index, outlet, "/a")
    assert "Not this" not in stored(index, outlet, "/a")


def test_what_has_not_changed_is_not_sent_again_and_costs_no_model(outlet: Press, follow: Follow, look: Look) -> None:
    outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "atom"))
    look()
    for _ in range(5):
        found = look()
        assert (found.report.added, found.report.changed) == (0, 0)
    assert outlet.sent == [("/a", 1)]
    assert set(outlet.unchanged) == {"/list.xml", "/a"}


@pytest.mark.parametrize("kind", ["atom", "sitemap"])
def test_a_change_that_the_listing_tells_is_in_the_archive_after_the_next_look(
    kind: str, outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    story = outlet.publish("/a")
    follow(outlet.list_in("/list.xml", kind))
    for _ in range(50):
        look()  # so that it is asked for rarely by now
    outlet.change("/a")
    assert look().report.changed == 1
    assert story.fact in stored(index, outlet, "/a")


def test_a_silent_change_is_noticed_within_half_of_the_time_since_the_last_one(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    story = outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "rss"))
    look()
    for hours in (1, 4, 40):
        last = story.changed_at
        outlet.clock.pass_to(last + timedelta(hours=hours))
        look()
        outlet.change("/a", silently=True)
        until = story.changed_at + (story.changed_at - last) / 2 + timedelta(hours=1)
        while outlet.clock.now() < until:
            look()
        assert story.fact in stored(index, outlet, "/a")


def test_a_page_that_no_listing_names_any_more_is_still_looked_at(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    story = outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "rss"))
    look()
    outlet.site.answers["/list.xml"] = page(outlet.rss([]), Content_Type="application/rss+xml")
    outlet.change("/a", silently=True)
    look()
    look()
    assert story.fact in stored(index, outlet, "/a")


def test_a_single_page_is_looked_at_every_time(outlet: Press, index: NewsIndex, follow: Follow, look: Look) -> None:
    story = outlet.publish("/a")
    assert follow(outlet.site.url("/a")).source.kind == "page"
    for _ in range(3):
        look()
        outlet.change("/a", silently=True)
    look()
    assert story.fact in stored(index, outlet, "/a")
    assert [edition for _, edition in outlet.sent] == [1, 1, 2, 3, 4]  # the first was to see what it is


def test_a_server_without_validators_is_believed_when_the_article_is_the_same(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    story = outlet.publish("/a")
    outlet.site.answers["/a"] = page(story.html)
    follow(outlet.list_in("/list.xml", "rss"))
    assert look().report.added == 1
    found = look()
    assert (found.report.unchanged, found.looks[0].same) == (0, 1)  # nothing was handed to the archive at all
    assert index.find(outlet.site.url("/a"))[0].version == 1


def test_a_page_that_fails_is_tried_again_and_no_other_waits_for_it(outlet: Press, follow: Follow, look: Look) -> None:
    outlet.publish("/a")
    outlet.publish("/b")
    outlet.trouble["/a"] = page("", 500)
    follow(outlet.list_in("/list.xml", "atom"))
    found = look()
    assert found.report.added == 1
    assert [one.source for one in found.looks[0].rejected] == [outlet.site.url("/a")]
    assert outlet.site.paths.count("/a") == 3  # tries, within one look
    outlet.trouble.clear()
    assert look().report.added == 1


def test_a_site_that_asks_for_peace_gets_it_for_as_long_as_it_says(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    outlet.publish("/a")
    outlet.publish("/b")
    follow(outlet.list_in("/list.xml", "atom"))
    outlet.trouble["*"] = page("", 429, Retry_After="7200")
    outlet.site.asked.clear()
    begun = outlet.clock.now()
    (tried,) = look().looks
    assert "too many requests" in (tried.error or "")
    assert outlet.site.paths == ["/list.xml"]
    outlet.trouble.clear()
    while outlet.clock.now() < begun + timedelta(hours=2):
        look()
        assert outlet.site.paths == ["/list.xml"]
    look()
    assert index.status().articles == 2


def test_a_source_that_fails_is_asked_ever_more_rarely_and_is_well_again_at_once(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "atom"))
    outlet.trouble["/list.xml"] = page("", 404)
    outlet.site.asked.clear()
    for _ in range(48):
        look()
    assert 4 <= outlet.site.paths.count("/list.xml") <= 7  # of 48: 30 minutes, 1 hour, 2, 4, 8, 16
    (failing,) = index.sources.sources()
    assert (failing.error, failing.failures > 3) == ("is not there (404)", True)
    assert (index.status().sources, index.status().failing_sources) == (1, 1)
    outlet.trouble.clear()
    index.sources.resume(failing.id, outlet.clock.now())
    look()
    (well,) = index.sources.sources()
    assert (well.error, well.failures, well.articles) == (None, 0, 1)


def test_the_crawl_delay_of_the_site_lies_between_any_two_pages(outlet: Press, follow: Follow, look: Look) -> None:
    outlet.site.answers["/robots.txt"] = page("User-agent: *\nCrawl-delay: 20\nDisallow: /*.pdf$")
    for name in ("/a", "/b", "/c", "/d.pdf"):
        outlet.publish(name)
    follow(outlet.list_in("/list.xml", "atom"))
    begun = outlet.clock.now()
    found = look()
    assert found.report.added == 3
    assert "robots.txt" in found.looks[0].rejected[0].reason
    assert outlet.clock.now() - begun >= timedelta(seconds=3 * 20)
    assert all(seconds <= 20 for seconds in outlet.clock.slept)


def test_a_site_that_wants_an_hour_between_pages_gets_it(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    outlet.site.answers["/robots.txt"] = page("User-agent: Pullquote\nCrawl-delay: 3600")
    outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "atom"))
    begun = outlet.clock.now()
    while not index.status().articles and outlet.clock.now() < begun + timedelta(days=1):
        look()
    assert timedelta(hours=1) <= outlet.clock.now() - begun <= timedelta(hours=2)
    assert outlet.clock.slept == []  # no thread sat and waited


def test_a_host_that_wants_peace_keeps_no_page_of_another_host_waiting(
    outlet: Press, index: NewsIndex, follow: Follow
) -> None:
    for number in range(4):
        outlet.publish(f"/{number}")
    outlet.trouble["/0"] = page("", 429, Retry_After="80000")
    links = [outlet.site.url("/0", "busy.example"), outlet.site.url("/2", "busy.example"), outlet.site.url("/1")]
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    outlet.site.answers["/list.xml"] = page(f"<rss><channel>{items}</channel></rss>", Content_Type="text/xml")
    follow(outlet.site.url("/list.xml"))
    watcher = index.watcher(outlet.clock, web=outlet.site.rules(hosts=("*",)))
    assert watcher.look_once().report.added == 1
    outlet.clock.sleep(80_001)
    outlet.trouble.clear()
    assert watcher.look_once().report.added == 2


def test_a_host_with_a_long_crawl_delay_does_not_keep_a_round_from_ending(
    outlet: Press, index: NewsIndex, follow: Follow
) -> None:
    outlet.site.answers["/robots.txt"] = page("User-agent: *\nCrawl-delay: 100")
    for number in range(20):
        outlet.publish(f"/{number}")
    follow(outlet.list_in("/list.xml", "atom"))
    begun = outlet.clock.now()
    rounds = index.watcher(outlet.clock, web=outlet.site.rules()).watch()
    assert 2 <= next(rounds).report.added <= 4
    assert outlet.clock.now() - begun <= timedelta(minutes=7)
    while index.status().articles < 20:
        next(rounds)
    assert index.sources.sources()[0].failures == 0


def test_a_page_that_is_gone_is_reported_once_it_has_been_for_some_time(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    story = outlet.publish("/a")
    outlet.publish("/b")
    follow(outlet.list_in("/list.xml", "rss"))
    look()
    story.gone = True
    gone_at = outlet.clock.now()
    for _ in range(4):
        outlet.clock.pass_to(outlet.clock.now() + timedelta(days=1))
        look()
    (article,) = index.find(outlet.site.url("/a"))
    assert index.sources.gone_since(gone_at) == {}  # it was there then
    assert set(index.sources.gone_since(gone_at + timedelta(days=2))) == {article.article.id}
    story.gone = False
    outlet.clock.pass_to(outlet.clock.now() + timedelta(days=2))
    look()
    assert index.sources.gone_since(outlet.clock.now()) == {}


@pytest.mark.parametrize("changed", [False, True])
def test_an_article_is_withdrawn_when_its_page_is_gone_for_days_and_comes_back_with_it(
    engine: Engine, outlet: Press, tmp_path: Path, *, changed: bool
) -> None:
    store = engine.open(tmp_path / "archive", clock=outlet.clock.now)
    index = NewsIndex(engine.config(tmp_path / "archive"), store, WordEncoder(), WordReader())
    watcher = index.watcher(outlet.clock, web=outlet.site.rules())
    story = outlet.publish("/a")
    outlet.publish("/b")
    watcher.add(outlet.list_in("/list.xml", "rss"), every=timedelta(hours=1))

    def live(days: int) -> list[int]:
        withdrawn = []
        for _ in range(days):
            outlet.clock.pass_to(outlet.clock.now() + timedelta(days=1))
            watcher.look_once()
            withdrawn.append(index.keeping.tend(outlet.clock.now()).withdrawn)
        return withdrawn

    assert live(1) == [0]
    (before,) = index.find(outlet.site.url("/a"))
    story.gone = True
    assert sum(live(6)) == 1
    assert index.find(outlet.site.url("/a")) == []
    assert (index.gone(before.article.id) or pytest.fail("not gone")).how == "withdrawn"
    story.gone = False
    if changed:
        outlet.change("/a")
    assert sum(live(3)) == 0
    (after,) = index.find(outlet.site.url("/a"))
    assert after.version == (2 if changed else 1)
    assert index.show(before.article.id, version=1) is not None
    assert len(index.find(outlet.site.url("/b"))) == 1
    index.close()


def test_a_site_that_has_nothing_any_more_keeps_its_articles_and_one_that_lost_a_few_does_not(
    engine: Engine, outlet: Press, tmp_path: Path
) -> None:
    store = engine.open(tmp_path / "archive", clock=outlet.clock.now)
    index = NewsIndex(engine.config(tmp_path / "archive"), store, WordEncoder(), WordReader())
    watcher = index.watcher(outlet.clock, web=outlet.site.rules())
    stories = [outlet.publish(f"/{number}") for number in range(14)]
    watcher.add(outlet.list_in("/list.xml", "rss"), every=timedelta(hours=1))

    def live(days: int) -> int:
        withdrawn = 0
        for _ in range(days):
            outlet.clock.pass_to(outlet.clock.now() + timedelta(days=1))
            watcher.look_once()
            withdrawn += index.keeping.tend(outlet.clock.now()).withdrawn
        return withdrawn

    live(1)
    outlet.trouble["*"] = page("nothing here", 404)
    assert live(6) == 0
    (source,) = index.sources.sources()
    assert index.health.held_back(outlet.clock.now()) == {source.id: 14}
    index.keeping.withdraw([index.find(outlet.site.url("/0"))[0].article.id], "an admin may all the same")
    assert index.status().articles == 13
    outlet.trouble.clear()
    assert live(2) == 0
    assert index.health.held_back(outlet.clock.now()) == {}
    for story in stories[3:8]:
        story.gone = True
    assert live(6) == 5
    assert index.status().articles == 8
    for story in stories[8:10]:
        story.gone = True
    assert live(6) == 2, "what was withdrawn before does not count against the rest"
    index.close()


def test_an_article_that_somebody_removed_does_not_come_back_by_itself(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "atom"))
    look()
    index.remove([index.find(outlet.site.url("/a"))[0].article.id])
    outlet.change("/a")
    for _ in range(3):
        look()
    assert index.find(outlet.site.url("/a")) == []
    assert outlet.sent == [("/a", 1)]


def test_a_paused_source_is_left_alone_with_its_pages(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    outlet.publish("/a")
    source = follow(outlet.list_in("/list.xml", "atom")).source
    look()
    index.sources.pause(source.id)
    outlet.site.asked.clear()
    outlet.change("/a")
    look()
    assert outlet.site.asked == []
    index.sources.resume(source.id, outlet.clock.now())
    assert look().report.changed == 1


def test_a_source_that_comes_back_fetches_nothing_that_it_has(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    outlet.publish("/a")
    address = outlet.list_in("/list.xml", "atom")
    source = follow(address).source
    look()
    index.sources.remove(source.id)
    assert look().looks == ()
    follow(address)
    look()
    assert outlet.sent == [("/a", 1)]
    assert index.status().articles == 1


def test_an_article_that_two_listings_name_is_fetched_once(outlet: Press, follow: Follow, look: Look) -> None:
    outlet.publish("/a")
    for kind in ("atom", "sitemap"):
        follow(outlet.list_in(f"/{kind}.xml", kind))
    look()
    look()
    assert outlet.sent == [("/a", 1)]


def test_a_stop_comes_between_two_articles_and_loses_none(
    outlet: Press, index: NewsIndex, follow: Follow, look: Look
) -> None:
    for number in range(6):
        outlet.publish(f"/{number}")
    follow(outlet.list_in("/list.xml", "atom"))
    watcher = index.watcher(outlet.clock, web=outlet.site.rules(), on_progress=lambda progress: stop(progress.done))

    def stop(done: int) -> None:
        outlet.clock.stopping = done >= 2

    assert [found.report.added for found in watcher.watch()] == [2]
    outlet.clock.stopping = False
    assert look().report.added == 4
    assert len(outlet.sent) == 6


def test_what_was_not_stored_is_fetched_again(outlet: Press, index: NewsIndex, follow: Follow, look: Look) -> None:
    outlet.publish("/a")
    follow(outlet.list_in("/list.xml", "atom"))
    store = index._store
    manifest = store.manifest()
    broken = index.watcher(outlet.clock, web=outlet.site.rules())
    broken._add = lambda _: pytest.fail("the process is killed here")
    with pytest.raises(pytest.fail.Exception):
        broken.look_once()
    assert store.manifest() == manifest
    assert look().report.added == 1


def test_only_one_watches_an_archive(outlet: Press, index: NewsIndex) -> None:
    watcher = index.watcher(outlet.clock)
    with index._store.watching(), pytest.raises(ArchiveLocked, match="pullquote watch"):
        watcher.look_once()
    assert watcher.look_once().looks == ()
