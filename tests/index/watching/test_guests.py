"""Sources of guests: within their collection, their hosts and their measure, whatever a feed of theirs names."""

from collections.abc import Callable

import pytest

from index import GuestRules, GuestSources, NewsIndex, NewSource, Refusals, Rejection, Round
from index.articles import Fetcher
from index.watching.reach import Reach
from tests.index.articles.site import HOST, page
from tests.index.watching.conftest import EVERY
from tests.index.watching.press import Press

HERE, THERE = "guild-1", "guild-2"

Guests = Callable[[str], GuestSources]


@pytest.fixture
def guests(outlet: Press, index: NewsIndex) -> Guests:
    """The sources of a collection, where the site of the test may be asked."""
    fetcher = Fetcher(outlet.site.rules(), clock=outlet.clock)
    return lambda collection: GuestSources(collection, index._store, fetcher, outlet.clock)


def look(outlet: Press, index: NewsIndex, rules: GuestRules) -> Round:
    outlet.clock.pass_to(outlet.clock.now() + EVERY)
    return index.watcher(outlet.clock, web=outlet.site.rules(hosts=("*",)), guests=rules).look_once()


def follow(guests: GuestSources, address: str) -> NewSource:
    added = guests.add(address, most=5)
    assert isinstance(added, NewSource), added
    return added


def refused(guests: GuestSources) -> Refusals:
    """What was not taken of the only source."""
    ((_, ills),) = guests.with_ills(5)
    return ills.refused


def held(index: NewsIndex, collection: str) -> int:
    return index.status([collection]).articles


def test_what_a_guest_adds_goes_into_its_collection_and_is_seen_from_there_alone(
    outlet: Press, index: NewsIndex, guests: Guests
) -> None:
    outlet.publish("/a")
    address = outlet.list_in("/list.xml", "atom")
    index.watcher(outlet.clock, web=outlet.site.rules()).add(address, every=EVERY)
    here = follow(guests(HERE), address).source
    assert follow(guests(THERE), address).source.id != here.id
    assert [one.id for one in guests(HERE).all()] == [here.id]
    operators = next(one for one in index.sources.sources() if not one.guest)
    for name in (str(operators.id), *(str(one.id) for one in guests(THERE).all())):
        assert guests(HERE).remove(name) is guests(HERE).pause(name) is guests(HERE).resume(name) is None
    look(outlet, index, GuestRules((HOST,), 100))
    assert [held(index, one) for one in ("public", HERE, THERE)] == [1, 1, 1]
    assert guests(HERE).remove(address) is not None
    assert [one.collection for one in index.sources.sources()] == ["public", THERE]


@pytest.mark.parametrize("address", ["/etc", "file:///etc", "etc", "~", "feed:https://a.example/"])
def test_a_guest_names_no_file(guests: Guests, address: str) -> None:
    rejected = guests(HERE).add(address, most=5)
    assert isinstance(rejected, Rejection)
    assert "no web address" in rejected.reason


def test_a_guest_names_no_host_that_is_not_allowed_and_hears_it_at_once(outlet: Press, index: NewsIndex) -> None:
    del outlet
    rejected = index.guest_sources(HERE).add("https://bank.example/feed", most=5)
    assert isinstance(rejected, Rejection)
    assert "PULLQUOTE_HOSTS" in rejected.reason


def test_there_are_no_more_sources_than_there_may_be(outlet: Press, guests: Guests) -> None:
    outlet.publish("/a")
    for number in range(2):
        assert isinstance(guests(HERE).add(outlet.list_in(f"/{number}.xml", "atom"), most=2), NewSource)
    third = guests(HERE).add(outlet.list_in("/2.xml", "atom"), most=2)
    assert isinstance(third, Rejection)
    assert "beyond the 2 sources" in third.reason
    assert isinstance(guests(HERE).add(outlet.site.url("/1.xml"), most=2), NewSource), "it is there already"
    assert isinstance(guests(THERE).add(outlet.site.url("/2.xml"), most=2), NewSource)


def test_a_feed_of_a_guest_leads_to_no_host_that_is_not_allowed_and_one_of_the_operator_does(
    outlet: Press, index: NewsIndex, guests: Guests
) -> None:
    outlet.publish("/a")
    outlet.publish("/b")
    links = [outlet.site.url("/a"), outlet.site.url("/b", "bank.example")]
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    outlet.site.answers["/list.xml"] = page(f"<rss><channel>{items}</channel></rss>", Content_Type="text/xml")
    address = outlet.site.url("/list.xml")
    follow(guests(HERE), address)
    look(outlet, index, GuestRules((HOST,), 100))
    assert held(index, HERE) == 1
    (refusal,) = refused(guests(HERE)).last
    assert (refusal.url, "not allowed" in refusal.reason) == (links[1], True)
    index.watcher(outlet.clock, web=outlet.site.rules(hosts=("*",))).add(address, every=EVERY)
    look(outlet, index, GuestRules((HOST,), 100))
    assert held(index, "public") == 2


def test_without_rules_the_sources_of_guests_bring_nothing(outlet: Press, index: NewsIndex, guests: Guests) -> None:
    outlet.publish("/a")
    follow(guests(HERE), outlet.list_in("/list.xml", "atom"))
    index.watcher(outlet.clock, web=outlet.site.rules()).look_once()
    assert held(index, HERE) == 0
    assert "PULLQUOTE_HOSTS" in (guests(HERE).all()[0].error or "")


def test_a_full_collection_takes_no_new_article_but_its_own_changes_and_more_when_there_is_room(
    outlet: Press, index: NewsIndex, guests: Guests
) -> None:
    for number in range(5):
        outlet.publish(f"/{number}")
    follow(guests(HERE), outlet.list_in("/list.xml", "atom"))
    rules = GuestRules((HOST,), 3)
    look(outlet, index, rules)
    assert held(index, HERE) == 3
    assert refused(guests(HERE)).count == 2
    assert all("beyond the 3 articles" in one.reason for one in refused(guests(HERE)).last)
    known = {stored.article.url for stored in index._store.articles()}
    path = next(path for path in outlet.stories if outlet.site.url(path) in known)
    outlet.change(path)
    outlet.sent.clear()
    assert look(outlet, index, rules).report.changed == 1
    assert outlet.sent == [(path, 2)], "what there is no room for is not asked for"
    for _ in range(9):
        look(outlet, index, GuestRules((HOST,), 5))
    assert held(index, HERE) == 5
    assert refused(guests(HERE)).count == 0


def test_articles_of_several_hosts_together_do_not_come_to_more_than_there_may_be(
    outlet: Press, index: NewsIndex
) -> None:
    source = index.sources.add(outlet.site.url("/x"), "feed", HERE, every=EVERY, now=outlet.clock.now(), guest=True)
    assert source
    reach = Reach(index.sources, Fetcher(outlet.site.rules()), GuestRules((HOST,), 2))
    assert [reach.admits(source, one) for one in ("a", "b", "a", "c")] == [True, True, True, False]
    assert not reach.has_room(source)


def test_what_a_removed_source_had_still_in_hand_is_not_stored(outlet: Press, index: NewsIndex, guests: Guests) -> None:
    outlet.publish("/a")
    here = follow(guests(HERE), outlet.list_in("/list.xml", "atom")).source

    def remove(_: object) -> None:
        index.remove_all(HERE)

    watcher = index.watcher(outlet.clock, web=outlet.site.rules(), guests=GuestRules((HOST,), 9), on_progress=remove)
    outlet.clock.pass_to(outlet.clock.now() + EVERY)
    assert watcher.look_once().report.added == 0
    assert held(index, HERE) == 0
    assert guests(HERE).named(str(here.id)) is None
    assert index.sources.pages(here.id) == {}


def test_a_collection_that_is_removed_takes_all_its_sources_and_no_others(
    outlet: Press, index: NewsIndex, guests: Guests
) -> None:
    outlet.publish("/a")
    address = outlet.list_in("/list.xml", "atom")
    for collection in (HERE, THERE):
        follow(guests(collection), address)
    look(outlet, index, GuestRules((HOST,), 9))
    assert index.remove_all(HERE) == 1
    assert [one.collection for one in index.sources.sources()] == [THERE]
    look(outlet, index, GuestRules((HOST,), 9))
    assert (held(index, HERE), held(index, THERE)) == (0, 1)
    assert index.check() == ()


def test_it_is_known_when_somebody_looked_last(outlet: Press, index: NewsIndex, guests: Guests) -> None:
    assert guests(HERE).watched_at() is None
    index.watcher(outlet.clock).look_once()
    assert guests(HERE).watched_at() == outlet.clock.now()
