"""What changes an archive, and what a rebuild keeps until it is done."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.lives import Retention, RetentionReport, Withdrawal
from index.store import Anew, Carried, Manifest
from index.types import Article, Passage, StoredArticle, Vectors


class Writer(Protocol):
    """The only way to change the archive; one at a time. What returns without an error has been stored for good."""

    def known(self, article_id: str) -> tuple[int, str] | None:
        """(version, `digest_of`) of the article as stored, or None."""

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are already of texts with these sha256 (of exactly what the encoder is given)."""

    def put(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage], Vectors]],
        *,
        sources: Mapping[str, Sequence[bytes]] | None = None,
        reinstating: bool = False,
    ) -> None:
        """Store articles, each wholly or not at all; a known id gets the next version, found from the next publication.

        Raises:
            ValueError: something does not fit, or somebody has withdrawn an article and this is not `reinstating` it;
                nothing of the batch is stored.
        """

    def adopt(self, carried: Carried) -> None:
        """Keep of the article just what another archive keeps of it; found from the next publication."""

    def delete(self, article_ids: Iterable[str]) -> int:
        """Delete articles, all versions, with all that was derived from them; returns how many there were."""

    def withdrawal(self, article_id: str) -> Withdrawal | None:
        """The withdrawal of the article that is in force."""

    def barred(self) -> dict[str, Withdrawal]:
        """The articles that somebody has withdrawn, by id: `put` takes them only when `reinstating`."""

    def withdraw(self, article_ids: Iterable[str], reason: str, *, lasting: bool) -> int:
        """Take articles out of what is found and shown, but keep them; returns how many."""

    def withdrawn(self, article_id: str) -> StoredArticle | None:
        """The last version of an article that is withdrawn, to be put again; None where its text is kept no more."""

    def lift(self, article_ids: Iterable[str]) -> None:
        """End the withdrawals of articles of which nothing is kept: they may be added again."""

    def retain(self, rule: Retention) -> RetentionReport:
        """Delete for good what the rule says; returns what it was."""

    def keep_rule(self, rule: Retention) -> int:
        """Write a rule down, to be applied again and again by who reads it; its number."""

    def forget_rule(self, number: int) -> bool:
        """Whether there was a rule of that number."""

    def compare(self, limit: int) -> int:
        """Place at most `limit` articles among the stories that are in none; how many there were."""

    def compare_anew(self, step: int, told: Callable[[int], None]) -> None:
        """Find all stories anew, or, where `told` raises, leave them as they were; it hears how many are placed."""

    def articles(self) -> Iterator[StoredArticle]:
        """Every article, in id order, a few in memory at a time."""

    def replace_all(self, manifest: Manifest, batch: Iterable[Anew]) -> None:
        """New passages and vectors for every article, stored and published at once, or not at all.

        Raises:
            ValueError: rows that do not fit, or articles without a row; nothing has changed.
        """

    def publish(self) -> None:
        """Make what is stored findable, all of it together; at once when nothing has changed."""

    def rebuild_legs(self) -> None:
        """Publish legs that are built from nothing but the truth; nothing is encoded."""


class Draft(Protocol):
    """Passages and vectors of the articles as they are cut and encoded anew. For one thread."""

    def has(self, article: Article) -> bool:
        """Whether the article, just as it is, is cut and encoded."""

    def known_vectors(self, sources: Iterable[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The vectors there are of texts with these sha256."""

    def put(
        self,
        batch: Sequence[tuple[Article, Sequence[Passage], Sequence[bytes]]],
        vectors: Mapping[bytes, NDArray[np.float32]],
    ) -> None:
        """Keep articles as they were cut, with the sha256 of what was encoded of each passage, and its vector."""

    def rows(self, articles: Iterable[StoredArticle]) -> Iterator[Anew]:
        """What is to stand in the archive for each of the articles, all of which are cut and encoded."""
