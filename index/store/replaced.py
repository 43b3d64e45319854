"""What a publication that is still being read points to, though the truth has gone on.

A changed article is stored at once and found with the next publication. Until then, and for as long as somebody reads
an older publication, its passages of before are kept here: a reader sees the old version or the new one, never neither.
What is deleted leaves this place too.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from index.store.past import read_version
from index.store.rows import FoundPassage, read_found, to_passage


def keep_passages(connection: sqlite3.Connection, until: int, article_id: str | None = None) -> None:
    """Before its article, or without one all of them, is cut anew: for the publications before number `until`.

    The texts that they are cut from stay where they are, or go to the table `versions`.
    """
    where, values = ("", ()) if article_id is None else ("WHERE article_id = ?", (article_id,))
    connection.execute(
        "INSERT INTO replaced_passages SELECT passages.id, article_id, version, start_at, end_at, heading_start,"  # noqa: S608 - no input in it
        f" heading_end, ? FROM passages JOIN articles ON articles.id = article_id {where}",
        (until, *values),
    )


def forget_deleted(connection: sqlite3.Connection) -> None:
    """Drop what is left of articles that are no more: deleted means never returned again."""
    connection.execute("DELETE FROM replaced_passages WHERE article_id NOT IN (SELECT id FROM articles)")


def forget_unread(connection: sqlite3.Connection, oldest: int, newest: int) -> None:
    """Drop what no publication from `oldest` to `newest` points to; beyond those there is none that anybody reads."""
    connection.execute("DELETE FROM replaced_passages WHERE until <= ? OR until > ?", (oldest, newest))


def read_replaced_labels(
    connection: sqlite3.Connection, generation: int
) -> list[tuple[int, str, str, str | None, int | None]]:
    """(passage id, article id, collection, publisher, published) of what only older versions of the truth hold."""
    of_both = """SELECT p.id, p.article_id, a.collection, a.publisher, a.published_at
            FROM replaced_passages p JOIN articles a ON a.id = p.article_id AND a.version = p.version WHERE until > ?1
        UNION ALL SELECT p.id, p.article_id, v.collection, v.publisher, v.published_at
            FROM replaced_passages p JOIN versions v USING (article_id, version)
            WHERE until > ?1 AND erased_at IS NULL
        ORDER BY 1"""
    return connection.execute(of_both, (generation,)).fetchall()


def read_any(connection: sqlite3.Connection, passage_ids: Sequence[int]) -> list[FoundPassage]:
    """Passages in the order asked, replaced ones as they were; those of deleted articles are left out."""
    found = {one.passage_id: one for one in read_found(connection, passage_ids)}
    missing = [passage_id for passage_id in passage_ids if passage_id not in found]
    found |= {one.passage_id: one for one in _read_replaced(connection, missing)} if missing else {}
    return [found[passage_id] for passage_id in passage_ids if passage_id in found]


def _read_replaced(connection: sqlite3.Connection, passage_ids: Sequence[int]) -> list[FoundPassage]:
    rows = connection.execute(
        "SELECT id, article_id, start_at, end_at, heading_start, heading_end, version,"
        " (SELECT story FROM stories WHERE stories.article_id = replaced_passages.article_id)"
        " FROM replaced_passages WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps([int(passage_id) for passage_id in passage_ids]),),
    ).fetchall()
    texts = {number: read_version(connection, *number) for number in {(row[1], row[6]) for row in rows}}
    return [
        FoundPassage(row[0], replace(stored, story=row[7] or row[1]), to_passage(row))
        for row in rows
        if (stored := texts[row[1], row[6]])
    ]
