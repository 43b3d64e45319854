"""What articles were before: every version number that was ever dealt out, and what became of its text.

`articles` holds the current versions, which alone are searched; `versions` all others: with their text while it is
kept, without it once it has been deleted for good. A number stands for one text for ever.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from index.store import stories
from index.store.past import read_versions, withdrawal_of
from index.store.rows import digest_of, to_microseconds, to_moment
from index.types import Article

_KEPT = "url, title, text, publisher, author, published_at, headings, digest"  # what is deleted for good
_NUMBER = "article_id, version, collection, added_at, ended_at"  # what stays
NOT_RESTORED = "it was not in the backup that was restored"
_BLANK = ", ".join(f"{column} = NULL" for column in _KEPT.split(", "))


def place(connection: sqlite3.Connection, article: Article, now: datetime, *, lift: bool) -> tuple[int, datetime]:
    """Clear the place in `articles` for the article; its version number, and when that was added.

    What stands there is kept. Who comes back from a withdrawal just as it went has the number that it had.

    Raises:
        ValueError: it was withdrawn by somebody, and `lift` does not say that this is over.
    """
    replaces = _retire(connection, article.id, now)
    _lift(connection, article.id, now, lasting=lift)
    last = connection.execute(
        "SELECT version, added_at, digest FROM versions WHERE article_id = ? AND erased_at IS NULL"
        " ORDER BY version DESC",
        (article.id,),
    ).fetchone()
    if last and not replaces and last[2] == digest_of(article):
        connection.execute("DELETE FROM versions WHERE article_id = ? AND version = ?", (article.id, last[0]))
        return last[0], to_moment(last[1])
    highest = "SELECT coalesce(max(version), 0) FROM versions WHERE article_id = ?"
    return connection.execute(highest, (article.id,)).fetchone()[0] + 1, now


def withdraw(
    connection: sqlite3.Connection, article_ids: Iterable[str], reason: str, now: datetime, *, lasting: bool
) -> int:
    """Take articles out of what is found and shown, and keep their texts; how many were not withdrawn like this yet."""
    return sum(
        _withdraw(connection, article_id, reason, now, lasting=lasting) for article_id in sorted(set(article_ids))
    )


def lift(connection: sqlite3.Connection, article_ids: Iterable[str], now: datetime) -> None:
    """End withdrawals, whoever ordered them. What is to be found again has to be put there."""
    for article_id in set(article_ids):
        _lift(connection, article_id, now, lasting=True)


def erase(connection: sqlite3.Connection, article_ids: Iterable[str], reason: str, now: datetime) -> int:
    """Delete articles for good, all versions; the numbers stay taken. How many had anything to delete."""
    count = 0
    for article_id in set(article_ids):
        _retire(connection, article_id, now)
        count += bool(_erase(connection, "article_id = ? AND erased_at IS NULL", (article_id,), reason, now))
    return count


def erase_versions(
    connection: sqlite3.Connection, numbers: Iterable[tuple[str, int]], reason: str, now: datetime
) -> int:
    """Delete single versions, (article id, number), which are not current, for good; how many there were."""
    where = "article_id = ? AND version = ? AND erased_at IS NULL"
    return sum(_erase(connection, where, number, reason, now) for number in numbers)


def numbers_dealt_out(connection: sqlite3.Connection) -> list[tuple[str, int, str, int, int]]:
    """Every version number that stands for a text, or stood for one: for `adopt_numbers`."""
    return connection.execute(
        "SELECT article_id, version, collection, added_at, ended_at FROM versions"
        " UNION ALL SELECT id, version, collection, added_at, added_at FROM articles"
    ).fetchall()


def adopt_numbers(
    connection: sqlite3.Connection, numbers: Iterable[tuple[str, int, str, int, int]], now: datetime
) -> None:
    """Take numbers that were dealt out in another state of the archive, so that none is dealt out again."""
    connection.executemany(
        f"INSERT OR IGNORE INTO versions ({_NUMBER}, erased_at, erased_why)"  # noqa: S608 - no input in it
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM articles WHERE id = ?1 AND version = ?2)",
        ((*number, to_microseconds(now), NOT_RESTORED) for number in numbers),
    )


def _retire(connection: sqlite3.Connection, article_id: str, now: datetime) -> bool:
    """Move the current version to the others; whether there was one. Its passages and vectors go, and its story."""
    stories.leave(connection, [article_id])
    moved = connection.execute(
        f"INSERT INTO versions ({_NUMBER}, {_KEPT})"  # noqa: S608 - no input in it
        f" SELECT id, version, collection, added_at, max(added_at, ?), {_KEPT} FROM articles WHERE id = ?",
        (to_microseconds(now), article_id),
    ).rowcount
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    return moved > 0


def _withdraw(connection: sqlite3.Connection, article_id: str, reason: str, now: datetime, *, lasting: bool) -> bool:
    before = withdrawal_of(connection, article_id)
    if before and (before.lasting or not lasting):
        return False
    if not _retire(connection, article_id, now) and not (lasting and read_versions(connection, article_id)):
        return False
    _lift(connection, article_id, now, lasting=lasting)
    connection.execute(
        "INSERT INTO withdrawals (article_id, withdrawn_at, reason, lasting) VALUES (?, ?, ?, ?)",
        (article_id, to_microseconds(now), reason, int(lasting)),
    )
    return True


def _lift(connection: sqlite3.Connection, article_id: str, now: datetime, *, lasting: bool) -> None:
    withdrawal = withdrawal_of(connection, article_id)
    if withdrawal is None:
        return
    if withdrawal.lasting and not lasting:
        raise ValueError(f"article {article_id} is withdrawn until it is reinstated")
    connection.execute(
        "UPDATE withdrawals SET ended_at = max(withdrawn_at, ?) WHERE article_id = ? AND ended_at IS NULL",
        (to_microseconds(now), article_id),
    )


def _erase(connection: sqlite3.Connection, where: str, values: tuple[object, ...], reason: str, now: datetime) -> int:
    return connection.execute(
        f"UPDATE versions SET {_BLANK}, erased_at = ?, erased_why = ? WHERE {where}",  # noqa: S608 - no input in it
        (to_microseconds(now), reason, *values),
    ).rowcount
