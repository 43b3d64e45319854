"""A week of three outlets that publish, correct, withdraw and break down: the archive follows, and asks for no more."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from index import NewsIndex, NewSource
from tests.fakes import START
from tests.index.articles.site import page
from tests.index.watching.press import Press, Story

EVERY = timedelta(hours=2)
LOOKS = 7 * 12
KINDS = {"/post": "atom", "/wire": "rss", "/city": "sitemap"}
TROUBLES = [page("", 500), page("", 503), page("", 429, Retry_After="1800"), page("<rss", 200, Content_Type="text/xml")]


class Week:
    """What happens at the outlets, look by look, out of a seed."""

    def __init__(self, outlet: Press, chance: random.Random) -> None:
        self.outlet = outlet
        self.chance = chance
        self.well_since = START

    def go_on(self) -> None:
        for name in KINDS:
            if self.chance.random() < 0.4:
                self.outlet.publish(f"{name}-{len(self.outlet.stories)}")
        alive = [story for story in self.outlet.stories.values() if not story.gone]
        for story in self.chance.sample(alive, min(len(alive), self.chance.choice([0, 0, 1, 2]))):
            self.outlet.change(story.path, silently=self.chance.random() < 0.3)
        if alive and self.chance.random() < 0.08:
            self.chance.choice(alive).gone = True

    def trouble(self) -> None:
        """Now and then something fails until the next look: one page, one listing, or everything."""
        if self.outlet.trouble:
            self.well_since = self.outlet.clock.now()
        self.outlet.trouble.clear()
        if self.chance.random() < 0.15:
            paths = ["*", *self.outlet.stories, *(f"{name}.xml" for name in KINDS)]
            self.outlet.trouble[self.chance.choice(paths)] = self.chance.choice(TROUBLES)

    def must_be_in(self, story: Story) -> bool:
        """Whether the archive has to hold the story's present edition after a look at this moment."""
        now = self.outlet.clock.now()
        if self.outlet.trouble or now - self.well_since < 5 * EVERY or story.gone:
            return False  # what failed is tried again later each time
        if story.told_at == story.changed_at and not story.path.startswith("/wire"):
            return True  # a listing tells of it
        unnoticed = now - story.changed_at
        return unnoticed > max(EVERY, (story.changed_at - story.published_at) / 2) + 2 * EVERY


@pytest.mark.slow
def test_after_every_look_the_archive_holds_what_was_told_and_nothing_was_sent_twice(
    outlet: Press, index: NewsIndex
) -> None:
    week, clock = Week(outlet, random.Random(5)), outlet.clock  # noqa: S311 - no secret depends on it
    watcher = index.watcher(clock, web=outlet.site.rules(pause_s=1.0, tries=2))
    for name, kind in KINDS.items():
        assert isinstance(watcher.add(outlet.list_in(f"{name}.xml", kind, of=name), every=EVERY), NewSource)
    checked = 0
    for number in range(1, LOOKS + 1):
        week.go_on()
        week.trouble()
        clock.pass_to(START + number * (EVERY + timedelta(minutes=3)))
        watcher.look_once()
        checked += sum(holds(index, outlet, story) for story in outlet.stories.values() if week.must_be_in(story))
    assert checked > 1_000
    assert [sent for sent, times in Counter(outlet.sent).items() if times > 1] == []  # each edition once at most
    assert len(outlet.unchanged) > len(outlet.sent)
    assert set(index.sources.gone_since(clock.now() - timedelta(days=2))) <= ids(index, outlet, gone=True)
    assert index.sources.gone_since(clock.now() - timedelta(days=2))
    assert index.check() == ()


def holds(index: NewsIndex, outlet: Press, story: Story) -> bool:
    found = index.find(outlet.site.url(story.path))
    assert found, f"{story} is missing at {outlet.clock.now()}"
    assert story.fact in found[0].article.text, f"{story} is out of date at {outlet.clock.now()}"
    return True


def ids(index: NewsIndex, outlet: Press, *, gone: bool) -> set[str]:
    paths = [story.path for story in outlet.stories.values() if story.gone == gone]
    return {stored.article.id for path in paths for stored in index.find(outlet.site.url(path))}
