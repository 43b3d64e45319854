"""What is known of articles that are not current: earlier versions, withdrawn and removed ones. Only reading."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from index.errors import ArchiveDamaged
from index.lives import REMOVED, WITHDRAWN, Gone, History, Withdrawal
from index.store.rows import digest_of, read_articles, stored_from, to_moment
from index.types import Article, StoredArticle

_AS_ARTICLE = (  # the columns that `rows.stored_from` takes
    "article_id, collection, url, title, text, publisher, author, published_at, headings, version, added_at, digest"
)
_COUNTS = """SELECT count(*), count(DISTINCT CASE WHEN EXISTS
        (SELECT 1 FROM withdrawals WHERE article_id = versions.article_id AND ended_at IS NULL) THEN article_id END)
    FROM versions WHERE erased_at IS NULL AND (?1 IS NULL OR collection IN (SELECT value FROM json_each(?1)))"""
_TWICE = """SELECT DISTINCT id FROM articles JOIN versions ON article_id = id AND versions.version >= articles.version
    WHERE erased_at IS NULL OR versions.version = articles.version"""
_FOUND_THOUGH_WITHDRAWN = (
    "SELECT article_id FROM articles JOIN withdrawals ON article_id = articles.id WHERE ended_at IS NULL"
)


def read_versions(
    connection: sqlite3.Connection, article_id: str, version: int | None = None
) -> list[StoredArticle | Gone]:
    """The versions that are not current, in order, or the one that is named."""
    rows = connection.execute(
        f"SELECT erased_at, erased_why, ended_at, {_AS_ARTICLE} FROM versions"  # noqa: S608 - no input in it
        " WHERE article_id = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY version",
        (article_id, version),
    )
    return [_noun(row[:3], row[3:]) for row in rows]


def withdrawal_of(connection: sqlite3.Connection, article_id: str) -> Withdrawal | None:
    """The withdrawal that is in force."""
    return next((one for one in _withdrawals(connection, article_id) if one.ended_at is None), None)


def read_barred(connection: sqlite3.Connection) -> dict[str, Withdrawal]:
    """The withdrawals in force that last until somebody ends them, by article id."""
    ids = connection.execute("SELECT article_id FROM withdrawals WHERE ended_at IS NULL AND lasting").fetchall()
    return {row[0]: one for row in ids if (one := withdrawal_of(connection, row[0]))}


def read_version(connection: sqlite3.Connection, article_id: str, version: int | None) -> StoredArticle | None:
    """That version of the article, the current one where none is named; None where it is given out no more."""
    current = next(iter(read_articles(connection, "id = ?", (article_id,))), None)
    if version is None or (current and current.version == version):
        return current
    if withdrawal_of(connection, article_id):
        return None
    return next((one for one in read_versions(connection, article_id, version) if isinstance(one, StoredArticle)), None)


def read_gone(connection: sqlite3.Connection, article_id: str, version: int | None) -> Gone | None:
    """What became of an article, or of that version; None where it is still given out, or never was there."""
    current = connection.execute("SELECT version FROM articles WHERE id = ?", (article_id,)).fetchone()
    if current and version in (None, current[0]):
        return None
    found = read_versions(connection, article_id, version)
    kept = next((one for one in reversed(found) if isinstance(one, StoredArticle)), None)
    if kept is None:
        return next((one for one in reversed(found) if isinstance(one, Gone)), None)
    withdrawal = withdrawal_of(connection, article_id)
    if withdrawal is None:  # an earlier version, which can be shown
        return None
    collection = kept.article.collection
    return Gone(article_id, collection, kept.version, WITHDRAWN, at=withdrawal.at, reason=withdrawal.reason)


def read_history(connection: sqlite3.Connection, article_id: str) -> History | None:
    """Everything that is kept of the article; None where nothing is known of it."""
    current = read_articles(connection, "id = ?", (article_id,))
    versions = sorted([*read_versions(connection, article_id), *current], key=lambda one: one.version)
    if not versions:
        return None
    first = versions[0]
    collection = first.collection if isinstance(first, Gone) else first.article.collection
    return History(article_id, collection, tuple(versions), tuple(_withdrawals(connection, article_id)))


def read_withdrawn(connection: sqlite3.Connection) -> list[History]:
    """The articles that are withdrawn now, the last one first."""
    ids = connection.execute(
        "SELECT article_id FROM withdrawals WHERE ended_at IS NULL ORDER BY withdrawn_at DESC, id DESC"
    ).fetchall()
    return [known for row in ids if (known := read_history(connection, row[0]))]


def read_earlier(connection: sqlite3.Connection, article_id: str) -> list[StoredArticle]:
    """The versions before the current one whose texts are kept, in order."""
    return [one for one in read_versions(connection, article_id) if isinstance(one, StoredArticle)]


def require_whole(connection: sqlite3.Connection, stored: StoredArticle) -> None:
    """Let a version pass that reads as it was stored, or has been deleted since it was read.

    Raises:
        ArchiveDamaged: it does not.
    """
    digest = digest_of(stored.article)
    digests = {
        row[0]
        for table, key in (("articles", "id"), ("versions", "article_id"))
        for row in connection.execute(
            f"SELECT digest FROM {table} WHERE {key} = ? AND version = ? AND digest NOT NULL",  # noqa: S608 - names of ours
            (stored.article.id, stored.version),
        )
    }
    if digests and digest not in digests:
        raise ArchiveDamaged(
            f"Article {stored.article.id} ({stored.article.url}) is not as it was stored: run `pullquote check`."
        )


def ids_under(connection: sqlite3.Connection, name: str) -> list[str]:
    """The articles that an id or a URL names or named, one for each collection, the removed and withdrawn ones too."""
    collections = connection.execute("SELECT collection FROM articles UNION SELECT collection FROM versions")
    named = [name, *(Article(url=name, title="", text="", collection=row[0]).id for row in collections)]
    known = (
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM articles WHERE id = value)"
        " OR EXISTS (SELECT 1 FROM versions WHERE article_id = value)"
    )
    return [row[0] for row in connection.execute(known, (json.dumps(named),))]


def ids_in(connection: sqlite3.Connection, collection: str) -> list[str]:
    """The articles of a collection of which any text is kept, the withdrawn ones too."""
    kept = (
        "SELECT id FROM articles WHERE collection = ?1"
        " UNION SELECT article_id FROM versions WHERE collection = ?1 AND erased_at IS NULL"
    )
    return [row[0] for row in connection.execute(kept, (collection,))]


def count_versions(connection: sqlite3.Connection, collections: str | None) -> tuple[int, int]:
    """(earlier versions whose texts are kept, withdrawn articles), of a JSON list of collections or of all."""
    texts, withdrawn = connection.execute(_COUNTS, (collections,)).fetchone()
    return texts - withdrawn, withdrawn


def version_problems(connection: sqlite3.Connection, mend: str) -> Iterator[str]:
    """What is wrong with the earlier versions; `mend` is what to do about it."""
    for row in connection.execute(f"SELECT {_AS_ARTICLE} FROM versions WHERE erased_at IS NULL"):  # noqa: S608 - ours
        stored = stored_from(row)
        if digest_of(stored.article) != row[-1]:
            yield f"Version {stored.version} of article {stored.article.id} is not what was stored: {mend}."
    for (article_id,) in connection.execute(_TWICE):
        yield f"Article {article_id} has an earlier version with a number as high as its own: {mend}."
    for (article_id,) in connection.execute(_FOUND_THOUGH_WITHDRAWN):
        yield f"Article {article_id} was withdrawn and can be found all the same: {mend}."


def _noun(fate: Sequence[Any], row: Sequence[Any]) -> StoredArticle | Gone:
    erased_at, why, ended_at = fate
    if erased_at is not None:
        return Gone(row[0], row[1], row[9], REMOVED, at=to_moment(erased_at), reason=why)
    stored = stored_from(row)
    return StoredArticle(stored.article, stored.version, stored.added_at, replaced_at=to_moment(ended_at))


def _withdrawals(connection: sqlite3.Connection, article_id: str) -> list[Withdrawal]:
    rows = connection.execute(
        "SELECT withdrawn_at, reason, lasting, ended_at FROM withdrawals WHERE article_id = ? ORDER BY id",
        (article_id,),
    )
    return [
        Withdrawal(to_moment(at), reason, bool(lasting), None if ended is None else to_moment(ended))
        for at, reason, lasting, ended in rows
    ]
