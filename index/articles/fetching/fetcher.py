"""A page and the way to it: redirects, each checked from the start, what robots.txt says, and how often one may ask."""

import random
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import count
from urllib.parse import urljoin, urlsplit

from index.articles.fetching.exchange import NOTHING_KNOWN, Asking, Reply, Validators, request, user_agent
from index.articles.fetching.manners import Manners
from index.articles.fetching.permission import FetchRules
from index.articles.fetching.robots import Robots
from index.articles.fetching.targets import Target, parse_target
from index.articles.fetching.trouble import NotAsked, NotFound, Unavailable, seconds_to_wait
from index.articles.rules import Unreadable
from index.clock import Clock, SystemClock

MAX_REDIRECTS = 5
PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
FIRST_RETRY_S = 2.0  # and four times as long before the next, each between half and one and a half times that
LONGEST_RETRY_S = 60.0  # a server that asks for more than this is asked again in another round

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
    media_type: str  # one of those that were wanted
    charset: str | None  # as its server states it
    body: bytes
    validators: Validators = NOTHING_KNOWN  # by which it can be asked whether the page has changed


class Fetcher:
    """Fetches pages, from any thread, and asks each site for its robots.txt once a day. Sends and keeps no cookies."""

    def __init__(self, rules: FetchRules, *, clock: Clock | None = None) -> None:
        self._rules = rules
        self._clock = clock or SystemClock()
        self._manners = Manners(self._clock, rules.pause_s)
        self._robots: dict[str, Robots] = {}

    def within(self, hosts: tuple[str, ...]) -> "Fetcher":
        """One for these hosts only, that keeps the same pace: no site is asked more often because there are two."""
        other = Fetcher(replace(self._rules, hosts=hosts), clock=self._clock)
        other._manners, other._robots = self._manners, self._robots
        return other

    def fetch(self, url: str, *, wanted: tuple[str, ...] = PAGE_TYPES) -> Page:
        """The page at the address. Raises Unreadable, with the reason, for everything that is none."""
        page = self.fetch_changed(url, NOTHING_KNOWN, wanted=wanted)
        if page is None:
            raise Unavailable(_refused(HTTPStatus.NOT_MODIFIED), status=HTTPStatus.NOT_MODIFIED)
        return page

    def fetch_changed(self, url: str, known: Validators, *, wanted: tuple[str, ...] = PAGE_TYPES) -> Page | None:
        """The page, or None where its server says that it is still the one that is known.

        Raises:
            Unavailable: it could not be had now; in passing trouble, after as many tries as the rules have.
            Unreadable: it is nothing that is wanted, or that may be fetched.
        """
        host = _host(url)
        for attempt in count(1):
            try:
                page = self._fetch(url, Asking(user_agent(self._rules.contact), wanted, known))
            except NotAsked:
                raise
            except Unavailable as error:
                wait_s = _wait_s(error, attempt) if attempt < self._rules.tries else None
                if wait_s is not None and wait_s <= LONGEST_RETRY_S:
                    self._clock.sleep(wait_s)
                    continue
                if error.is_passing:
                    self._manners.failed(host, error)
                raise
            self._manners.answered(host)
            return page
        raise AssertionError  # it counts for ever

    def _fetch(self, url: str, asking: Asking) -> Page | None:
        patience_s, before = self._rules.seconds, ""
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_target(url)
            with self._manners.turn(target.host, waits=target.host != before):
                addresses = self._rules.addresses(target)  # the only ones that are connected to
                started = time.monotonic()
                self._ask_leave(target, started + patience_s)
                reply = request(target, addresses, deadline=started + patience_s, tls=self._rules.tls, asking=asking)
                patience_s -= time.monotonic() - started  # what was waited for the turn does not count
            if reply.location is None:
                return self._page(target, reply, asking)
            url, before = _joined(target, reply.location), target.host
        raise Unreadable(f"leads on to other addresses more than {MAX_REDIRECTS} times")

    def _page(self, target: Target, reply: Reply, asking: Asking) -> Page | None:
        if reply.status == HTTPStatus.NOT_MODIFIED and asking.known != NOTHING_KNOWN:
            return None
        if reply.status != HTTPStatus.OK:
            wait_s = seconds_to_wait(reply.retry_after, now=self._clock.now())
            raise Unavailable(_refused(reply.status), status=reply.status, retry_after_s=wait_s)
        return Page(target.url, reply.media_type, reply.charset, reply.body, reply.validators)

    def _ask_leave(self, target: Target, deadline: float) -> None:
        """Raise Unreadable where the site's robots.txt says that we should not fetch this."""
        robots = self._robots.get(target.site)
        if robots is None or not robots.is_fresh(self._clock.now()):
            robots = self._read_robots(target.site, deadline)
            self._robots[target.site] = robots
            self._manners.slow_down(target.host, robots.pause_s)
        if not robots.allow(target.url):
            raise Unreadable("may not be read by programs, says the site's robots.txt")

    def _read_robots(self, site: str, deadline: float) -> Robots:
        """Raises Unreadable where it cannot be read: who cannot say so has not said yes (RFC 9309, 2.3.1.4)."""
        problem = "is on a site whose robots.txt cannot be read: it "
        try:
            return Robots.parse(self._robots_text(f"{site}/robots.txt", deadline), self._clock.now())
        except Unavailable as error:
            raise Unavailable(f"{problem}{error}", status=error.status, retry_after_s=error.retry_after_s) from error
        except Unreadable as error:
            raise Unreadable(f"{problem}{error}") from error

    def _robots_text(self, url: str, deadline: float) -> str:
        """What the file says: nothing where there is none that can be found (RFC 9309, 2.3.1.2)."""
        asking = Asking(user_agent(self._rules.contact))
        for _ in range(MAX_REDIRECTS + 1):
            target = parse_target(url)
            reply = request(
                target, self._rules.addresses(target), deadline=deadline, tls=self._rules.tls, asking=asking
            )
            if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.TOO_MANY_REQUESTS:
                wait_s = seconds_to_wait(reply.retry_after, now=self._clock.now())
                raise Unavailable(_refused(reply.status), status=reply.status, retry_after_s=wait_s)
            if reply.location is None:
                return reply.body.decode("utf-8-sig", "replace")
            url = _joined(target, reply.location)
        return ""


def _wait_s(error: Unavailable, attempt: int) -> float | None:
    """How long before the next try: what the server asks for, else longer each time; None where none would help."""
    if isinstance(error, NotFound) or not error.is_passing:
        return None
    if error.retry_after_s is not None:
        return error.retry_after_s
    return FIRST_RETRY_S * 4.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret depends on it


def _host(url: str) -> str:
    """The host that is asked first, for its strikes; any name will do for an address that has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _joined(target: Target, location: str) -> str:
    try:
        return urljoin(target.url, location)
    except ValueError:
        raise Unreadable("leads on to an address that cannot be read") from None


def _refused(status: int) -> str:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"is on a server that has trouble ({status}); try again later"
    return _REASONS.get(status, f"is not given out by its server ({status})")
