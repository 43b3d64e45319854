"""What becomes of articles over time: earlier versions, withdrawals, removals, and the rules by which they go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from index.types import StoredArticle

REMOVED: Literal["removed"] = "removed"
WITHDRAWN: Literal["withdrawn"] = "withdrawn"
GONE_DAYS = 3.0  # a page gone for so long was taken down; servers and site changes fail for a day or two
EXAMPLES = 10  # articles that a `RetentionReport` names


@dataclass(frozen=True, slots=True)
class Gone:
    """An article, or one version of it, that is given out no more. It holds nothing of what stood there."""

    article_id: str
    collection: str
    version: int  # the one asked for, else the last
    how: Literal["removed", "withdrawn"]
    at: datetime
    reason: str = ""  # in words; '' where none was given


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A time during which nothing of an article was given out, though its text was kept.

    `lasting`: somebody withdrew it, and it stays so until somebody reinstates it. Else its source had it no more, and
    it comes back by itself when the source has it again.
    """

    at: datetime
    reason: str
    lasting: bool
    ended_at: datetime | None = None  # None: it is in force


@dataclass(frozen=True, slots=True)
class History:
    """All versions of an article in order, with the texts that are kept, also while it is withdrawn.

    It is for who runs the archive: what others may see is what `NewsIndex.show` gives.
    """

    article_id: str
    collection: str
    versions: tuple[StoredArticle | Gone, ...]
    withdrawals: tuple[Withdrawal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """A rule for what is deleted for good. What is named is needed: all of the conditions have to be met.

    Articles are as old as their publication or, where that is unknown, as their addition; earlier versions of articles
    as the moment in which the next one took their place.
    """

    older_than: timedelta
    publisher: str | None = None  # as stored, compared without regard to case
    collection: str | None = None
    earlier_versions: bool = False  # only those: what is current, or was when it was withdrawn, stays

    @property
    def in_words(self) -> str:
        """What it deletes."""
        what = "versions replaced" if self.earlier_versions else "articles from"
        limits = [f"of {self.publisher}"] if self.publisher else []
        limits += [f"in {self.collection}"] if self.collection else []
        return " ".join([what, f"more than {self.older_than.days:,} days ago", *limits])


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What a rule deletes, or would."""

    articles: int = 0
    versions: int = 0  # texts: of the articles all that are kept
    characters: int = 0
    publishers: tuple[tuple[str | None, int], ...] = ()  # texts of each, most first
    examples: tuple[StoredArticle, ...] = field(default=(), repr=False)  # the oldest


@dataclass(frozen=True, slots=True)
class Tended:
    """What was done that has to be done now and then: what was withdrawn, and what each rule that is kept deleted."""

    withdrawn: int
    retained: tuple[tuple[int, Retention, RetentionReport], ...]  # the number of the rule ahead; without those in vain


def is_due(stored: StoredArticle, withdrawals: Iterable[Withdrawal], gone_since: datetime, before: datetime) -> bool:
    """Whether an article is to be withdrawn whose pages have been gone since then, by `before` for long enough.

    Not where somebody has added it or reinstated it since: they know better than its source.
    """
    reinstated = any(one.ended_at and one.ended_at >= gone_since for one in withdrawals)
    return stored.added_at <= gone_since <= before and not reinstated
