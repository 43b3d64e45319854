"""One look at one source: what it names now, and those of its pages that are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from index.articles import NOTHING_KNOWN, Entry, NotAsked, Unavailable, Unreadable, Validators, article_in, discover
from index.store import Source, WatchedPage, digest_of
from index.types import Article, Rejection
from index.watching import outcomes
from index.watching.desk import Desk
from index.watching.folders import read_folder
from index.watching.looks import Look
from index.watching.schedule import next_try

PAGES_A_LOOK = 200  # so that a sitemap with thousands of pages lets the other sources have their turn


@dataclass(slots=True)
class Visit:
    """Looks at a source once. For one thread."""

    source: Source
    desk: Desk
    _read: int = 0
    _same: int = 0
    _rejected: list[Rejection] = field(default_factory=list)
    _error: str | None = None

    def run(self) -> Look:
        """Look, and hand in what was found. Raises ArchiveUnusable where the archive cannot take it."""
        if self.source.kind == "folder":
            return read_folder(self.source, self.desk)
        # What has been due for longest comes first: a host that gives one page an hour is asked for each in its turn.
        self._ask_for_pages(self.source.due_at)
        if self.source.due_at <= self.desk.clock.now() and not self.desk.is_closing:
            self._read_listing()
        self._ask_for_pages(self.desk.clock.now())
        return Look(self.source, self._read, self._same, tuple(self._rejected), self._error)

    def _ask_for_pages(self, due_until: datetime) -> None:
        """Ask for pages that were due by then."""
        until = min(due_until, self.desk.clock.now())
        for page in self.desk.watched.due_pages(self.source.id, until, PAGES_A_LOOK):
            if self.desk.is_closing:
                return
            if self.desk.begin(page):
                self._ask_for(page)

    def _read_listing(self) -> None:
        source, now = self.source, self.desk.clock.now()
        try:
            entries, known = self._entries(now)
        except NotAsked:
            return  # it stays due
        except Unreadable as reason:
            self._fail(reason)
            return
        listings = {url: (one.etag, one.last_modified) for url, one in known.items()}
        self.desk.watched.looked(source, now=now, due_at=now + source.every, entries=entries, listings=listings)

    def _entries(self, now: datetime) -> tuple[Sequence[Entry], Mapping[str, Validators]]:
        """What the source names, as far as that has changed, and what its listings are known by now."""
        known = {url: Validators(*values) for url, values in self.desk.watched.listings(self.source.id).items()}
        if self.source.kind == "page":
            return [Entry(self.source.address, updated_at=now)], known  # so that it is due each time
        found = discover(self.source.address, self.desk.reach.fetcher(self.source), now=now, known=known)
        if found is None:
            return (), known
        self._rejected += found.rejected
        return found.entries, found.validators

    def _fail(self, reason: Unreadable) -> None:
        now, asked_s = self.desk.clock.now(), reason.retry_after_s if isinstance(reason, Unavailable) else None
        due_at = next_try(now, failures=self.source.failures + 1, every=self.source.every, asked_s=asked_s)
        self.desk.watched.failed(self.source, str(reason), now=now, due_at=due_at)
        self._error = str(reason)

    def _ask_for(self, page: WatchedPage) -> None:
        """Fetch the page if it has changed."""
        if page.article_id and not self.desk.watched.holds(page.article_id):
            if not self.desk.watched.may_return(page.article_id):
                self.desk.hand_in(self.source, [], [outcomes.dropped(page)])
                return
            page = outcomes.missed(page)
        if page.article_id is None and not self.desk.reach.has_room(self.source):
            self._note_refusal(page, Unreadable(self.desk.reach.full), NOTHING_KNOWN)
            return
        validators = NOTHING_KNOWN
        try:
            known = Validators(page.etag, page.last_modified)
            found = self.desk.reach.fetcher(self.source).fetch_changed(page.url, known)
            if found is None:
                self._note_same(page)
                return
            validators = found.validators
            article = article_in(found, collection=page.collection, now=self.desk.clock.now(), entry=_entry(page))
        except NotAsked:
            return  # it stays due
        except Unreadable as reason:
            self._note_refusal(page, reason, validators)
            return
        self._sort(page, article, validators)

    def _sort(self, page: WatchedPage, article: Article, validators: Validators) -> None:
        digest = digest_of(article)
        if page.article_id == article.id and page.digest == digest:
            self._note_same(outcomes.same_article(page, validators))
            return
        if not self.desk.reach.admits(self.source, article.id):
            self._note_refusal(page, Unreadable(self.desk.reach.full), NOTHING_KNOWN)  # to be sent again
            return
        now = self.desk.clock.now()
        taken = outcomes.taken(page, article.id, digest, validators, now)
        new = self.desk.hand_in(self.source, [article], [outcomes.unchanged(taken, now, self.source.every)])
        self._read += new
        self._same += 1 - new

    def _note_same(self, page: WatchedPage) -> None:
        self.desk.hand_in(self.source, [], [outcomes.unchanged(page, self.desk.clock.now(), self.source.every)])
        self._same += 1

    def _note_refusal(self, page: WatchedPage, reason: Unreadable, validators: Validators) -> None:
        now, every = self.desk.clock.now(), self.source.every
        if isinstance(reason, Unavailable):
            self.desk.hand_in(self.source, [], [outcomes.unavailable(page, reason, now, every)])
        else:
            self.desk.hand_in(self.source, [], [outcomes.refused(page, reason, validators, now, every)])
        if self.source.kind == "page":
            self._fail(reason)
        elif page.reason != str(reason):
            self._rejected.append(Rejection(page.url, str(reason)))


def _entry(page: WatchedPage) -> Entry:
    return Entry(page.url, page.updated_at, page.published_at, page.publisher)
