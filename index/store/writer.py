"""The only way to change the archive. What returns without an error has been stored for good."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.lives import Retention, RetentionReport, Withdrawal
from index.store import generations, past, replaced, retention, rows, stories, versions
from index.store.carrying import Carried, adopt
from index.store.database import transaction
from index.store.faults import explained
from index.store.legs import build, is_current, publish
from index.store.rows import Manifest
from index.store.schema import fresh_token
from index.types import Article, Passage, StoredArticle, Vectors

Anew = tuple[str, Sequence[Passage], Vectors, Sequence[bytes] | None]  # article id, and as in `Writer.put`

_UNIT_TOLERANCE = 1e-3  # float16 rounds each number of a unit vector by less than 5e-4 of itself


class Writer:
    """Holds the writer lock for as long as it is open. For one thread."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, manifest: Manifest, clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._legs = folder / "legs"
        self._connection = connection
        self._manifest = manifest
        self._clock = clock
        self._last: datetime | None = None  # given to an article, once known

    def known(self, article_id: str) -> tuple[int, str] | None:
        """(version, `digest_of`) of the article as stored, or None."""
        with explained(self._folder):
            row = self._connection.execute(
                "SELECT version, digest FROM articles WHERE id = ?", (article_id,)
            ).fetchone()
        return None if row is None else (row[0], row[1])

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are already of texts with these sha256 (of exactly what the encoder is given)."""
        with explained(self._folder):
            return rows.read_known(self._connection, sources, self._manifest.model.dimension)

    def put(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage], Vectors]],
        *,
        sources: Mapping[str, Sequence[bytes]] | None = None,
        reinstating: bool = False,
    ) -> None:
        """Store articles in one transaction; a known id gets the next version.

        The old passages are found until the next publication, then the new ones. `sources` are for each article id the
        sha256 of what was encoded, row for row: without them the vectors cannot be used again.

        Raises:
            ValueError: passages or vectors that do not fit, or an article that somebody has withdrawn unless this is
                `reinstating` it; nothing of the batch is stored.
        """
        with self._changing():
            now, until = self._now(), self._next_number()
            for article, passages, vectors in batch:
                self._require_fit(article, passages, vectors)
                replaced.keep_passages(self._connection, until, article.id)
                version, added_at = versions.place(self._connection, article, now, lift=reinstating)
                rows.insert_article(self._connection, article, version, added_at)
                of_each = (sources or {}).get(article.id)
                rows.insert_passages(self._connection, article.id, passages, vectors, of_each)
            stories.place(self._connection, {article.id: article for article, _, _ in batch}.values())

    def adopt(self, carried: Carried) -> None:
        """Keep of the article just what another archive keeps of it; found from the next publication."""
        with self._changing():
            adopt(self._connection, carried)

    def delete(self, article_ids: Iterable[str]) -> int:
        """Delete articles, all versions, with all that was derived from them; returns how many there were."""
        with self._changing():
            return versions.erase(self._connection, article_ids, "", self._clock())

    def withdrawal(self, article_id: str) -> Withdrawal | None:
        """The withdrawal of the article that is in force."""
        with explained(self._folder):
            return past.withdrawal_of(self._connection, article_id)

    def barred(self) -> dict[str, Withdrawal]:
        """The articles that somebody has withdrawn, by id: `put` takes them only when `reinstating`."""
        with explained(self._folder):
            return past.read_barred(self._connection)

    def withdraw(self, article_ids: Iterable[str], reason: str, *, lasting: bool) -> int:
        """Take articles out of what is found and shown, but keep them; returns how many."""
        with self._changing():
            return versions.withdraw(self._connection, article_ids, reason, self._clock(), lasting=lasting)

    def withdrawn(self, article_id: str) -> StoredArticle | None:
        """The last version of an article that is withdrawn, to be put again; None where its text is kept no more."""
        with explained(self._folder):
            return next(reversed(past.read_earlier(self._connection, article_id)), None)

    def lift(self, article_ids: Iterable[str]) -> None:
        """End the withdrawals of articles of which nothing is kept: they may be added again."""
        with self._changing():
            versions.lift(self._connection, article_ids, self._clock())

    def retain(self, rule: Retention) -> RetentionReport:
        """Delete for good what the rule says; returns what it was."""
        with self._changing():
            return retention.delete_due(self._connection, rule, self._clock())

    def keep_rule(self, rule: Retention) -> int:
        """Write a rule down, to be applied again and again by who reads it; its number."""
        with explained(self._folder), transaction(self._connection):
            return retention.keep_rule(self._connection, rule)

    def forget_rule(self, number: int) -> bool:
        """Whether there was a rule of that number."""
        with explained(self._folder), transaction(self._connection):
            return retention.forget_rule(self._connection, number)

    def compare(self, limit: int) -> int:
        """Place at most `limit` articles that an older release has stored among the stories; how many there were."""
        with explained(self._folder), transaction(self._connection):
            articles = stories.unplaced(self._connection, limit)
            stories.place(self._connection, articles)
        return len(articles)

    def compare_anew(self, step: int, told: Callable[[int], None]) -> None:
        """Find all stories anew, or, where `told` raises, leave them as they were; it hears how many are placed."""
        with explained(self._folder), transaction(self._connection):
            stories.clear(self._connection)
            placed = 0
            while articles := stories.unplaced(self._connection, step):
                stories.place(self._connection, articles)
                told(placed := placed + len(articles))

    def articles(self) -> Iterator[StoredArticle]:
        """Every article, in id order, a few in memory at a time."""
        with explained(self._folder):
            for stored, _ in rows.every_article(self._connection):
                yield stored

    def replace_all(self, manifest: Manifest, batch: Iterable[Anew]) -> None:
        """New passages and vectors for every article, stored and published at once, or not at all.

        Who reads the publication before goes on with what that points to.

        Raises:
            ValueError: rows that do not fit, or articles without a row; nothing has changed.
        """
        before, self._manifest = self._manifest, manifest
        building = None
        try:
            with explained(self._folder), transaction(self._connection):
                self._replace_rows(batch)
                self._sign()
                building = build(self._legs, self._connection, from_scratch=True)
        except BaseException:
            self._manifest = before
            if building is not None:
                generations.discard(building)
            raise
        with explained(self._folder):
            if building is not None:
                generations.reveal(building)
            self._forget_unread()

    def publish(self) -> None:
        """Bring both legs to what is stored and make them visible together; at once when nothing has changed."""
        with explained(self._folder):
            if not is_current(self._legs, rows.read_stamp(self._connection)):
                publish(self._legs, self._connection)
            self._forget_unread()

    def rebuild_legs(self) -> None:
        """Publish legs that are built from nothing but SQLite; nothing is encoded."""
        with explained(self._folder):
            publish(self._legs, self._connection, from_scratch=True)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with explained(self._folder), transaction(self._connection):
            before = self._connection.total_changes
            yield
            if self._connection.total_changes != before:
                replaced.forget_deleted(self._connection)
                self._sign()

    def _sign(self) -> None:
        """Legs built before this commit can be told from legs built after it."""
        rows.write_meta(self._connection, "manifest", rows.to_json(self._manifest))
        rows.write_meta(self._connection, "state", fresh_token())

    def _now(self) -> datetime:
        """Later than whatever is stored, also after the clock was set back: what came in last is found last."""
        if self._last is None:
            last = self._connection.execute("SELECT max(added_at) FROM articles").fetchone()[0]
            self._last = rows.to_moment(last or 0)
        self._last = max(self._clock(), self._last + timedelta(microseconds=1))
        return self._last

    def _next_number(self) -> int:
        return max(generations.numbers(self._legs), default=0) + 1

    def _forget_unread(self) -> None:
        there = generations.numbers(self._legs)
        if there:
            with transaction(self._connection):
                replaced.forget_unread(self._connection, there[0], there[-1])

    def _replace_rows(self, batch: Iterable[Anew]) -> None:
        replaced.keep_passages(self._connection, self._next_number())
        self._connection.execute("DELETE FROM passages")
        missing = {row[0] for row in self._connection.execute("SELECT id FROM articles")}
        for article_id, passages, vectors, sources in batch:
            if article_id not in missing:
                raise ValueError(f"article {article_id} is not in the archive, or comes twice")
            missing.remove(article_id)
            stored = rows.read_articles(self._connection, "id = ?", (article_id,))[0]
            self._require_fit(stored.article, passages, vectors)
            rows.insert_passages(self._connection, article_id, passages, vectors, sources)
        if missing:
            raise ValueError(f"{len(missing)} articles of the archive have no row, {min(missing)} among them")

    def _require_fit(self, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
        require_fit(article, passages, vectors, self._manifest.model.dimension)


def require_fit(article: Article, passages: Sequence[Passage], vectors: Vectors, dimension: int) -> None:
    """Let passages and vectors pass that fit their article. Raises ValueError."""
    expected = (len(passages), dimension)
    if vectors.shape != expected:
        raise ValueError(f"{article.url}: vectors of shape {vectors.shape} where {expected} is needed")
    if not np.all(np.abs(np.linalg.norm(vectors, axis=1) - 1) < _UNIT_TOLERANCE):
        raise ValueError(f"{article.url}: a vector is not of unit length")
    for passage in passages:
        spans = [(passage.start, passage.end)]
        spans += [(passage.heading.start, passage.heading.end)] if passage.heading else []
        if not all(0 <= start < end <= len(article.text) for start, end in spans):
            raise ValueError(f"{article.url}: {passage} is not within the text")
