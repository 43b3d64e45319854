"""News that goes on, from the tests' local outlet: for everybody, and for each server alone with a word of its own."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from datetime import timedelta

from benchmarks.command import Row
from index import NewsIndex, NewSource, SystemClock, utc_now
from tests.index.watching.press import Press, Story

EVERY = timedelta(minutes=1)  # the shortest interval of a source
READ_WITHIN = timedelta(minutes=5)  # of being told of in a feed, restarts included
SILENT, SHORT = 0.1, 30  # share of changes that no listing tells of; stories of a place after which old ones go
PLACES = ("harbour", "council", "school", "museum", "orchard", "station", "library", "quarry", "theatre", "bakery")
DEEDS = ("opened", "closed", "repaired", "painted", "counted", "sold", "moved", "measured", "insured", "renamed")
THINGS = ("lamps", "boats", "benches", "bridges", "clocks", "ladders", "roofs", "bells", "gates", "maps")
PEOPLE = ("Ines Roth", "Ada Quill", "Noor Haddad", "Tom Falk", "Wanda Pike", "Luca Bruno", "Mei Tan", "Oskar Lind")


class Bulletin(Story):
    """A story whose words follow from its path and its edition, so that no two are much alike."""

    @property
    def html(self) -> str:
        """The page."""
        title, text = told(self.path.strip("/"), self.edition)
        published = f'<meta property="article:published_time" content="{self.published_at.isoformat()}">'
        body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
        head = f"<head><title>{title}</title>{published}</head>"
        return f"<html>{head}<body><article><h1>{title}</h1>{body}</article></body></html>"


def secret(server: int) -> str:
    """A word that stands in every sentence of this server's own articles, and in nobody else's."""
    return "zyx" + "".join("bdfgklmnpr"[int(digit)] + "a" for digit in f"{server:02}")


def told(name: str, edition: int) -> tuple[str, str]:
    """Title and text of an article; the first part of the name stands in every sentence."""
    dice = random.Random(f"{name} {edition}")  # noqa: S311 - for words, not for secrets
    head = name.partition("/")[0]
    return f"News of {head}: {dice.choice(THINGS)} at the {dice.choice(PLACES)}", "\n".join(_sentences(head, dice))


def _sentences(head: str, dice: random.Random) -> Iterator[str]:
    for _ in range(dice.randint(6, 12)):
        place, deed, thing, who = (dice.choice(words) for words in (PLACES, DEEDS, THINGS, PEOPLE))
        number, day = dice.randint(2, 9_000), dice.randint(1, 28)
        yield (
            f"In {head} the {place} {deed} {number} {thing} on the {day}th, said {who}, who had asked for it. "
            f"“We {deed} the {thing} of {head} for {dice.randint(2, 90)} years,” {who} told the {place}."
        )


def question(dice: random.Random) -> str:
    """That articles of every server answer, so that what is answered with shows what may be read."""
    place, deed, thing = (dice.choice(words) for words in (PLACES, DEEDS, THINGS))
    return dice.choice(
        (
            f"How many {thing} were {deed} by the {place}?",
            f"Who said that the {place} {deed} {thing}?",
            f"On which day were {thing} {deed} at the {place}?",
        )
    )


def upload(server: int, number: int) -> Row:
    """An article that the manager of a server adds."""
    title, text = told(f"{secret(server)}/upload-{number}", 1)
    return {"url": upload_url(server, number), "title": title, "publisher": "The Manager", "text": text}


def upload_url(server: int, number: int) -> str:
    """Under which it is kept."""
    return f"https://uploads.example/{secret(server)}/{number}"


class Newsroom:
    """The outlet at work. `of` names the parts of the site: `public` and each server's secret."""

    def __init__(self, press: Press, parts: list[str], seed: int) -> None:
        self._press, self._parts = press, parts
        self._dice = random.Random(seed)  # noqa: S311 - as above
        self._count = 0
        for part in parts:
            for _ in range(3):
                self._publish(part)

    def watched_by(self, index: NewsIndex, collections: Mapping[str, str]) -> None:
        """Let the index watch a feed or sitemap of each part, into the collection named for it."""
        watcher = index.watcher(SystemClock(), web=self._press.site.rules())
        for number, part in enumerate(self._parts):
            address = self._press.list_in(f"/{part}.xml", ("atom", "rss", "sitemap")[number % 3], of=f"/{part}/")
            added = watcher.add(address, collection=collections[part], every=EVERY)
            if not isinstance(added, NewSource):
                raise TypeError(f"{address} cannot be watched: {added}")

    async def live(self, every_s: float) -> None:
        """Go on until it is cancelled."""
        while True:
            await asyncio.sleep(every_s)
            self.go_on()

    def settled(self) -> list[str]:
        """Addresses of the stories that have been out for long enough to have been read by everybody."""
        late = utc_now() - READ_WITHIN
        stories = [story for story in self._press.stories.values() if story.published_at < late and not story.gone]
        return [self._press.site.url(story.path) for story in stories]

    def go_on(self) -> None:
        """A new story, and a change of one; now and then one goes."""
        self._press.clock.moment = utc_now()
        part = self._dice.choice(self._parts)
        self._publish(part)
        here = [
            story for story in self._press.stories.values() if story.path.startswith(f"/{part}/") and not story.gone
        ]
        self._press.change(self._dice.choice(here).path, silently=self._dice.random() < SILENT)
        if len(here) > SHORT:
            here[0].gone = True
        self._press.site.asked.clear()
        self._press.sent.clear()
        self._press.unchanged.clear()

    def _publish(self, part: str) -> None:
        self._press.clock.moment = utc_now()
        self._count += 1
        self._press.publish(f"/{part}/{self._count}", Bulletin)
