"""No address of a machine that is not public passes, whatever it is dressed up as."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.fetching.addresses import is_public, resolve
from index.articles.rules import Unreadable

CLOSED = [
    *["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
    *["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
    *["224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "168.63.129.16/32", "100.100.100.200/32"],
    *["::/128", "::1/128", "::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:10::/28", "2001:db8::/32"],
    *["2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8"],
]
CLOSED4 = [network for network in map(ip_network, CLOSED) if network.version == 4]
MAPPED, NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")

closed4 = st.sampled_from(CLOSED4).flatmap(lambda network: st.ip_addresses(v=4, network=str(network)))


@given(st.sampled_from(CLOSED).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_address_of_a_network_that_is_not_public_passes(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address)


@given(closed4, st.sampled_from([MAPPED, NAT64, IPv6Network("::/96")]))
def test_nor_does_one_that_is_wrapped_in_ipv6(address: IPv4Address, wrapping: IPv6Network) -> None:
    assert not is_public(wrapping[int(address)])


@given(st.ip_addresses(v=4))
def test_6to4_and_teredo_never_pass_and_other_wrappings_are_judged_by_what_is_inside(address: IPv4Address) -> None:
    assert is_public(MAPPED[int(address)]) == is_public(NAT64[int(address)]) == is_public(address)
    assert not is_public(IPv6Address(0x2002 << 112 | int(address) << 80 | 1))
    assert not is_public(IPv6Address(0x20010000 << 96 | int(address) ^ 0xFFFF_FFFF))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::101:101"]
)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "::1", "::ffff:7f00:1"]
)
def test_however_loopback_is_written_it_is_found_out(host: str) -> None:
    found = resolve(host, 80)  # numbers: nobody is asked
    assert found
    assert not any(map(is_public, found))


def test_a_host_that_is_none_is_named() -> None:
    with pytest.raises(Unreadable, match="cannot be found"):
        resolve("a" * 64 + ".example", 80)
