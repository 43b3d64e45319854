"""What a publication that is still being read points to, though the truth has gone on.

A changed article is stored at once and found with the next publication. Until then, and for as long as somebody reads
an older publication, its passages of before are kept here: a reader sees the old version or the new one, never neither.
What is deleted leaves this place too.
"""

import json
import sqlite3
from collections.abc import Sequence

from index.store.rows import FoundPassage, article_row, read_articles, read_found, to_passage
from index.types import StoredArticle

_PASSAGE = "id, article_id, {version}, start_at, end_at, heading_start, heading_end, {until}"


def keep_replaced(connection: sqlite3.Connection, article_id: str, until: int) -> None:
    """Before the article is written anew: keep it with its passages for the publications before number `until`."""
    for stored in read_articles(connection, "id = ?", (article_id,)):
        row = (*article_row(stored.article, stored.version, stored.added_at), until)
        connection.execute(f"INSERT INTO replaced_articles VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - no input in it
    _keep_passages(connection, until, "WHERE article_id = ?", (article_id,))


def keep_all_passages(connection: sqlite3.Connection, until: int) -> None:
    """Before all passages are cut anew from articles that stay as they are."""
    _keep_passages(connection, until, "", ())


def forget_deleted(connection: sqlite3.Connection) -> None:
    """Drop what is left of articles that are no more: deleted means never returned again."""
    connection.execute("DELETE FROM replaced_passages WHERE article_id NOT IN (SELECT id FROM articles)")
    connection.execute("DELETE FROM replaced_articles WHERE id NOT IN (SELECT id FROM articles)")


def forget_unread(connection: sqlite3.Connection, oldest: int, newest: int) -> None:
    """Drop what no publication from `oldest` to `newest` points to; beyond those there is none that anybody reads."""
    for table in ("replaced_passages", "replaced_articles"):
        connection.execute(f"DELETE FROM {table} WHERE until <= ? OR until > ?", (oldest, newest))  # noqa: S608 - names of ours


def read_replaced_labels(
    connection: sqlite3.Connection, generation: int
) -> list[tuple[int, str, str, str | None, int | None]]:
    """(passage id, article id, collection, publisher, published) of what only older versions of the truth hold."""
    return connection.execute(
        """SELECT p.id, a.id, a.collection, a.publisher, a.published_at FROM replaced_passages p
            JOIN (SELECT id, version, collection, publisher, published_at FROM articles
                UNION ALL SELECT id, version, collection, publisher, published_at FROM replaced_articles) a
            ON a.id = p.article_id AND a.version = p.version
            WHERE p.until > ? ORDER BY p.id""",
        (generation,),
    ).fetchall()


def read_any(connection: sqlite3.Connection, passage_ids: Sequence[int]) -> list[FoundPassage]:
    """Passages in the order asked, replaced ones as they were; those of deleted articles are left out."""
    found = {one.passage_id: one for one in read_found(connection, passage_ids)}
    missing = [passage_id for passage_id in passage_ids if passage_id not in found]
    found |= {one.passage_id: one for one in _read_replaced(connection, missing)} if missing else {}
    return [found[passage_id] for passage_id in passage_ids if passage_id in found]


def _keep_passages(connection: sqlite3.Connection, until: int, where: str, values: tuple[str, ...]) -> None:
    version = "(SELECT version FROM articles WHERE id = article_id)"
    connection.execute(
        f"INSERT INTO replaced_passages SELECT {_PASSAGE.format(version=version, until='?')} FROM passages {where}",  # noqa: S608 - no input in it
        (until, *values),
    )


def _read_replaced(connection: sqlite3.Connection, passage_ids: Sequence[int]) -> list[FoundPassage]:
    rows = connection.execute(
        "SELECT id, article_id, start_at, end_at, heading_start, heading_end, version FROM replaced_passages"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps([int(passage_id) for passage_id in passage_ids]),),
    ).fetchall()
    articles = _versions(connection, sorted({row[1] for row in rows}))
    return [
        FoundPassage(row[0], articles[row[1], row[6]], to_passage(row)) for row in rows if (row[1], row[6]) in articles
    ]


def _versions(connection: sqlite3.Connection, article_ids: Sequence[str]) -> dict[tuple[str, int], StoredArticle]:
    wanted = "id IN (SELECT value FROM json_each(?))", (json.dumps(article_ids),)
    there = [*read_articles(connection, *wanted), *read_articles(connection, *wanted, table="replaced_articles")]
    return {(stored.article.id, stored.version): stored for stored in there}
