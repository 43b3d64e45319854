"""Which articles carry one text, as in the embedded archive: a story is what copies connect, within one collection.

Likely copies are found by an equal band, for which the bands of an article are one array with an index over it.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from index.postgres.database import Connection
from index.postgres.rows import one, read_articles, write_meta
from index.store import Carrier
from index.store.stories import MOST_COMPARED, connected
from index.stories import STORY_RULES, Sketch, Wording, are_copies, band_keys, meet, resemblance, sketch_of, wording_of
from index.types import Article

_REBUILD = "run `pullquote rebuild`"


def place(connection: Connection, article: Article) -> None:
    """Put an article that has just been stored, and is in no story, where it belongs."""
    wording = wording_of(article)
    sketch = sketch_of(wording)
    keys = band_keys(sketch, article.collection)
    joined = {article.id, *_copied(connection, wording, sketch, keys, article.collection)}
    connection.execute(
        "INSERT INTO stories (article_id, collection, story, sketch, bands) VALUES (%s, %s, %s, %s, %s)",
        (article.id, article.collection, article.id, sketch.astype("<u4").tobytes(), sorted(set(keys))),
    )
    if len(joined) > 1:
        connection.execute("UPDATE stories SET story = %s WHERE story = ANY (%s)", (min(joined), list(joined)))


def leave(connection: Connection, article_id: str) -> None:
    """Take an article out that is about to be changed or deleted; what it alone connected falls apart."""
    row = connection.execute("DELETE FROM stories WHERE article_id = %s RETURNING story", (article_id,)).fetchone()
    if row is not None:
        _part(connection, row[0])


def unplaced(connection: Connection, limit: int) -> list[Article]:
    """Articles that were never compared with the others, or by older rules."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'story_rules'").fetchone()
    if row is None or row[0] != STORY_RULES:
        clear(connection)
    missing = "NOT EXISTS (SELECT 1 FROM stories WHERE stories.article_id = articles.id)"
    return [stored.article for stored in read_articles(connection, missing, (), limit)]


def clear(connection: Connection) -> None:
    """Forget all stories, so that they are made anew."""
    connection.execute("DELETE FROM stories")
    write_meta(connection, story_rules=STORY_RULES)


def read_carriers(connection: Connection, stories: Iterable[str]) -> list[Carrier]:
    """The articles that carry the stories, who published first first."""
    rows = connection.execute(
        "SELECT story, article_id, publisher, url FROM stories JOIN articles ON articles.id = article_id"
        ' WHERE story = ANY (%s) ORDER BY published_at IS NULL, published_at, url COLLATE "C"',
        (list(set(stories)),),
    )
    return [Carrier(*row) for row in rows]


def story_problems(connection: Connection) -> Iterator[str]:
    """Where stories are not named as they should be, or their articles would not be found by their bands."""
    misnamed = "SELECT count(*) FROM (SELECT 1 FROM stories GROUP BY story HAVING min(article_id) != story) AS wrong"
    if wrong := one(connection, misnamed)[0]:
        yield f"{wrong:,} stories do not go by their first article: {_REBUILD}."
    rows = connection.execute("SELECT sketch, collection, bands FROM stories")
    if lost := sum(set(row[2]) != set(band_keys(_sketch(row[0]), row[1])) for row in rows):
        yield f"{lost:,} articles would not be compared with their copies: {_REBUILD}."


def _copied(connection: Connection, wording: Wording, sketch: Sketch, keys: Sequence[int], collection: str) -> set[str]:
    """The stories of which some article is a copy of this one."""
    joined: set[str] = set()
    for article_id, story in _likely(connection, sketch, keys, collection):
        if story not in joined and are_copies(wording, _wording(connection, article_id)):
            joined.add(story)
    return joined


def _likely(connection: Connection, sketch: Sketch, keys: Sequence[int], collection: str) -> list[tuple[str, str]]:
    """(article id, story) of those with an equal band, the likeliest first."""
    rows = connection.execute(
        "SELECT article_id, story, sketch FROM stories WHERE bands && %s::bigint[] AND collection = %s",
        (list(keys), collection),
    )
    others = ((_sketch(row[2]), row[0], row[1]) for row in rows)
    likely = [(-resemblance(sketch, other), article, story) for other, article, story in others if meet(sketch, other)]
    return [(article_id, story) for _, article_id, story in sorted(likely)[:MOST_COMPARED]]


def _part(connection: Connection, story: str) -> None:
    """Find anew what is connected among the articles of a story that has lost some."""
    rows = connection.execute("SELECT article_id, sketch FROM stories WHERE story = %s", (story,)).fetchall()
    left = {row[0]: (_sketch(row[1]), _wording(connection, row[0])) for row in rows}
    while left:
        group = connected(left)
        connection.execute("UPDATE stories SET story = %s WHERE article_id = ANY (%s)", (min(group), group))


def _wording(connection: Connection, article_id: str) -> Wording:
    return wording_of(read_articles(connection, "id = %s", (article_id,))[0].article)


def _sketch(blob: bytes) -> Sketch:
    return np.frombuffer(blob, "<u4").astype(np.uint32)
