"""A page and the way to it: redirects, each checked from the start, and what robots.txt says."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

from index.articles.fetching.exchange import Reply, request, user_agent
from index.articles.fetching.permission import FetchRules
from index.articles.fetching.targets import Target, parse_target
from index.articles.rules import Unreadable

MAX_REDIRECTS = 5
PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")

_REASONS = {
    401: "may be read only by people who have signed in (401)",
    402: "must be paid for (402)",
    403: "may not be read by us, says its server (403)",
    404: "is not there (404)",
    410: "was taken away for good (410)",
    429: "is on a server that has had too many requests (429); try again later",
    451: "may not be shown for legal reasons, says its server (451)",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What stands at a web address. `url` is where it was in the end, after redirects."""

    url: str
    media_type: str  # one of PAGE_TYPES
    charset: str | None  # as its server states it
    body: bytes


class Fetcher:
    """Fetches pages one after another, and asks each site for its robots.txt once. Sends no cookies, keeps none."""

    def __init__(self, rules: FetchRules) -> None:
        self._rules = rules
        self._robots: dict[str, RobotFileParser] = {}

    def fetch(self, url: str) -> Page:
        """The page at the address. Raises Unreadable, with the reason, for everything that is none."""
        deadline = time.monotonic() + self._rules.seconds
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_target(url)
            addresses = self._rules.addresses(target)  # the only ones that are connected to
            self._ask_leave(target, deadline)
            reply = request(target, addresses, deadline=deadline, tls=self._rules.tls, wanted=PAGE_TYPES)
            if reply.location is None:
                _check_status(reply.status)
                return Page(target.url, reply.media_type, reply.charset, reply.body)
            url = _joined(target, reply.location)
        raise Unreadable(f"leads on to other addresses more than {MAX_REDIRECTS} times")

    def _ask_leave(self, target: Target, deadline: float) -> None:
        """Raise Unreadable where the site's robots.txt says that we should not fetch this."""
        if target.site not in self._robots:
            try:
                self._robots[target.site] = self._read_robots(f"{target.site}/robots.txt", deadline)
            except (Unreadable, ValueError) as error:  # who cannot say so has not said yes (RFC 9309, 2.3.1.4)
                why = str(error) if isinstance(error, Unreadable) else "is not written as such a file"
                raise Unreadable(f"is on a site whose robots.txt cannot be read: it {why}") from error
        try:
            leave = self._robots[target.site].can_fetch(user_agent(), target.url)
        except ValueError:
            leave = False
        if not leave:
            raise Unreadable("may not be read by programs, says the site's robots.txt")

    def _read_robots(self, url: str, deadline: float) -> RobotFileParser:
        robots = RobotFileParser()
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_target(url)
            reply = request(target, self._rules.addresses(target), deadline=deadline, tls=self._rules.tls)
            if reply.location is None:
                robots.parse(_lines_of(reply))
                return robots
            url = _joined(target, reply.location)
        robots.parse([])  # none that can be found: all is allowed (RFC 9309, 2.3.1.2)
        return robots


def _lines_of(reply: Reply) -> list[str]:
    """The lines of robots.txt: none where there is no such file. Raises Unreadable where the site has trouble."""
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _check_status(reply.status)
    return reply.body.decode("utf-8-sig", "replace").splitlines()


def _joined(target: Target, location: str) -> str:
    try:
        return urljoin(target.url, location)
    except ValueError:
        raise Unreadable("leads on to an address that cannot be read") from None


def _check_status(status: int) -> None:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreadable(f"is on a server that has trouble ({status}); try again later")
    if status != HTTPStatus.OK:
        raise Unreadable(_REASONS.get(status, f"is not given out by its server ({status})"))
