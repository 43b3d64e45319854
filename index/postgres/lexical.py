"""The lexical leg: BM25 over the words of passages and titles, as tantivy scores them in the embedded archive.

PostgreSQL's `ts_rank` knows not how rare a word is; here it only tells how often a word is in a passage. For a single
word that is there n times it gives the sum of 1 / i ** 2 for i up to n, divided by the limit of that sum, pi ** 2 / 6.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from index.postgres.analysis import quoted, words_of
from index.postgres.database import Connection
from index.postgres.dense import Row
from index.postgres.reach import Reach
from index.postgres.words import Figures, figures

TITLE_WEIGHT = 0.3  # as in the embedded archive
_K1, _B = 1.2, 0.75  # of BM25 (Robertson and Zaragoza 2009), as in tantivy
# Passages that are scored: those that hold the rarest words of the query, taken in until there are about so many. What
# holds none of them, but only common words, is not looked at.
CANDIDATES = 4_000
_LIMIT = math.pi**2 / 6
_MOST_WORDS = 64  # of a query: more than anybody asks with


def search(connection: Connection, query: str, k: int, reach: Reach, *, left: int | None) -> list[Row]:
    """The k passages that fit the words best, best first, ties by id; none where no word is left of the query.

    `left` is how many passages the filters leave, None where they leave many.
    """
    words = list(dict.fromkeys(words_of(query)))[:_MOST_WORDS]
    if not words or k <= 0:
        return []
    known = figures(connection, words)
    values: dict[str, Any] = {f"word{n}": quoted(word) for n, word in enumerate(words)}
    values |= {f"title{n}": f"{quoted(word)}:A" for n, word in enumerate(words)}
    values |= {"any": " | ".join(map(quoted, _rarest(words, known, left))), "k": k, **reach.values}
    rows = connection.execute(_query(reach.where, words, known), values)
    return [(row[0], row[1], row[2], float(row[3])) for row in rows]


def _rarest(words: Sequence[str], known: Figures, left: int | None) -> list[str]:
    """The rarest words, as many as bring in about `CANDIDATES` passages together; one at the least."""
    share = 1.0 if left is None else min(left / max(known.passages, 1), 1.0)
    counts = {word: share * max(known.holding.get(word, (0, 0))) for word in words}
    chosen: list[str] = []
    total = 0.0
    for word in sorted(words, key=counts.__getitem__):
        total += counts[word]
        if chosen and total > CANDIDATES and (left is None or left > CANDIDATES):
            break
        chosen.append(word)
    return chosen


def _query(where: str, words: Sequence[str], known: Figures) -> str:
    """One column for each word: PostgreSQL would work a repeated expression out again."""
    columns = ", ".join(
        f"ts_rank('{{1, 0, 0, 0}}', words, %(word{n})s::tsquery)::float8 AS in_body{n},"
        f" words @@ %(title{n})s::tsquery AS in_title{n}"
        for n in range(len(words))
    )
    lengths = ", ".join(
        f"{_K1 * (1 - _B)} + {_K1 * _B / mean} * {column}::float8 AS {column}"
        for column, mean in (("body_words", known.body_words), ("title_words", known.title_words))
    )
    scored = " + ".join(term for n, word in enumerate(words) for term in _terms(n, word, known))
    return (
        f"SELECT article_id, id, published_at, {scored} AS score FROM"  # noqa: S608 - no input in it
        f" (SELECT article_id, id, published_at, {lengths}, {columns} FROM passages"
        f" WHERE {where} AND words @@ %(any)s::tsquery OFFSET 0) AS held ORDER BY score DESC, id LIMIT %(k)s"
    )


def _terms(number: int, word: str, known: Figures) -> Iterator[str]:
    """What the word adds to the score of a passage that holds it, and of one whose title does."""
    body, title = (_rarity(known.passages, held) for held in known.holding.get(word, (0, 0)))
    # The inverse of that sum: what is left of it up to its limit is 1 / (n + 1/2), nearly.
    times = f"round(1 / ({_LIMIT}::float8 * (1 - in_body{number})) - 0.5)"
    yield f"CASE WHEN in_body{number} > 0 THEN {body * (_K1 + 1)}::float8 / (1 + body_words / {times}) ELSE 0 END"
    yield f"CASE WHEN in_title{number} THEN {TITLE_WEIGHT * title * (_K1 + 1)}::float8 / (1 + title_words) ELSE 0 END"


def _rarity(passages: int, holding: int) -> float:
    """The weight of a word that so many of all passages hold."""
    return math.log1p((max(passages - holding, 0) + 0.5) / (holding + 0.5))
