"""Pages that are not there any more, and whether their sites mean it: who has lost most at once may be at fault."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from index.store.rows import to_microseconds, to_moment

SHARE = 0.5  # of the pages of a source or of a host: where more are gone at once, none of their articles is withdrawn
FEWEST = 10  # pages, below which a share says nothing

# Files of a watched folder that are not there any more, and whose articles still are.
MISSING = "gone_since NOT NULL AND url LIKE 'file:%' AND EXISTS (SELECT 1 FROM articles WHERE id = article_id)"

_ON_THE_WEB = "url LIKE 'http%' AND EXISTS (SELECT 1 FROM articles WHERE id = article_id)"


def read_gone(connection: sqlite3.Connection, before: datetime) -> dict[str, datetime]:
    """By id, articles whose pages were all gone by then, and still were when they were asked for since: since when.

    Those of sources and hosts that have lost most of their pages are not among them.
    """
    moment = to_microseconds(before)
    rows = connection.execute(
        "SELECT article_id, max(gone_since) FROM pages WHERE article_id IN"  # noqa: S608 - this file's own
        f" (SELECT article_id FROM pages WHERE gone_since <= ? AND {_ON_THE_WEB})"
        " GROUP BY article_id"
        " HAVING min(coalesce(gone_since <= ? AND checked_at >= ?, FALSE)) ORDER BY article_id",
        (moment, moment, moment),
    )
    gone = {row[0]: to_moment(row[1]) for row in rows}
    doubted = {article_id for article_id, _ in _doubted(connection, moment)} if gone else set()
    return {article_id: since for article_id, since in gone.items() if article_id not in doubted}


@dataclass(frozen=True, slots=True)
class MissingFile:
    """A file that is not there any more, by its address, and the articles of it that nothing else holds.

    `others`: it may have held more, under addresses of their own, of which nobody has noted where they came from.
    """

    url: str
    article_ids: tuple[str, ...]
    others: bool


def read_missing(connection: sqlite3.Connection, source_id: int) -> list[MissingFile]:
    """The files of a watched folder that are not there any more, whose articles are."""
    rows = connection.execute(
        f"SELECT url, article_id, collection FROM pages WHERE source_id = ? AND {MISSING} ORDER BY url",  # noqa: S608 - this file's own
        (source_id,),
    ).fetchall()
    return [_missing(connection, *row) for row in rows]


def _missing(connection: sqlite3.Connection, url: str, article_id: str, collection: str) -> MissingFile:
    """A line of a JSONL file without an address has the file's, and `#` behind it."""
    lines = connection.execute(
        "SELECT id FROM articles WHERE url >= ? AND url < ? AND collection = ? ORDER BY id",
        (f"{url}#", f"{url}$", collection),
    )
    ids, several = [row[0] for row in lines], url.lower().endswith(".jsonl")
    if not several:
        held = "SELECT 1 FROM pages WHERE article_id = ? AND gone_since IS NULL"
        ids += [] if connection.execute(held, (article_id,)).fetchone() else [article_id]
    return MissingFile(url, tuple(ids), several and article_id not in ids)


def count_doubted(connection: sqlite3.Connection, before: datetime) -> dict[int, int]:
    """By source, how many of its pages are gone together with most others, so that their articles stay."""
    counts: Counter[int] = Counter()
    for _, source_id in _doubted(connection, to_microseconds(before)):
        if source_id is not None:
            counts[source_id] += 1
    return dict(counts)


def _doubted(connection: sqlite3.Connection, moment: int) -> Iterator[tuple[str, int | None]]:
    """(article, source) of each such page. Counted are those that are gone, and those that were there since then."""
    lost = connection.execute(
        f"SELECT article_id, source_id, url FROM pages WHERE gone_since NOT NULL AND {_ON_THE_WEB}"  # noqa: S608 - this file's own
    ).fetchall()
    gone = count_owners((source_id, url) for _, source_id, url in lost)
    if not may_be_much(gone):
        return
    there = connection.execute(
        f"SELECT source_id, url FROM pages WHERE gone_since IS NULL AND checked_at >= ? AND {_ON_THE_WEB}",  # noqa: S608 - the same
        (moment,),
    )
    doubtful = owners_in_doubt(gone, count_owners(there))
    for article_id, source_id, url in lost:
        if not doubtful.isdisjoint(owners_of(source_id, url)):
            yield article_id, source_id


Owner = int | str  # a source, a host


def count_owners(pages: Iterable[tuple[int | None, str]]) -> Counter[Owner]:
    """How many of the pages, each with its source, are whose."""
    return Counter(owner for source_id, url in pages for owner in owners_of(source_id, url))


def may_be_much(gone: Counter[Owner]) -> bool:
    """Rarely: usually nobody has lost much, and the pages that are there need not be counted."""
    return max(gone.values(), default=0) > SHARE * FEWEST


def owners_in_doubt(gone: Counter[Owner], there: Counter[Owner]) -> set[Owner]:
    """Who has lost so much at once that it may be at fault."""
    known = gone + there
    return {owner for owner, count in known.items() if count >= FEWEST and gone[owner] > SHARE * count}


def owners_of(source_id: int | None, url: str) -> list[Owner]:
    """The host of a page, and its source where it has one."""
    host = urlsplit(url).hostname or ""
    return [host] if source_id is None else [host, source_id]
