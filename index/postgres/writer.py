"""The only way to change the archive. What returns without an error has been stored for good.

One article is one transaction, which on Citus is one shard: a reader sees all of it or nothing of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from index.lives import Retention, RetentionReport, Withdrawal
from index.postgres import past, publishing, retention, rows, stories, versions, words
from index.postgres.carrying import adopt
from index.postgres.database import Connection, transaction
from index.postgres.dense import INDEXED_FROM
from index.store import Anew, Carried, Manifest
from index.store.rows import to_microseconds, to_moment
from index.store.writer import require_fit
from index.types import Article, Passage, StoredArticle, Vectors


class Writer:
    """Holds the writer lock for as long as it is open. For one thread."""

    def __init__(
        self,
        connection: Connection,
        manifest: Manifest,
        clock: Callable[[], datetime],
        *,
        indexed_from: int = INDEXED_FROM,
    ) -> None:
        self._connection = connection
        self._manifest = manifest
        self._clock = clock
        self._indexed_from = indexed_from
        self._last: datetime | None = None  # given to an article, once known
        with transaction(connection):
            self._state = rows.read_state(connection)

    @property
    def built_with(self) -> Manifest | None:
        """What the archive was built with; None when nothing was written yet."""
        return self._state.manifest

    def known(self, article_id: str) -> tuple[int, str] | None:
        """(version, `digest_of`) of the article as stored, or None."""
        with transaction(self._connection):
            row = self._connection.execute(
                "SELECT version, digest FROM articles WHERE id = %s", (article_id,)
            ).fetchone()
        return None if row is None else (row[0], row[1])

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are already of texts with these sha256 (of exactly what the encoder is given)."""
        return rows.read_known(self._connection, sources, self._state.model)

    def put(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage], Vectors]],
        *,
        sources: Mapping[str, Sequence[bytes]] | None = None,
        reinstating: bool = False,
    ) -> None:
        """Store articles, one after the other; a known id gets the next version.

        The old passages are found until the next publication, then the new ones. `sources` are for each article id the
        sha256 of what was encoded, row for row: without them the vectors cannot be used again.

        Raises:
            ValueError: passages or vectors that do not fit, or an article that somebody has withdrawn unless this is
                `reinstating` it; nothing of the batch is stored.
        """
        barred = {} if reinstating else self.barred()
        for article, passages, vectors in batch:
            self._require_fit(article, passages, vectors)
            if article.id in barred:
                raise ValueError(f"article {article.id} is withdrawn until it is reinstated")
        for article, passages, vectors in batch:
            self._put(article, (passages, vectors, (sources or {}).get(article.id)))

    def adopt(self, carried: Carried) -> None:
        """Keep of the article just what another archive keeps of it; found from the next publication."""
        with self._changing():
            adopt(self._connection, carried, born=self._state.publication + 1, model=self._state.model)

    def delete(self, article_ids: Iterable[str]) -> int:
        """Delete articles, all versions, with all that was derived from them; returns how many there were."""
        return self._erase(set(article_ids), "")

    def withdrawal(self, article_id: str) -> Withdrawal | None:
        """The withdrawal of the article that is in force."""
        return past.withdrawal_of(self._connection, article_id)

    def barred(self) -> dict[str, Withdrawal]:
        """The articles that somebody has withdrawn, by id: `put` takes them only when `reinstating`."""
        return past.read_barred(self._connection)

    def withdraw(self, article_ids: Iterable[str], reason: str, *, lasting: bool) -> int:
        """Take articles out of what is found and shown, but keep them; returns how many."""
        count = 0
        for article_id in sorted(set(article_ids)):
            with self._changing():
                count += versions.withdraw(self._connection, article_id, reason, self._clock(), lasting=lasting)
        return count

    def withdrawn(self, article_id: str) -> StoredArticle | None:
        """The last version of an article that is withdrawn, to be put again; None where its text is kept no more."""
        with transaction(self._connection):
            return next(reversed(past.read_earlier(self._connection, article_id)), None)

    def lift(self, article_ids: Iterable[str]) -> None:
        """End the withdrawals of articles of which nothing is kept: they may be added again."""
        for article_id in set(article_ids):
            with self._changing():
                versions.end_withdrawal(self._connection, article_id, self._clock())

    def retain(self, rule: Retention) -> RetentionReport:
        """Delete for good what the rule says; returns what it was."""
        now, why = self._clock(), f"by the rule: {rule.in_words}"
        with transaction(self._connection):
            due = retention.texts_due(self._connection, rule, now)
            report = retention.report_on(self._connection, due, rule)
        if not rule.earlier_versions:
            self._erase({article_id for article_id, _ in due}, why)
            return report
        for number in due:
            with self._changing():
                versions.erase_version(self._connection, number, why, now)
        return report

    def keep_rule(self, rule: Retention) -> int:
        """Write a rule down, to be applied again and again by who reads it; its number."""
        with transaction(self._connection):
            return retention.keep_rule(self._connection, rule)

    def forget_rule(self, number: int) -> bool:
        """Whether there was a rule of that number."""
        with transaction(self._connection):
            return retention.forget_rule(self._connection, number)

    def compare(self, limit: int) -> int:
        """Place at most `limit` articles among the stories that are in none; how many there were."""
        with transaction(self._connection):
            articles = stories.unplaced(self._connection, limit)
        for article in articles:
            with transaction(self._connection):
                stories.place(self._connection, article)
        return len(articles)

    def compare_anew(self, step: int, told: Callable[[int], None]) -> None:
        """Find all stories anew, or, where `told` raises, leave them as they were; it hears how many are placed."""
        with transaction(self._connection):
            stories.clear(self._connection)
            placed = 0
            while articles := stories.unplaced(self._connection, step):
                for article in articles:
                    stories.place(self._connection, article)
                told(placed := placed + len(articles))

    def articles(self) -> Iterator[StoredArticle]:
        """Every article, in id order, a few in memory at a time."""
        page, last = True, ""
        while page:
            with transaction(self._connection):
                found = rows.articles_after(self._connection, last)
            yield from found
            page, last = bool(found), found[-1].article.id if found else last

    def replace_all(self, manifest: Manifest, batch: Iterable[Anew]) -> None:
        """New passages and vectors for every article, stored and published at once, or not at all.

        Who reads the publication before goes on with what that points to.

        Raises:
            ValueError: rows that do not fit, or articles without a row; nothing has changed.
        """
        before, self._manifest = self._manifest, manifest
        try:
            with transaction(self._connection):
                self._replace_rows(batch)
                publishing.prepare_switch(self._connection, manifest, self._state.model + 1)
        except BaseException:
            self._manifest = before
            raise
        self.publish()

    def publish(self) -> None:
        """Make what is stored findable, all of it at once; nothing happens where nothing has changed."""
        self._state = publishing.publish(self._connection, indexed_from=self._indexed_from)

    def rebuild_legs(self) -> None:
        """Make the indexes, and the figures that words are weighed by, anew; nothing is encoded."""
        for stored in self.articles():
            with transaction(self._connection):
                words.write_anew(self._connection, stored.article)
        with transaction(self._connection):
            words.count_anew(self._connection)
        self.publish()
        self._connection.execute("REINDEX TABLE passages")

    def _put(self, article: Article, cut: tuple[Sequence[Passage], Vectors, Sequence[bytes] | None]) -> None:
        born = self._state.publication + 1
        with self._changing():
            version, added_at = versions.place(self._connection, article, self._now(), next_publication=born)
            rows.write_article(self._connection, article, version, added_at, passages=len(cut[0]))
            rows.write_passages(self._connection, article, cut, version=version, born=born, model=self._state.model)
            words.count(self._connection, article.id, 1)
            stories.place(self._connection, article)

    def _erase(self, article_ids: set[str], reason: str) -> int:
        count = 0
        for article_id in sorted(article_ids):
            with self._changing():
                count += versions.erase(self._connection, article_id, reason, self._clock())
        return count

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """A transaction, after which the archive is one of this model, and not all of it may be published."""
        with transaction(self._connection):
            if self._state.manifest is None:
                rows.write_manifest(self._connection, self._manifest, self._state.model + 1)
                self._state = rows.read_state(self._connection)
            yield
            rows.write_meta(self._connection, state=uuid4().hex)  # another one after every commit
            if not self._state.pending:
                rows.write_meta(self._connection, pending="yes")
        if not self._state.pending:
            self._state = rows.read_state(self._connection)

    def _now(self) -> datetime:
        """Later than whatever is stored, also after the clock was set back: what came in last is found last."""
        if self._last is None:
            self._last = to_moment(rows.one(self._connection, "SELECT max(added_at) FROM articles")[0] or 0)
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        return self._last

    def _replace_rows(self, batch: Iterable[Anew]) -> None:
        born, model = self._state.publication + 1, self._state.model + 1
        missing = {row[0]: row[1] for row in self._connection.execute("SELECT id, version FROM articles")}
        self._connection.execute("DELETE FROM passages WHERE born >= %s", (born,))
        self._connection.execute("UPDATE passages SET gone = %s WHERE gone IS NULL", (born,))
        for article_id, passages, vectors, sources in batch:
            if article_id not in missing:
                raise ValueError(f"article {article_id} is not in the archive, or comes twice")
            version = missing.pop(article_id)
            article = rows.read_articles(self._connection, "id = %s", (article_id,))[0].article
            self._require_fit(article, passages, vectors)
            rows.write_passages(
                self._connection, article, (passages, vectors, sources), version=version, born=born, model=model
            )
        if missing:
            raise ValueError(f"{len(missing)} articles of the archive have no row, {min(missing)} among them")
        counted = "SELECT count(*) FROM passages WHERE article_id = articles.id AND gone IS NULL"
        self._connection.execute(f"UPDATE articles SET passages = ({counted})")  # noqa: S608 - no input in it
        words.count_anew(self._connection)

    def _require_fit(self, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
        require_fit(article, passages, vectors, self._manifest.model.dimension)
        if article.published_at is not None:
            to_microseconds(article.published_at)
