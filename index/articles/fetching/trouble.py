"""A page that could not be had, as opposed to one that is not wanted: whether asking again may help, and when."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from index.articles.rules import Unreadable

MOST_PATIENCE_S = 86_400.0  # a day: servers that ask for more are asked again tomorrow all the same

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_TOO_MUCH = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Unavailable(Unreadable):
    """The server did not give the page out. `status` is its answer, None where it gave none at all."""

    def __init__(self, reason: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_after_s = retry_after_s  # as the server says

    @property
    def is_gone(self) -> bool:
        """There is no such page, says its server."""
        return self.status in _GONE

    @property
    def is_passing(self) -> bool:
        """It may be there in a while: the server has trouble, or nobody answered."""
        return self.status is None or self.status in _TOO_MUCH or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def is_about_pace(self) -> bool:
        """The server wants fewer requests."""
        return self.status in _TOO_MUCH


class NotAsked(Unavailable):
    """The host is owed peace, or it is time to stop: nobody was asked for anything."""


class NotFound(Unavailable):
    """The host has no address, or none that was found in time: trying again in some seconds does not help."""


def seconds_to_wait(retry_after: str | None, *, now: datetime) -> float | None:
    """What the header Retry-After asks for, in either of its forms (RFC 9110, 10.2.3); None where it does not say."""
    stated = (retry_after or "").strip()
    if stated.isascii() and stated.isdigit():
        return min(float(stated), MOST_PATIENCE_S)
    try:
        until = parsedate_to_datetime(stated)
        seconds = (until - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return None
    return min(max(seconds, 0.0), MOST_PATIENCE_S)
