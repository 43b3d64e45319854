"""Sitemaps, news sitemaps and indexes of them, as sitemaps.org and Google News define them."""

from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from index.articles.dates import parse_whole
from index.articles.listings import MOST_ENTRIES, Entry, believed, full_address, parser_without_entities
from index.articles.rules import MAX_NAME_CHARS, Unreadable, one_line
from index.types import Rejection

MOST_SITEMAPS = 20  # of an index: those that changed last
MAX_DEPTH = 20  # sitemaps have five levels; beyond that it is something else

_ITEMS = ("url", "sitemap")
_FIELDS = ("loc", "lastmod", "publication_date", "name")


def read_sitemap(text: str, url: str, *, now: datetime) -> list[Entry | Rejection]:
    """The pages that a sitemap names, the newest first; a rejection for each address that leads nowhere.

    In an index of sitemaps the entries are those. Raises Unreadable for what is no well-formed XML.
    """
    found = [_entry(item, url, now) for item in _items(text)]
    entries = sorted((one for one in found if isinstance(one, Entry)), key=_age)
    return [*entries[:MOST_ENTRIES], *(one for one in found if isinstance(one, Rejection))]


@dataclass(slots=True)
class _Reading:
    """What expat is told to do: collect the text of some elements, item by item."""

    items: list[dict[str, str]] = field(default_factory=list)
    path: list[str] = field(default_factory=list)

    def begin(self, name: str, _: object) -> None:
        self.path.append(name.rpartition(" ")[2])
        if len(self.path) > MAX_DEPTH:
            raise Unreadable("is no sitemap: its elements are nested too deep")
        if len(self.path) == 2 and self.path[-1] in _ITEMS:  # noqa: PLR2004 - below the root
            self.items.append({})

    def end(self, _: str) -> None:
        self.path.pop()

    def text(self, text: str) -> None:
        # <image:loc> is not the page's: a <loc> counts right below its item
        if len(self.path) > 2 and self.path[-1] in _FIELDS and self.items:  # noqa: PLR2004
            if self.path[-1] == "loc" and self.path[-2] not in _ITEMS:
                return
            item = self.items[-1]
            item[self.path[-1]] = item.get(self.path[-1], "") + text


def _items(text: str) -> list[dict[str, str]]:
    reading, parser = _Reading(), parser_without_entities()
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - it takes no keywords
    except expat.ExpatError as error:
        raise Unreadable(f"is a sitemap that is broken in line {error.lineno}") from None
    return reading.items


def _entry(item: dict[str, str], base: str, now: datetime) -> Entry | Rejection:
    published = believed(parse_whole(item.get("publication_date", "")), now=now)
    updated = believed(parse_whole(item.get("lastmod", "")), now=now)
    publisher = (one_line(item.get("name")) or "")[:MAX_NAME_CHARS] or None
    try:
        url = full_address(base, item.get("loc", ""))
    except Unreadable as reason:
        return Rejection(item.get("loc", "")[:200] or base, str(reason))
    return Entry(url, updated or published, published, publisher)


def _age(entry: Entry) -> float:
    """Sorts the newest first, and in the order of the sitemap where nothing is said."""
    return -entry.updated_at.timestamp() if entry.updated_at else 0.0
