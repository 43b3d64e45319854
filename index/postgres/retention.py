"""Which texts a rule of retention deletes. Their version numbers stay taken, so that citations still resolve."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from index.lives import EXAMPLES, Retention, RetentionReport
from index.postgres.database import Connection
from index.postgres.past import read_versions
from index.postgres.rows import folded, new_numbers, read_articles
from index.store.rows import to_microseconds
from index.types import StoredArticle

Number = tuple[str, int]  # article id, version

_MEANT = (
    "(%(collection)s::text IS NULL OR collection = %(collection)s)"
    " AND (%(publisher)s::text IS NULL OR folded = %(publisher)s)"
)
# An article that is not current, because it was withdrawn, is judged by the last text that is kept of it.
_IS_LAST = """NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = versions.article_id)
    AND version = (SELECT max(version) FROM versions AS other
        WHERE other.article_id = versions.article_id AND other.erased_at IS NULL)"""
_OLD = f"coalesce(published_at, added_at) < %(before)s AND {_MEANT}"
_ARTICLES = f"""SELECT id FROM articles WHERE {_OLD}
    UNION SELECT article_id FROM versions WHERE erased_at IS NULL AND {_OLD} AND {_IS_LAST}"""  # noqa: S608 - no input in it
_ALL_TEXTS = """SELECT id, version FROM articles WHERE id = ANY (%(ids)s)
    UNION ALL SELECT article_id, version FROM versions WHERE erased_at IS NULL AND article_id = ANY (%(ids)s)"""
_EARLIER_TEXTS = f"""SELECT article_id, version FROM versions
    WHERE erased_at IS NULL AND ended_at < %(before)s AND {_MEANT} AND NOT ({_IS_LAST})"""  # noqa: S608 - nor in this
_FACTS = """SELECT id, version, publisher, length(text), coalesce(published_at, added_at)
    FROM articles WHERE id = ANY (%(ids)s)
    UNION ALL SELECT article_id, version, publisher, length(text), coalesce(published_at, added_at)
    FROM versions WHERE erased_at IS NULL AND article_id = ANY (%(ids)s)"""


def texts_due(connection: Connection, rule: Retention, now: datetime) -> list[Number]:
    """The texts that the rule deletes at that moment."""
    before = to_microseconds(now - rule.older_than)
    values = {"before": before, "collection": rule.collection, "publisher": folded(rule.publisher)}
    if rule.earlier_versions:
        return sorted((row[0], row[1]) for row in connection.execute(_EARLIER_TEXTS, values))
    ids = [row[0] for row in connection.execute(_ARTICLES, values)]
    return sorted((row[0], row[1]) for row in connection.execute(_ALL_TEXTS, {"ids": ids}))


def report_on(connection: Connection, due: Sequence[Number], rule: Retention) -> RetentionReport:
    """What the texts are that are due."""
    chosen, ids = set(due), sorted({article_id for article_id, _ in due})
    facts = [row for row in connection.execute(_FACTS, {"ids": ids}) if row[:2] in chosen]
    oldest = sorted(facts, key=lambda row: (row[4], *row[:2]))[:EXAMPLES]
    return RetentionReport(
        articles=0 if rule.earlier_versions else len({row[0] for row in facts}),
        versions=len(facts),
        characters=sum(row[3] for row in facts),
        publishers=tuple(Counter(row[2] for row in facts).most_common()),
        examples=tuple(_text(connection, *row[:2]) for row in oldest),
    )


def read_rules(connection: Connection) -> dict[int, Retention]:
    """The rules that are kept, by number."""
    rows = connection.execute(
        "SELECT id, days, publisher, collection, earlier_versions FROM retention_rules ORDER BY id"
    )
    return {
        number: Retention(
            older_than=timedelta(days=days),
            publisher=publisher,
            collection=collection,
            earlier_versions=earlier_versions,
        )
        for number, days, publisher, collection, earlier_versions in rows
    }


def keep_rule(connection: Connection, rule: Retention) -> int:
    """Write the rule down; its number, that of the same rule where there is one."""
    for number, known in read_rules(connection).items():
        if known == rule:
            return number
    number = new_numbers(connection, 1)[0]
    connection.execute(
        "INSERT INTO retention_rules VALUES (%s, %s, %s, %s, %s)",
        (number, rule.older_than.days, rule.publisher, rule.collection, rule.earlier_versions),
    )
    return number


def forget_rule(connection: Connection, number: int) -> bool:
    """Whether there was a rule of that number."""
    return connection.execute("DELETE FROM retention_rules WHERE id = %s", (number,)).rowcount > 0


def _text(connection: Connection, article_id: str, version: int) -> StoredArticle:
    found = [*read_versions(connection, article_id, version), *read_articles(connection, "id = %s", (article_id,))]
    return next(one for one in found if isinstance(one, StoredArticle) and one.version == version)
