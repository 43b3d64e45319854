"""What becomes of a page that was asked for: one state in, the next one out."""

from dataclasses import replace
from datetime import datetime, timedelta

from index.articles import Unavailable, Unreadable, Validators
from index.store import KEPT_OUT, WatchedPage
from index.watching.schedule import GONE_EVERY, next_check, next_try


def unchanged(page: WatchedPage, now: datetime, every: timedelta) -> WatchedPage:
    """It is as it was, says its server, or so it turned out."""
    due_at = next_check(now, changed_at=page.changed_at or page.listed_at, every=every)
    return replace(page, checked_at=now, due_at=due_at, failures=0, gone_since=None)


def taken(page: WatchedPage, article_id: str, digest: str, validators: Validators, now: datetime) -> WatchedPage:
    """There is an article in it that is new, or has changed. `unchanged` then says when to look again."""
    return replace(same_article(page, validators), article_id=article_id, digest=digest, changed_at=now)


def same_article(page: WatchedPage, validators: Validators) -> WatchedPage:
    """The page was sent again, with the same article in it."""
    return replace(page, reason=None, etag=validators.etag, last_modified=validators.last_modified)


def refused(
    page: WatchedPage, reason: Unreadable, validators: Validators, now: datetime, every: timedelta
) -> WatchedPage:
    """There is no article in it now. One that was read from it before stays as it was, and what it is known by."""
    after = replace(unchanged(page, now, every), reason=str(reason))
    if page.article_id is not None:
        return after
    return replace(after, etag=validators.etag, last_modified=validators.last_modified)


def dropped(page: WatchedPage) -> WatchedPage:
    """The archive does not have its article: somebody removed or withdrew it, or it was never wanted."""
    return replace(page, due_at=None, reason=page.reason or KEPT_OUT)


def missed(page: WatchedPage) -> WatchedPage:
    """Its article was withdrawn because the page was gone: whatever is there now is taken as new."""
    return replace(page, etag=None, last_modified=None, digest=None)


def unavailable(page: WatchedPage, error: Unavailable, now: datetime, every: timedelta) -> WatchedPage:
    """It could not be had. One that is gone is asked for once a day, until it has been left alone for long enough."""
    if error.is_gone and page.article_id is not None:
        after = unchanged(page, now, min(every, GONE_EVERY))
        soon = min(after.due_at, now + max(every, GONE_EVERY)) if after.due_at else None
        return replace(after, due_at=soon, reason=str(error), gone_since=page.gone_since or now)
    failures = page.failures + 1
    due_at = next_try(now, failures=failures, every=every, asked_s=error.retry_after_s)
    if error.is_passing:  # nothing was said about the page itself
        return replace(page, due_at=due_at, failures=failures, reason=str(error))
    given_up = next_check(now, changed_at=page.changed_at or page.listed_at, every=every) is None
    return replace(
        page,
        checked_at=now,
        due_at=None if given_up else due_at,
        failures=failures,
        reason=str(error),
        gone_since=None,
    )
