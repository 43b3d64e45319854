"""Pages that are not there any more. What is asked of articles is a query of its own: they may be on other nodes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from index.postgres.database import Connection
from index.store import MissingFile
from index.store.gone import count_owners, may_be_much, owners_in_doubt, owners_of
from index.store.rows import to_microseconds, to_moment

_MISSING = "gone_since IS NOT NULL AND starts_with(url, 'file:') AND article_id IS NOT NULL"
_ON_THE_WEB = "starts_with(url, 'http') AND article_id IS NOT NULL"


def read_gone(connection: Connection, before: datetime) -> dict[str, datetime]:
    """By id, articles whose pages were all gone by then, and still were when they were asked for since: since when.

    Those of sources and hosts that have lost most of their pages are not among them.
    """
    moment = to_microseconds(before)
    rows = connection.execute(
        "SELECT article_id, max(gone_since) FROM pages WHERE article_id IN"  # noqa: S608 - this file's own
        f" (SELECT article_id FROM pages WHERE gone_since <= %(moment)s AND {_ON_THE_WEB}) GROUP BY article_id"
        " HAVING bool_and(coalesce(gone_since <= %(moment)s AND checked_at >= %(moment)s, FALSE)) ORDER BY article_id",
        {"moment": moment},
    ).fetchall()
    held = those_held(connection, (article_id for article_id, _ in rows))
    doubted = {article_id for article_id, _ in _doubted(connection, moment)} if held else set()
    return {article_id: to_moment(since) for article_id, since in rows if article_id in held - doubted}


def read_missing(connection: Connection, source_id: int) -> list[MissingFile]:
    """The files of a watched folder that are not there any more, whose articles are."""
    rows = _of_articles_held(
        connection,
        f"SELECT article_id, url, collection FROM pages WHERE {_MISSING} AND source_id = %s"  # noqa: S608 - the same
        ' ORDER BY url COLLATE "C"',
        source_id,
    )
    if not rows:
        return []
    lines = _lines(connection, [url for _, url, _ in rows], rows[0][2])
    return [_missing(connection, url, article_id, lines[url]) for article_id, url, _ in rows]


def _lines(connection: Connection, urls: list[str], collection: str) -> defaultdict[str, list[str]]:
    """By file, the articles that have its address and `#` behind it: lines of JSONL that have no address."""
    rows = connection.execute(
        "SELECT split_part(url, '#', 1), id FROM articles WHERE split_part(url, '#', 1) = ANY (%s)"
        " AND strpos(url, '#') > 0 AND collection = %s ORDER BY id",
        (urls, collection),
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for url, article_id in rows:
        found[url].append(article_id)
    return found


def _missing(connection: Connection, url: str, article_id: str, lines: list[str]) -> MissingFile:
    several = url.lower().endswith(".jsonl")
    held = "SELECT 1 FROM pages WHERE article_id = %s AND gone_since IS NULL"
    if not several and connection.execute(held, (article_id,)).fetchone() is None:
        lines = [*lines, article_id]
    return MissingFile(url, tuple(lines), several and article_id not in lines)


def count_missing(connection: Connection, source_ids: list[int]) -> Counter[int]:
    """By source, how many files are not there any more, whose articles are."""
    query = f"SELECT article_id, source_id FROM pages WHERE {_MISSING} AND source_id = ANY (%s)"  # noqa: S608 - the same
    return Counter(source_id for _, source_id in _of_articles_held(connection, query, source_ids))


def count_doubted(connection: Connection, before: datetime) -> dict[int, int]:
    """By source, how many of its pages are gone together with most others, so that their articles stay."""
    doubted = _doubted(connection, to_microseconds(before))
    return dict(Counter(source_id for _, source_id in doubted if source_id is not None))


def _doubted(connection: Connection, moment: int) -> Iterator[tuple[str, int | None]]:
    """(article, source) of each such page. Counted are those that are gone, and those that were there since then."""
    columns = "SELECT article_id, source_id, url FROM pages WHERE"
    lost = _of_articles_held(connection, f"{columns} gone_since IS NOT NULL AND {_ON_THE_WEB}")
    gone = count_owners((source_id, url) for _, source_id, url in lost)
    if not may_be_much(gone):
        return
    seen = f"{columns} gone_since IS NULL AND checked_at >= %s AND {_ON_THE_WEB}"
    there = count_owners((source_id, url) for _, source_id, url in _of_articles_held(connection, seen, moment))
    doubtful = owners_in_doubt(gone, there)
    for article_id, source_id, url in lost:
        if not doubtful.isdisjoint(owners_of(source_id, url)):
            yield article_id, source_id


def _of_articles_held(connection: Connection, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows whose first column names an article that is in the archive."""
    rows = connection.execute(query, values).fetchall()
    held = those_held(connection, (row[0] for row in rows))
    return [row for row in rows if row[0] in held]


def those_held(connection: Connection, article_ids: Iterable[str]) -> set[str]:
    """Those of the articles that are in the archive."""
    wanted = sorted(set(article_ids))
    if not wanted:
        return set()
    rows = connection.execute("SELECT id FROM articles WHERE id = ANY (%s)", (wanted,))
    return {row[0] for row in rows}
