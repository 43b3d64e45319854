"""How many passages hold a word, and how long passages are: what BM25 weighs words by.

Counted in the transaction that writes or deletes the passages, so that the figures are those of what is current.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.postgres.analysis import as_tsvector, words_of
from index.postgres.database import Connection
from index.postgres.rows import one
from index.types import Article

_SUMS = """INSERT INTO words (word, body, title)
    SELECT lexeme, %(sign)s * count(*) FILTER (WHERE 'D' = ANY (weights)),
        %(sign)s * count(*) FILTER (WHERE 'A' = ANY (weights))
    FROM passages, unnest(words) WHERE article_id = %(id)s AND gone IS NULL GROUP BY lexeme ORDER BY lexeme
    ON CONFLICT (word) DO UPDATE SET body = words.body + EXCLUDED.body, title = words.title + EXCLUDED.title"""
_LENGTHS = """SELECT count(*), coalesce(sum(body_words), 0), coalesce(sum(title_words), 0)
    FROM passages WHERE article_id = %s AND gone IS NULL"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the current passages: how many, their mean lengths in words, and in how many of them words are."""

    passages: int
    body_words: float
    title_words: float
    holding: dict[str, tuple[int, int]]  # by word: in the passage itself, in its title


def count(connection: Connection, article_id: str, sign: int) -> None:
    """Add the words of the article's current passages to the figures, or with the sign -1 take them off."""
    connection.execute(_SUMS, {"sign": sign, "id": article_id})
    lengths = [sign * int(number) for number in one(connection, _LENGTHS, (article_id,))]
    connection.execute("UPDATE lengths SET passages = passages + %s, body = body + %s, title = title + %s", lengths)


def forget_unused(connection: Connection) -> None:
    """Drop words that nothing current holds: what is deleted leaves nothing behind."""
    connection.execute("DELETE FROM words WHERE body <= 0 AND title <= 0")


def count_anew(connection: Connection) -> None:
    """Make the figures what the current passages say, whatever they were."""
    connection.execute("DELETE FROM words")
    connection.execute(
        "INSERT INTO words SELECT lexeme, count(*) FILTER (WHERE 'D' = ANY (weights)),"
        " count(*) FILTER (WHERE 'A' = ANY (weights)) FROM passages, unnest(words) WHERE gone IS NULL GROUP BY lexeme"
    )
    connection.execute("DELETE FROM lengths")
    connection.execute(
        "INSERT INTO lengths SELECT count(*), coalesce(sum(body_words), 0), coalesce(sum(title_words), 0)"
        " FROM passages WHERE gone IS NULL"
    )


def write_anew(connection: Connection, article: Article) -> None:
    """Let the current passages of the article be found by the words that stand in them, whatever they were found by."""
    rows = connection.execute(
        "SELECT id, start_at, end_at FROM passages WHERE article_id = %s AND gone IS NULL", (article.id,)
    ).fetchall()
    of_title = words_of(article.title)
    for number, start, end in rows:
        of_body = words_of(article.text[start:end])
        new = (as_tsvector(of_body, of_title), len(of_body), len(of_title))
        connection.execute(
            "UPDATE passages SET (words, body_words, title_words) = (%s::tsvector, %s, %s) WHERE article_id = %s"
            " AND id = %s AND (words, body_words, title_words) IS DISTINCT FROM (%s::tsvector, %s, %s)",
            (*new, article.id, number, *new),
        )


def word_problems(connection: Connection, mend: str) -> Iterator[str]:
    """Whether the figures are those of the passages."""
    counted = (
        "SELECT lexeme AS word, count(*) FILTER (WHERE 'D' = ANY (weights)) AS body,"
        " count(*) FILTER (WHERE 'A' = ANY (weights)) AS title FROM passages, unnest(words) WHERE gone IS NULL"
        " GROUP BY lexeme"
    )
    known = "SELECT word, body, title FROM words WHERE body > 0 OR title > 0"
    wrong = f"SELECT count(*) FROM (({counted}) EXCEPT ({known}) UNION ALL (({known}) EXCEPT ({counted}))) AS wrong"  # noqa: S608
    if found := one(connection, wrong)[0]:
        yield f"{found:,} words are weighed by wrong figures: {mend}."


def figures(connection: Connection, words: Sequence[str]) -> Figures:
    """What is known of these words."""
    rows = connection.execute("SELECT word, body, title FROM words WHERE word = ANY (%s)", (list(words),))
    holding = {word: (max(body, 0), max(title, 0)) for word, body, title in rows}
    passages, body, title = one(connection, "SELECT passages, body, title FROM lengths")
    total = max(passages, 1)
    return Figures(passages, max(body / total, 1.0), max(title / total, 1.0), holding)
