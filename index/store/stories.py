"""Which articles carry one text: a story is what copies connect, within one collection, whatever order they came in.

Article by article: likely copies are found by their bands, compared by their texts, and joined. A story goes by the
smallest id among its articles. The rows are derived from the articles, and can be made anew from them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.store.rows import read_articles, write_meta
from index.stories import STORY_RULES, Sketch, Wording, are_copies, band_keys, meet, resemblance, sketch_of, wording_of
from index.types import Article

MOST_COMPARED = 100  # of the likeliest copies of one article: pages of one form share their heads by the thousand
_REBUILD = "run `pullquote rebuild`"
_RULES = "story_rules"  # in the table `meta`


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article that carries a story."""

    story: str
    article_id: str
    publisher: str | None
    url: str


def place(connection: sqlite3.Connection, articles: Iterable[Article]) -> None:
    """Put articles that have just been stored, and are in no story, where they belong."""
    for article in articles:
        wording = wording_of(article)
        sketch = sketch_of(wording)
        keys = band_keys(sketch, article.collection)
        joined = _copied(connection, wording, sketch, keys)
        _insert(connection, article.id, sketch, keys)
        _unite(connection, {article.id, *joined})


def leave(connection: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Take articles out that are about to be changed or deleted; what they alone connected falls apart."""
    gone = _json(article_ids)
    rows = connection.execute(
        "SELECT number, story, sketch, collection FROM stories JOIN articles ON id = article_id"
        " WHERE article_id IN (SELECT value FROM json_each(?))",
        (gone,),
    ).fetchall()
    for number, _, sketch, collection in rows:
        keys = _json(band_keys(_sketch(sketch), collection))
        connection.execute(
            "DELETE FROM story_bands WHERE number = ? AND band IN (SELECT value FROM json_each(?))", (number, keys)
        )
    connection.execute("DELETE FROM stories WHERE article_id IN (SELECT value FROM json_each(?))", (gone,))
    for story in {row[1] for row in rows}:
        _part(connection, story)


def unplaced(connection: sqlite3.Connection, limit: int) -> list[Article]:
    """Articles that were never compared with the others: an older release stored them, or older rules placed them."""
    rules = connection.execute("SELECT value FROM meta WHERE key = ?", (_RULES,)).fetchone()
    if rules is None or rules[0] != STORY_RULES:
        clear(connection)
    ids = "SELECT id FROM articles WHERE id NOT IN (SELECT article_id FROM stories) ORDER BY id LIMIT ?"
    found = [row[0] for row in connection.execute(ids, (limit,))]
    stored = read_articles(connection, "id IN (SELECT value FROM json_each(?))", (_json(found),))
    return [one.article for one in stored]


def clear(connection: sqlite3.Connection) -> None:
    """Forget all stories, so that they are made anew."""
    connection.execute("DELETE FROM stories")
    connection.execute("DELETE FROM story_bands")
    write_meta(connection, _RULES, STORY_RULES)


def read_carriers(connection: sqlite3.Connection, stories: Iterable[str]) -> list[Carrier]:
    """The articles that carry the stories, who published first first."""
    rows = connection.execute(
        "SELECT story, article_id, publisher, url FROM stories JOIN articles ON id = article_id"
        " WHERE story IN (SELECT value FROM json_each(?)) ORDER BY published_at IS NULL, published_at, url",
        (_json(set(stories)),),
    )
    return [Carrier(*row) for row in rows]


def story_problems(connection: sqlite3.Connection) -> Iterator[str]:
    """Where stories are not named as they should be, or their articles would not be found by their bands."""
    misnamed = "SELECT count(*) FROM (SELECT 1 FROM stories GROUP BY story HAVING min(article_id) != story)"
    if wrong := connection.execute(misnamed).fetchone()[0]:
        yield f"{wrong:,} stories do not go by their first article: {_REBUILD}."
    rows = connection.execute("SELECT number, sketch, collection FROM stories JOIN articles ON id = article_id")
    if lost := sum(not _is_found(connection, number, _sketch(blob), collection) for number, blob, collection in rows):
        yield f"{lost:,} articles would not be compared with their copies: {_REBUILD}."


def _copied(connection: sqlite3.Connection, wording: Wording, sketch: Sketch, keys: Sequence[int]) -> set[str]:
    """The stories of which some article is a copy of this one."""
    joined: set[str] = set()
    for article_id, story in _likely(connection, sketch, keys):
        if story not in joined and are_copies(wording, _wording(connection, article_id)):
            joined.add(story)
    return joined


def _likely(connection: sqlite3.Connection, sketch: Sketch, keys: Sequence[int]) -> list[tuple[str, str]]:
    """(article id, story) of those with an equal band, the likeliest first."""
    rows = connection.execute(
        "SELECT article_id, story, sketch FROM stories WHERE number IN"
        " (SELECT number FROM story_bands WHERE band IN (SELECT value FROM json_each(?)))",
        (_json(keys),),
    )
    others = ((_sketch(row[2]), row[0], row[1]) for row in rows)
    likely = [(-resemblance(sketch, other), article, story) for other, article, story in others if meet(sketch, other)]
    return [(article_id, story) for _, article_id, story in sorted(likely)[:MOST_COMPARED]]


def _is_found(connection: sqlite3.Connection, number: int, sketch: Sketch, collection: str) -> bool:
    keys = set(band_keys(sketch, collection))
    stored = "SELECT count(*) FROM story_bands WHERE number = ? AND band IN (SELECT value FROM json_each(?))"
    return bool(connection.execute(stored, (number, _json(keys))).fetchone()[0] == len(keys))


def _insert(connection: sqlite3.Connection, article_id: str, sketch: Sketch, keys: Sequence[int]) -> None:
    number = connection.execute(
        "INSERT INTO stories (article_id, story, sketch) VALUES (?, ?, ?)",
        (article_id, article_id, sketch.astype("<u4").tobytes()),
    ).lastrowid
    rows = ((key, number) for key in set(keys))
    connection.executemany("INSERT OR REPLACE INTO story_bands (band, number) VALUES (?, ?)", rows)


def _unite(connection: sqlite3.Connection, stories: set[str]) -> None:
    if len(stories) > 1:
        named = _json(stories)
        connection.execute(
            "UPDATE stories SET story = ? WHERE story IN (SELECT value FROM json_each(?))", (min(stories), named)
        )


def _part(connection: sqlite3.Connection, story: str) -> None:
    """Find anew what is connected among the articles of a story that has lost some."""
    rows = connection.execute("SELECT article_id, sketch FROM stories WHERE story = ?", (story,)).fetchall()
    left = {row[0]: (_sketch(row[1]), _wording(connection, row[0])) for row in rows}
    while left:
        group = connected(left)
        connection.execute(
            "UPDATE stories SET story = ? WHERE article_id IN (SELECT value FROM json_each(?))",
            (min(group), _json(group)),
        )


def connected(left: dict[str, tuple[Sketch, Wording]]) -> list[str]:
    """Take one article, and all that copies connect with it, out of those that are left."""
    first = min(left)
    group, reached = [first], [left.pop(first)]
    while reached:
        sketch, wording = reached.pop()
        copies = [
            article_id
            for article_id, (other, words) in left.items()
            if meet(sketch, other) and are_copies(wording, words)
        ]
        reached += [left.pop(article_id) for article_id in copies]
        group += copies
    return group


def _wording(connection: sqlite3.Connection, article_id: str) -> Wording:
    return wording_of(read_articles(connection, "id = ?", (article_id,))[0].article)


def _sketch(blob: bytes) -> Sketch:
    return np.frombuffer(blob, "<u4").astype(np.uint32)


def _json(values: Iterable[object]) -> str:
    return json.dumps(list(values))
