"""What articles were before: every version number that was ever dealt out, and what became of its text.

Each function is for one article and belongs in one transaction: on Citus it touches one shard.
"""

from datetime import datetime

from index.postgres import stories, words
from index.postgres.database import Connection
from index.postgres.past import read_versions, withdrawal_of
from index.postgres.rows import new_numbers, one
from index.postgres.schema import DISTRIBUTED
from index.store import digest_of
from index.store.rows import to_microseconds, to_moment
from index.types import Article

_KEPT = "url, title, text, publisher, author, published_at, headings, digest, folded"  # what is deleted for good
_BLANK = ", ".join(f"{column} = NULL" for column in _KEPT.split(", "))


def place(connection: Connection, article: Article, now: datetime, *, next_publication: int) -> tuple[int, datetime]:
    """Make way for a new version of the article; its number, and when that was added.

    What stands there is kept, and found until the next publication. Who comes back from a withdrawal just as it went
    has the number that it had.
    """
    replaces = _keep_current(connection, article.id, now)
    if replaces:
        words.count(connection, article.id, -1)
        connection.execute("DELETE FROM passages WHERE article_id = %s AND born >= %s", (article.id, next_publication))
        connection.execute(
            "UPDATE passages SET gone = %s WHERE article_id = %s AND gone IS NULL", (next_publication, article.id)
        )
    end_withdrawal(connection, article.id, now)
    last = connection.execute(
        "SELECT version, added_at, digest FROM versions WHERE article_id = %s AND erased_at IS NULL"
        " ORDER BY version DESC LIMIT 1",
        (article.id,),
    ).fetchone()
    if last and not replaces and last[2] == digest_of(article):
        connection.execute("DELETE FROM versions WHERE article_id = %s AND version = %s", (article.id, last[0]))
        return last[0], to_moment(last[1])
    highest = "SELECT coalesce(max(version), 0) FROM versions WHERE article_id = %s"
    return one(connection, highest, (article.id,))[0] + 1, now


def withdraw(connection: Connection, article_id: str, reason: str, now: datetime, *, lasting: bool) -> bool:
    """Take an article out of what is found and shown, and keep its texts; whether it was not so already."""
    before = withdrawal_of(connection, article_id)
    if before and (before.lasting or not lasting):
        return False
    if not _retire(connection, article_id, now) and not (lasting and read_versions(connection, article_id)):
        return False
    end_withdrawal(connection, article_id, now)
    connection.execute(
        "INSERT INTO withdrawals (article_id, number, withdrawn_at, reason, lasting) VALUES (%s, %s, %s, %s, %s)",
        (article_id, *new_numbers(connection, 1), to_microseconds(now), reason, lasting),
    )
    return True


def end_withdrawal(connection: Connection, article_id: str, now: datetime) -> None:
    """End the withdrawal that is in force, whoever ordered it. What is to be found again has to be put there."""
    connection.execute(
        "UPDATE withdrawals SET ended_at = greatest(withdrawn_at, %s) WHERE article_id = %s AND ended_at IS NULL",
        (to_microseconds(now), article_id),
    )


def erase(connection: Connection, article_id: str, reason: str, now: datetime) -> bool:
    """Delete an article for good, all versions; the numbers stay taken. Whether there was anything to delete."""
    _retire(connection, article_id, now)
    words.forget_unused(connection)
    return _erase(connection, "article_id = %s AND erased_at IS NULL", (article_id,), reason, now)


def clear(connection: Connection, article_id: str) -> None:
    """Forget everything of an article, the numbers too: for what another archive hands over in its place."""
    stories.leave(connection, article_id)
    words.count(connection, article_id, -1)
    for table, column in DISTRIBUTED.items():
        connection.execute(f"DELETE FROM {table} WHERE {column} = %s", (article_id,))  # noqa: S608 - names of ours


def erase_version(connection: Connection, number: tuple[str, int], reason: str, now: datetime) -> bool:
    """Delete a single version, (article id, number), which is not current, for good; whether it was there."""
    erased = _erase(connection, "article_id = %s AND version = %s AND erased_at IS NULL", number, reason, now)
    connection.execute("DELETE FROM passages WHERE article_id = %s AND version = %s", number)  # still found by some
    return erased


def _keep_current(connection: Connection, article_id: str, now: datetime) -> bool:
    """Copy the current version to the others, and take it out of its story; whether there was one."""
    stories.leave(connection, article_id)
    copied = connection.execute(
        f"INSERT INTO versions (article_id, version, collection, added_at, ended_at, {_KEPT})"  # noqa: S608 - no input in it
        f" SELECT id, version, collection, added_at, greatest(added_at, %s), {_KEPT} FROM articles WHERE id = %s",
        (to_microseconds(now), article_id),
    )
    return copied.rowcount > 0


def _retire(connection: Connection, article_id: str, now: datetime) -> bool:
    """Move the current version to the others; whether there was one. Its passages and vectors go, and its story."""
    moved = _keep_current(connection, article_id, now)
    if moved:
        words.count(connection, article_id, -1)
        connection.execute("DELETE FROM articles WHERE id = %s", (article_id,))
    return moved


def _erase(connection: Connection, where: str, values: tuple[object, ...], reason: str, now: datetime) -> bool:
    erased = connection.execute(
        f"UPDATE versions SET {_BLANK}, erased_at = %s, erased_why = %s WHERE {where}",  # noqa: S608 - no input in it
        (to_microseconds(now), reason, *values),
    )
    return erased.rowcount > 0
