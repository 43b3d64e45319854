"""Which texts a rule of retention deletes. Their version numbers stay taken, so that citations still resolve."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from index.lives import EXAMPLES, Retention, RetentionReport
from index.store.past import read_versions
from index.store.rows import read_articles, to_microseconds
from index.store.versions import erase, erase_versions
from index.types import StoredArticle

Number = tuple[str, int]  # article id, version

_MEANT = "(?2 IS NULL OR collection = ?2) AND (?3 IS NULL OR folded(publisher) = ?3)"
# An article that is not current, because it was withdrawn, is judged by the last text that is kept of it.
_IS_LAST = """NOT EXISTS (SELECT 1 FROM articles WHERE id = article_id)
    AND version = (SELECT max(version) FROM versions AS other
        WHERE other.article_id = versions.article_id AND other.erased_at IS NULL)"""
_ARTICLES = f"""SELECT id FROM articles WHERE coalesce(published_at, added_at) < ?1 AND {_MEANT}
    UNION SELECT article_id FROM versions
    WHERE erased_at IS NULL AND coalesce(published_at, added_at) < ?1 AND {_MEANT} AND {_IS_LAST}"""  # noqa: S608 - no input in it
_ALL_TEXTS = """SELECT id, version FROM articles WHERE id IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT article_id, version FROM versions
    WHERE erased_at IS NULL AND article_id IN (SELECT value FROM json_each(?1))"""
_EARLIER_TEXTS = f"""SELECT article_id, version FROM versions
    WHERE erased_at IS NULL AND ended_at < ?1 AND {_MEANT} AND NOT ({_IS_LAST})"""  # noqa: S608 - nor in this
_FACTS = """SELECT id, version, publisher, length(text), coalesce(published_at, added_at)
    FROM articles WHERE id IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT article_id, version, publisher, length(text), coalesce(published_at, added_at)
    FROM versions WHERE erased_at IS NULL AND article_id IN (SELECT value FROM json_each(?1))"""


def texts_due(connection: sqlite3.Connection, rule: Retention, now: datetime) -> list[Number]:
    """The texts that the rule deletes at that moment."""
    connection.create_function("folded", 1, lambda name: None if name is None else name.casefold(), deterministic=True)
    publisher = None if rule.publisher is None else rule.publisher.casefold()
    values = (to_microseconds(now - rule.older_than), rule.collection, publisher)
    if rule.earlier_versions:
        return sorted(connection.execute(_EARLIER_TEXTS, values))
    ids = json.dumps([row[0] for row in connection.execute(_ARTICLES, values)])
    return sorted(connection.execute(_ALL_TEXTS, (ids,)))


def report_on(connection: sqlite3.Connection, due: Sequence[Number], rule: Retention) -> RetentionReport:
    """What the texts are that are due."""
    chosen, ids = set(due), json.dumps(sorted({article_id for article_id, _ in due}))
    facts = [row for row in connection.execute(_FACTS, (ids,)) if row[:2] in chosen]
    oldest = sorted(facts, key=lambda row: (row[4], *row[:2]))[:EXAMPLES]
    return RetentionReport(
        articles=0 if rule.earlier_versions else len({row[0] for row in facts}),
        versions=len(facts),
        characters=sum(row[3] for row in facts),
        publishers=tuple(Counter(row[2] for row in facts).most_common()),
        examples=tuple(_text(connection, *row[:2]) for row in oldest),
    )


def delete_due(connection: sqlite3.Connection, rule: Retention, now: datetime) -> RetentionReport:
    """Delete for good what the rule says, and report it. The caller's transaction makes it all or nothing."""
    due = texts_due(connection, rule, now)
    report = report_on(connection, due, rule)
    if rule.earlier_versions:
        erase_versions(connection, due, f"by the rule: {rule.in_words}", now)
    else:
        erase(connection, {article_id for article_id, _ in due}, f"by the rule: {rule.in_words}", now)
    return report


def read_rules(connection: sqlite3.Connection) -> dict[int, Retention]:
    """The rules that are kept, by number."""
    rows = connection.execute(
        "SELECT id, days, publisher, collection, earlier_versions FROM retention_rules ORDER BY id"
    )
    return {
        number: Retention(
            older_than=timedelta(days=days),
            publisher=publisher,
            collection=collection,
            earlier_versions=bool(earlier_versions),
        )
        for number, days, publisher, collection, earlier_versions in rows
    }


def keep_rule(connection: sqlite3.Connection, rule: Retention) -> int:
    """Write the rule down; its number, that of the same rule where there is one."""
    for number, known in read_rules(connection).items():
        if known == rule:
            return number
    values = (rule.older_than.days, rule.publisher, rule.collection, int(rule.earlier_versions))
    done = connection.execute(
        "INSERT INTO retention_rules (days, publisher, collection, earlier_versions) VALUES (?, ?, ?, ?)", values
    )
    return done.lastrowid or 0


def forget_rule(connection: sqlite3.Connection, number: int) -> bool:
    """Whether there was a rule of that number."""
    return connection.execute("DELETE FROM retention_rules WHERE id = ?", (number,)).rowcount > 0


def _text(connection: sqlite3.Connection, article_id: str, version: int) -> StoredArticle:
    found = [*read_versions(connection, article_id, version), *read_articles(connection, "id = ?", (article_id,))]
    return next(one for one in found if isinstance(one, StoredArticle) and one.version == version)
