"""What is known of articles that are not current: earlier versions, withdrawn and removed ones. Only reading."""

from collections.abc import Iterator, Sequence
from typing import Any

from index.errors import ArchiveDamaged
from index.lives import REMOVED, WITHDRAWN, Gone, History, Withdrawal
from index.postgres.database import Connection
from index.postgres.rows import AS_ARTICLE, read_articles
from index.store import digest_of
from index.store.rows import stored_from, to_moment
from index.types import Article, StoredArticle


def read_versions(connection: Connection, article_id: str, version: int | None = None) -> list[StoredArticle | Gone]:
    """The versions that are not current, in order, or the one that is named."""
    rows = connection.execute(
        f"SELECT erased_at, erased_why, ended_at, {AS_ARTICLE} FROM versions"  # noqa: S608 - no input in it
        " WHERE article_id = %s AND version = coalesce(%s, version) ORDER BY version",
        (article_id, version),
    )
    return [_noun(row[:3], row[3:]) for row in rows]


def withdrawal_of(connection: Connection, article_id: str) -> Withdrawal | None:
    """The withdrawal that is in force."""
    return next((one for one in _withdrawals(connection, article_id) if one.ended_at is None), None)


def read_barred(connection: Connection) -> dict[str, Withdrawal]:
    """The withdrawals in force that last until somebody ends them, by article id."""
    rows = connection.execute(
        "SELECT article_id, withdrawn_at, reason, lasting, ended_at FROM withdrawals WHERE ended_at IS NULL AND lasting"
    )
    return {row[0]: _withdrawal(row[1:]) for row in rows}


def read_version(connection: Connection, article_id: str, version: int | None) -> StoredArticle | None:
    """That version of the article, the current one where none is named; None where it is given out no more."""
    current = next(iter(read_articles(connection, "id = %s", (article_id,))), None)
    if version is None or (current and current.version == version):
        return current
    if withdrawal_of(connection, article_id):
        return None
    return next((one for one in read_versions(connection, article_id, version) if isinstance(one, StoredArticle)), None)


def read_gone(connection: Connection, article_id: str, version: int | None) -> Gone | None:
    """What became of an article, or of that version; None where it is still given out, or never was there."""
    current = connection.execute("SELECT version FROM articles WHERE id = %s", (article_id,)).fetchone()
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


def read_history(connection: Connection, article_id: str) -> History | None:
    """Everything that is kept of the article; None where nothing is known of it."""
    current = read_articles(connection, "id = %s", (article_id,))
    versions = sorted([*read_versions(connection, article_id), *current], key=lambda one: one.version)
    if not versions:
        return None
    first = versions[0]
    collection = first.collection if isinstance(first, Gone) else first.article.collection
    return History(article_id, collection, tuple(versions), tuple(_withdrawals(connection, article_id)))


def read_withdrawn(connection: Connection) -> list[History]:
    """The articles that are withdrawn now, the last one first."""
    ids = connection.execute(
        "SELECT article_id FROM withdrawals WHERE ended_at IS NULL ORDER BY withdrawn_at DESC, number DESC"
    ).fetchall()
    return [known for row in ids if (known := read_history(connection, row[0]))]


def read_earlier(connection: Connection, article_id: str) -> list[StoredArticle]:
    """The versions before the current one whose texts are kept, in order."""
    return [one for one in read_versions(connection, article_id) if isinstance(one, StoredArticle)]


def require_whole(connection: Connection, stored: StoredArticle) -> None:
    """Let a version pass that reads as it was stored, or has been deleted since it was read. Raises ArchiveDamaged."""
    rows = connection.execute(
        "SELECT digest FROM articles WHERE id = %(id)s AND version = %(version)s UNION"
        " SELECT digest FROM versions WHERE article_id = %(id)s AND version = %(version)s AND digest IS NOT NULL",
        {"id": stored.article.id, "version": stored.version},
    )
    digests = {row[0] for row in rows}
    if digests and digest_of(stored.article) not in digests:
        raise ArchiveDamaged(
            f"Article {stored.article.id} ({stored.article.url}) is not as it was stored: run `pullquote check`."
        )


def ids_under(connection: Connection, name: str) -> list[str]:
    """The articles that an id or a URL names or named, one for each collection, the removed and withdrawn ones too."""
    collections = connection.execute("SELECT collection FROM articles UNION SELECT collection FROM versions")
    named = [name, *(Article(url=name, title="", text="", collection=row[0]).id for row in collections)]
    known = "SELECT id FROM articles WHERE id = ANY (%(ids)s) UNION SELECT article_id FROM versions"
    rows = connection.execute(f"{known} WHERE article_id = ANY (%(ids)s)", {"ids": named})
    there = {row[0] for row in rows}
    return [one for one in dict.fromkeys(named) if one in there]


def ids_in(connection: Connection, collection: str) -> list[str]:
    """The articles of a collection of which any text is kept, the withdrawn ones too."""
    kept = (
        "SELECT id FROM articles WHERE collection = %(name)s"
        " UNION SELECT article_id FROM versions WHERE collection = %(name)s AND erased_at IS NULL"
    )
    return [row[0] for row in connection.execute(kept, {"name": collection})]


def version_problems(connection: Connection, mend: str) -> Iterator[str]:
    """What is wrong with the earlier versions; `mend` is what to do about it."""
    for row in connection.execute(f"SELECT {AS_ARTICLE} FROM versions WHERE erased_at IS NULL"):  # noqa: S608 - ours
        stored = stored_from(row)
        if digest_of(stored.article) != row[-1]:
            yield f"Version {stored.version} of article {stored.article.id} is not what was stored: {mend}."
    twice = (
        "SELECT DISTINCT id FROM articles JOIN versions ON article_id = id AND versions.version >= articles.version"
        " WHERE erased_at IS NULL OR versions.version = articles.version"
    )
    for (article_id,) in connection.execute(twice):
        yield f"Article {article_id} has an earlier version with a number as high as its own: {mend}."
    found = "SELECT article_id FROM articles JOIN withdrawals ON article_id = articles.id WHERE ended_at IS NULL"
    for (article_id,) in connection.execute(found):
        yield f"Article {article_id} was withdrawn and can be found all the same: {mend}."


def _noun(fate: Sequence[Any], row: Sequence[Any]) -> StoredArticle | Gone:
    erased_at, why, ended_at = fate
    if erased_at is not None:
        return Gone(row[0], row[1], row[9], REMOVED, at=to_moment(erased_at), reason=why)
    stored = stored_from(row)
    return StoredArticle(stored.article, stored.version, stored.added_at, replaced_at=to_moment(ended_at))


def _withdrawals(connection: Connection, article_id: str) -> list[Withdrawal]:
    rows = connection.execute(
        "SELECT withdrawn_at, reason, lasting, ended_at FROM withdrawals WHERE article_id = %s ORDER BY number",
        (article_id,),
    )
    return [_withdrawal(row) for row in rows]


def _withdrawal(row: Sequence[Any]) -> Withdrawal:
    at, reason, lasting, ended = row
    return Withdrawal(to_moment(at), reason, lasting, None if ended is None else to_moment(ended))
