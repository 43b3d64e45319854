"""A web address taken apart, once, so that what is checked is what is asked for."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, urlsplit

from index.articles.rules import MAX_URL_CHARS, Unreadable, check_length

DEFAULT_PORTS = {"http": 80, "https": 443}

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\\s]")  # programs do not agree on what these mean in an address
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?")
_KEPT = "/%:@!$&'()*+,;=~-._"  # in a path; everything else is percent-encoded


@dataclass(frozen=True, slots=True)
class Target:
    """What to ask for and whom. `host` is lower-case ASCII without a dot at the end, `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host, and the port unless it is the scheme's own: what the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def site(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The address in its plain form, without a fragment."""
        return self.site + self.path


def is_web_address(source: str) -> bool:
    """Whether this names a page on the web, rather than a file."""
    return source.lower().startswith(("http://", "https://"))


def parse_target(url: str) -> Target:
    """Take a web address apart. Raises Unreadable for one that nobody should be sent to."""
    check_length("address", url, MAX_URL_CHARS)
    if _UNSAFE.search(url):
        raise Unreadable("is no web address: it has a space, a backslash or a control character in it")
    try:
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS:
            raise Unreadable("is no web address: it must start with http:// or https://")
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # UnicodeError too
        raise Unreadable("is no web address that can be read") from None
    if "@" in parts.netloc:
        raise Unreadable("has a user name or password in its address")
    target = Target(parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port, _path(parts))
    check_length("address", target.url, MAX_URL_CHARS)  # what is percent-encoded has grown
    return target


def ascii_host(host: str) -> str:
    """The host as it is looked up: lower-case ASCII (IDNA), no dot at the end. Raises ValueError for what is none."""
    if ":" in host:
        return str(IPv6Address(host))
    name = host.encode("idna").decode().lower().removesuffix(".")
    if not _HOST.fullmatch(name):
        raise ValueError(name)
    return name


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_KEPT)
    return f"{path}?{quote(parts.query, safe=_KEPT + '?')}" if parts.query else path
