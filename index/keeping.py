"""`Keeping`: what becomes of articles that are in the archive, by somebody's order, their sources' or a rule's."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from index import build
from index.archives import Store, Writer
from index.lives import GONE_DAYS, History, Retention, RetentionReport, Tended, is_due
from index.types import Encoder

RETAIN = "retain"  # the chore: the rules of retention
RETAINED_EVERY = timedelta(days=1)


class Keeping:
    """For who runs the archive, or looks after it now and then. Calls block, and may come from any thread.

    Raises, from what changes anything: `ArchiveLocked` while another writes.
    """

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder

    def remove(self, ids: Iterable[str], *, collection: str | None = None) -> int:
        """As `NewsIndex.remove`."""
        if collection is not None:
            memory = self._store.memory
            ids = [one for one in ids if (known := memory.history(one)) and known.collection == collection]
        with self._writer() as writer:
            return writer.delete(ids)

    def remove_all(self, collection: str) -> int:
        """Delete all articles of a collection for good, withdrawn ones too; how many there were."""
        if not self._store.memory.ids_in(collection):
            return 0
        with self._writer() as writer:  # what others were storing until now is there by now
            return writer.delete(self._store.memory.ids_in(collection))

    def withdraw(self, ids: Iterable[str], reason: str = "") -> int:
        """Take articles out of all that is found and shown, and keep them; the number of those that were not yet.

        They stay withdrawn, whatever their source says, until they are reinstated. The reason is told to whoever
        follows an old citation.
        """
        with self._writer() as writer:
            return writer.withdraw(ids, reason, lasting=True)

    def withdraw_gone(
        self, gone: Mapping[str, datetime], *, days: float = GONE_DAYS, now: datetime | None = None
    ) -> int:
        """Withdraw articles whose pages their sources have had no more for so many days; how many.

        `gone` says since when all pages of an article have been gone (404 or 410), by its id. An article that somebody
        has added or reinstated since stays. What is withdrawn comes back by itself when it is added again.
        """
        before = (now or datetime.now(UTC)) - timedelta(days=days)
        due = {
            article_id: f"its source has had it no more since {since:%Y-%m-%d}"
            for article_id, since in gone.items()
            if (stored := self._store.memory.article(article_id))
            and (known := self._store.memory.history(article_id))
            and is_due(stored, known.withdrawals, since, before)
        }
        if not due:  # nobody waits for the lock of a writer
            return 0
        with self._writer() as writer:
            return sum(writer.withdraw([article_id], reason, lasting=False) for article_id, reason in due.items())

    def tend(self, now: datetime | None = None) -> Tended:
        """Withdraw what its sources have had no more for days, and apply the rules of retention that are kept.

        To be called now and then, as `pullquote watch` does after each round. The rules count in days, and to look for
        what they mean reads all that is stored: once a day, and after one was added.
        """
        now = now or datetime.now(UTC)
        before = now - timedelta(days=GONE_DAYS)
        withdrawn = self.withdraw_gone(self._store.watched.gone_since(before), now=now)
        last = self._store.health.when(RETAIN)
        if last is not None and last <= now < last + RETAINED_EVERY:
            return Tended(withdrawn, ())
        done = self._retain_all()
        self._store.health.did(RETAIN, now)
        return Tended(withdrawn, done)

    def _retain_all(self) -> tuple[tuple[int, Retention, RetentionReport], ...]:
        """Apply each rule that is kept; those that deleted something."""
        due = {number: rule for number, rule in self.rules().items() if self.retain(rule, dry_run=True).versions}
        return tuple((number, rule, self.retain(rule)) for number, rule in due.items())

    def reinstate(self, ids: Sequence[str]) -> int:
        """End the withdrawal of articles; the number of those that were withdrawn.

        What is kept of them is found again, under the version number that it had, and may be changed by its source.
        """
        return build.reinstate(ids, self._store, self._encoder)

    def withdrawn(self) -> list[History]:
        """The articles that are withdrawn now, the last one first; the last of their withdrawals is in force."""
        return self._store.memory.withdrawn()

    def retain(self, rule: Retention, *, dry_run: bool = False) -> RetentionReport:
        """Delete for good what the rule says, or with `dry_run` only say what that would be now.

        Citations of what was deleted resolve to `Gone`, with the rule for a reason.
        """
        if dry_run:
            return self._store.memory.due(rule)
        with self._writer() as writer:
            return writer.retain(rule)

    def rules(self) -> dict[int, Retention]:
        """The rules that are kept, by number: who looks after the archive applies each now and then with `retain`."""
        return self._store.memory.rules()

    def keep_rule(self, rule: Retention) -> int:
        """Keep a rule in the archive; its number. Nothing is deleted by this, but when the archive is tended next."""
        with self._writer() as writer:
            number = writer.keep_rule(rule)
        self._store.health.undo(RETAIN)
        return number

    def forget_rule(self, number: int) -> bool:
        """Keep it no longer; whether there was one of that number."""
        with self._writer() as writer:
            return writer.forget_rule(number)

    def _writer(self) -> AbstractContextManager[Writer]:
        """To delete and to withdraw: no model is needed, and it may be another than that of the archive."""
        return self._store.writer(self._store.manifest() or build.manifest_of(self._encoder))
