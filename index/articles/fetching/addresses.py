"""Which machines are on the public internet, however their addresses are written."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

from index.articles.fetching.trouble import NotFound

Address = IPv4Address | IPv6Address

RESOLVE_SECONDS = 10.0  # three tries of a common resolver

_UNICAST = ip_network("2000::/3")  # all that IANA has dealt out as public in IPv6
_NAT64 = ip_network("64:ff9b::/96")  # an IPv4 address in the last four bytes (RFC 6052)

# Beyond what `is_global` knows, which differs from one Python release to the next.
_NEVER = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # the machine that a virtual one of Azure runs on: public by its number only
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments; Teredo, which has an IPv4 address inside
        "2002::/16",  # 6to4, which has one too
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether a machine on the public internet can have the address.

    One that carries an IPv4 address inside is judged by that one (IPv4-mapped, NAT64) or refused (6to4, Teredo).
    """
    if isinstance(address, IPv6Address):
        if (inner := _inner(address)) is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _NEVER)


def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Every address of the host, in the order to try them. Raises NotFound where there is none, or none in time."""
    answers: SimpleQueue[tuple[Address, ...] | None] = SimpleQueue()
    # The system's resolver knows no deadline: it is left to a thread, which nobody waits for any longer than this.
    Thread(target=lambda: answers.put(_look_up(host, port)), daemon=True).start()
    try:
        found = answers.get(timeout=RESOLVE_SECONDS)
    except Empty:
        raise NotFound(f"is on the host {host}, which takes too long to be found") from None
    if found is None:
        raise NotFound(f"is on the host {host}, which cannot be found")
    return found


def _look_up(host: str, port: int) -> tuple[Address, ...] | None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(ip_address(str(entry[4][0])) for entry in found))
    except (OSError, ValueError):  # UnicodeError, or an address with a zone
        return None


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this one only wraps."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
