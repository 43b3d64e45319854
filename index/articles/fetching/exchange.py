"""One request and its reply, over a connection to an address that was checked before. Time and size are bounded."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address

from index.articles.fetching.targets import Target
from index.articles.fetching.trouble import Unavailable
from index.articles.rules import Unreadable

MAX_BODY_BYTES = 5_000_000  # as sent and, if compressed, unpacked; long news pages have 2 million
PRODUCT = "Pullquote"  # who robots.txt may speak of
CONNECT_SECONDS = 5.0  # for each address of a host, so that the second one gets its turn
MAX_VALIDATOR_CHARS = 500  # of an ETag; servers make them of 10 to 70

_CHUNK_BYTES = 65_536
_GZIP = 31  # zlib's number for: a gzip header, and the largest window
_ENCODINGS = ("", "identity", "gzip", "x-gzip")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TOO_SLOW = "takes too long to answer"
_TOO_LARGE = f"is larger than {MAX_BODY_BYTES / 1e6:,.0f} MB"
_BROKEN_OFF = "broke off before its end"


@dataclass(frozen=True, slots=True)
class Validators:
    """By what a server tells whether a page has changed since: its headers, word for word."""

    etag: str | None = None
    last_modified: str | None = None


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Asking:
    """What a request says besides its address. A body of a type that is not `wanted` is not read; none: any is."""

    agent: str
    wanted: tuple[str, ...] = ()
    known: Validators = NOTHING_KNOWN  # where the page is still this one, the answer is 304 and has no body


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered. The body is read only where the status is 200."""

    status: int
    location: str | None = None  # only where the status is a redirect
    retry_after: str | None = None  # as it stands in the header
    media_type: str = ""
    charset: str | None = None
    body: bytes = b""
    validators: Validators = NOTHING_KNOWN


def request(
    target: Target,
    addresses: Sequence[IPv4Address | IPv6Address],
    *,
    deadline: float,
    tls: Callable[[], ssl.SSLContext],
    asking: Asking,
) -> Reply:
    """Ask one of the addresses for the target; `host` is looked up by nobody, and is whom a certificate must name.

    `deadline` is on the clock `time.monotonic`. Raises Unreadable for whatever goes wrong, and of that Unavailable for
    what may go well another time.
    """
    try:
        with _connect(target, addresses, deadline, tls) as sock, _cut_off(sock, deadline):
            reply = _ask(sock, target, asking)
    except (Unreadable, OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        if time.monotonic() >= deadline:
            raise Unavailable(_TOO_SLOW) from error
        if isinstance(error, Unreadable):
            raise
        raise Unavailable(_in_words(error)) from error
    if time.monotonic() >= deadline:  # what was cut off may look like the end, and above like any trouble
        raise Unavailable(_TOO_SLOW)
    return reply


@cache
def user_agent(contact: str = "") -> str:
    """Who asks, in every request, and where to complain: an address of the web or of mail, if there is one."""
    name = f"{PRODUCT}/{version('pullquote')}"
    return f"{name} ({contact})" if contact else name


def _connect(
    target: Target,
    addresses: Sequence[IPv4Address | IPv6Address],
    deadline: float,
    tls: Callable[[], ssl.SSLContext],
) -> socket.socket:
    """A connection to the first address that takes one, with TLS for the host's name where the scheme says so."""
    sock = _first_open(addresses, target.port, deadline)
    if target.scheme == "http":
        return sock
    try:
        return tls().wrap_socket(sock, server_hostname=target.host)
    except BaseException:
        sock.close()
        raise


def _first_open(addresses: Sequence[IPv4Address | IPv6Address], port: int, deadline: float) -> socket.socket:
    problem: OSError = TimeoutError()
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            sock = socket.create_connection((str(address), port), timeout=min(left, CONNECT_SECONDS))
        except OSError as error:
            problem = error
        else:
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            return sock
    raise problem


@contextlib.contextmanager
def _cut_off(sock: socket.socket, deadline: float) -> Iterator[None]:
    """End the connection at the deadline. A timeout of the socket would begin anew with each byte that drips in."""
    timer = threading.Timer(max(deadline - time.monotonic(), 0), _shut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # a TLS socket's own would take the keys away from its reader


def _ask(sock: socket.socket, target: Target, asking: Asking) -> Reply:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = sock
    connection.auto_open = 0  # the one that was checked, or none
    connection.request("GET", target.path, headers=_headers(target, asking))
    with connection.getresponse() as response:
        if response.status in _REDIRECTS:
            return Reply(response.status, location=_location(response))
        if response.status != HTTPStatus.OK:
            return Reply(response.status, retry_after=response.getheader("Retry-After"))
        stated = response.getheader("Content-Type")
        media_type = response.headers.get_content_type() if stated else ""
        if asking.wanted and media_type not in asking.wanted:
            raise Unreadable(f"is not a web page but {media_type}" if stated else "does not say that it is a web page")
        return Reply(
            response.status,
            media_type=media_type,
            charset=response.headers.get_content_charset(),
            body=_body(response),
            validators=Validators(_kept(response, "ETag"), _kept(response, "Last-Modified")),
        )


def _headers(target: Target, asking: Asking) -> dict[str, str]:
    stated = {
        "Host": target.authority,
        "User-Agent": asking.agent,
        "Accept": ", ".join([*asking.wanted, "*/*;q=0.1"]),
        "Accept-Encoding": "gzip",
        "Connection": "close",
        "If-None-Match": asking.known.etag,
        "If-Modified-Since": asking.known.last_modified,
    }
    return {name: value for name, value in stated.items() if value}


def _kept(response: http.client.HTTPResponse, header: str) -> str | None:
    """The header as it can be sent back; None where it is missing, or nothing that a header may hold."""
    value = (response.getheader(header) or "").strip()
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= MAX_VALIDATOR_CHARS else None


def _location(response: http.client.HTTPResponse) -> str:
    """Where a redirect leads, as servers write it: in UTF-8 and with spaces, too."""
    stated = (response.getheader("Location") or "").encode("latin-1", "replace").decode("utf-8", "replace")
    return stated.strip().replace(" ", "%20")


def _body(response: http.client.HTTPResponse) -> bytes:
    """The body, unpacked. Neither what comes nor what it unpacks to is ever held beyond the limit."""
    encoding = (response.getheader("Content-Encoding") or "").strip().lower()
    if encoding not in _ENCODINGS:
        raise Unreadable(f"is compressed in a way that is not read ({encoding[:20]})")
    if (response.length or 0) > MAX_BODY_BYTES:
        raise Unreadable(_TOO_LARGE)
    unpacker = zlib.decompressobj(_GZIP) if encoding.endswith("gzip") else None
    body, received = bytearray(), 0
    while chunk := response.read(_CHUNK_BYTES):
        received += len(chunk)
        body += unpacker.decompress(chunk, MAX_BODY_BYTES + 1 - len(body)) if unpacker else chunk
        if max(received, len(body)) > MAX_BODY_BYTES:
            raise Unreadable(_TOO_LARGE)
    if response.length or (unpacker and received and not unpacker.eof):
        raise Unavailable(_BROKEN_OFF)
    if unpacker and unpacker.unused_data:
        raise Unreadable("is compressed in a way that is not read (more than one part)")
    return bytes(body)


def _in_words(error: Exception) -> str:
    match error:
        case ssl.SSLError():
            why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else "the handshake failed"
            return f"cannot be reached over a secure connection ({why.rstrip('.')})"
        case http.client.IncompleteRead():
            return _BROKEN_OFF
        case TimeoutError():
            return _TOO_SLOW
        case OSError():
            return f"cannot be reached ({(error.strerror or 'connection closed').lower()})"
    return "gives an answer that is no HTTP"
