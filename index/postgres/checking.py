"""Is everything as it was stored? Each problem is one sentence that says what to run.

The server answers for its pages (`initdb --data-checksums`); here it is asked whether rows say what was written.
"""

from collections.abc import Iterator

import numpy as np

from index.postgres.analysis import as_tsvector, words_of
from index.postgres.database import Connection
from index.postgres.dense import has_index, index_name
from index.postgres.past import version_problems
from index.postgres.rows import SEALED, State, articles_after, one, read_state
from index.postgres.stories import story_problems
from index.postgres.words import word_problems
from index.store import digest_of
from index.store.seals import seal_of
from index.types import StoredArticle

_UNIT_TOLERANCE = 5e-3  # float16 rounds
_RESTORE = "put back a dump of the database"
_REBUILD = "run `pullquote rebuild`"
_UNLIKE = """
SELECT id FROM passages
JOIN unnest(%(ids)s::bigint[], %(words)s::text[], %(lengths)s::int[]) AS wanted (number, written, length) ON number = id
WHERE article_id = %(article)s
    AND (words <> written::tsvector OR body_words <> length OR title_words <> %(title)s)
ORDER BY id"""


def problems(connection: Connection) -> Iterator[str]:
    """What is wrong, within one transaction."""
    state = read_state(connection)
    if state.manifest is None and one(connection, "SELECT count(*) FROM articles")[0]:
        yield f"The archive does not say which model its vectors are from: {_RESTORE}."
        return
    if state.pending:
        yield f"Not all that is stored can be found (unless a writer is at work just now): {_REBUILD}."
    last = ""
    while page := articles_after(connection, last):
        for stored in page:
            yield from _article_problems(connection, stored, state)
        last = page[-1].article.id
    yield from version_problems(connection, _RESTORE)
    yield from story_problems(connection)
    yield from word_problems(connection, _REBUILD)
    unfinished = "SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s)"
    known = connection.execute(unfinished, (index_name(state.model),)).fetchone()
    if known and not has_index(connection, state.model):
        yield f"The index of vectors is not whole: {_REBUILD}."


def _article_problems(connection: Connection, stored: StoredArticle, state: State) -> Iterator[str]:
    article = stored.article
    again = f"{_RESTORE}, or `pullquote remove {article.id}` and add it again"
    digest, passages = one(connection, "SELECT digest, passages FROM articles WHERE id = %s", (article.id,))
    if digest_of(article) != digest:
        yield f"Article {article.id} is not what was stored: {again}."
        return
    rows = connection.execute(
        f"SELECT vector, model, seal, {SEALED} FROM passages WHERE article_id = %s AND gone IS NULL ORDER BY id",  # noqa: S608 - ours
        (article.id,),
        binary=True,
    ).fetchall()
    if len(rows) != passages:
        yield f"Article {article.id} has {len(rows)} passages where {passages} were stored: {again}."
    for vector, model, seal, *sealed in rows:
        half = vector.to_numpy()
        if seal_of((*sealed, half.astype("<f2").tobytes())) != seal:
            yield f"Passage {sealed[1]} of article {article.id} is not as it was stored: {again}."
        elif model != state.model or state.manifest is None or len(half) != state.manifest.model.dimension:
            yield f"Passage {sealed[1]} of article {article.id} has a vector of another model: {_REBUILD}."
        elif abs(float(np.linalg.norm(half.astype(np.float32))) - 1) > _UNIT_TOLERANCE:
            yield f"Passage {sealed[1]} of article {article.id} has a vector that is not of unit length: {again}."
        elif sealed[4] > len(article.text) or (sealed[6] or 0) > len(article.text):
            yield f"Passage {sealed[1]} is beyond the end of article {article.id}: {again}."
    yield from _unlike(connection, stored)


def _unlike(connection: Connection, stored: StoredArticle) -> Iterator[str]:
    """Passages that are not found by their words."""
    article = stored.article
    rows = connection.execute(
        "SELECT id, start_at, end_at FROM passages WHERE article_id = %s AND gone IS NULL", (article.id,)
    ).fetchall()
    of_title = words_of(article.title)
    of_bodies = [words_of(article.text[start:end]) for _, start, end in rows]
    wanted = {
        "article": article.id,
        "ids": [row[0] for row in rows],
        "words": [as_tsvector(of_body, of_title) for of_body in of_bodies],
        "lengths": [len(of_body) for of_body in of_bodies],
        "title": len(of_title),
    }
    for (number,) in connection.execute(_UNLIKE, wanted).fetchall():
        yield f"Passage {number} of article {article.id} is not found by its own words: {_REBUILD}."
