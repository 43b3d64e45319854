"""Whom the fetcher may talk to: the hosts that are allowed, at addresses that are public."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import certifi

from index.articles.fetching.addresses import Address, is_public, resolve
from index.articles.fetching.targets import Target
from index.articles.rules import NotPublic, Unreadable
from index.config import EVERY_HOST


@cache
def trusted() -> ssl.SSLContext:
    """What certificates are checked against: the system's authorities and, where it has none, those of certifi."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """The rules of fetching. Tests put a server on loopback behind them; everybody else gives the hosts alone.

    `hosts` are in lower-case ASCII; each stands for its subdomains too, "*" for every host, and none turns fetching
    off. `seconds` bounds a page with its redirects and robots.txt, but for the time that one name takes to resolve, and
    what is waited between requests: `pause_s`, or the site's own crawl delay where that is longer.
    """

    hosts: tuple[str, ...] = ()
    is_allowed_address: Callable[[Address], bool] = is_public
    ports: frozenset[int] = frozenset({80, 443})
    resolve: Callable[[str, int], tuple[Address, ...]] = resolve
    tls: Callable[[], ssl.SSLContext] = trusted
    seconds: float = 15.0
    pause_s: float = 1.0  # between two pages of one host
    tries: int = 1  # for what a server has only passing trouble with
    contact: str = ""  # in the user agent, for who runs a site that is read

    def addresses(self, target: Target) -> tuple[Address, ...]:
        """The addresses to connect to and no others. Raises Unreadable where the target is not allowed."""
        if not self._allows(target.host):
            raise Unreadable(
                f"is on the host {target.host}, which is not allowed; the setting PULLQUOTE_HOSTS names those that are"
            )
        found = self.resolve(target.host, target.port)
        if not found or not all(self.is_allowed_address(address) for address in found):
            raise NotPublic(f"is on the host {target.host}, which is not on the public internet")
        if target.port not in self.ports:  # after what another port would not mend
            raise Unreadable(f"is on port {target.port}; only 80 and 443 are used")
        return found

    def _allows(self, host: str) -> bool:
        return any(allowed in (EVERY_HOST, host) or host.endswith(f".{allowed}") for allowed in self.hosts)


def parse_hosts(raw: str) -> tuple[str, ...]:
    """The hosts in a setting such as "example.org, example.com".

    Raises:
        ValueError: one is no host; the message says so.
    """
    return tuple(_host(part) for part in raw.split(",") if part.strip())


def _host(raw: str) -> str:
    """The host in lower-case ASCII; it stands for its subdomains anyway, so that "*." before it says no more."""
    host = raw.strip().lower().removeprefix("*.").strip(".")
    if host == EVERY_HOST:
        return host
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not re.fullmatch(r"[a-z0-9._-]+", name):
        raise ValueError(f"{raw.strip()!r} is no host: write names such as example.org, with commas between")
    return name
