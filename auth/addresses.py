"""Where a request really comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from auth.settings import Network

FORWARDED_FOR = b"x-forwarded-for"  #: the only word of a proxy that is ever believed
_LONGEST = 64  #: characters of an address that is kept
#: by which proxies, and whoever pretends to be one, say where a request comes from; and all that begin like the last
_HEARSAY = frozenset({b"forwarded", b"x-real-ip", b"x-client-ip", b"x-cluster-client-ip", b"true-client-ip"})
_HEARSAY_BEGINS = b"x-forwarded"
_SITE_BITS = 64  #: of an IPv6 address; whoever has a line has all that begin with them

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_hearsay(name: bytes) -> bool:
    """Whether a header says of a request where it came from; `_` and `-` are one to some servers."""
    spelled = name.lower().replace(b"_", b"-")
    return spelled in _HEARSAY or spelled.startswith(_HEARSAY_BEGINS)


def forwarded_for(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """All of X-Forwarded-For, each proxy's addition at its end; empty: it is not there."""
    return ",".join(value.decode("latin-1") for name, value in headers if name.lower() == FORWARDED_FOR)


def is_trusted(peer: tuple[str, int] | None, trusted: Sequence[Network]) -> bool:
    """Whether a connection is that of a proxy whose word is believed."""
    return peer is not None and _is_among(peer[0], trusted)


def client_address(peer: tuple[str, int] | None, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """The address that is throttled and written down.

    Args:
        peer: address and port of the connection itself.
        forwarded: as `forwarded_for` returns it.
        trusted: the proxies whose word is believed.

    Returns:
        The rightmost address that no trusted proxy vouches to be another proxy, without a port; None: it came through
        a local socket.
    """
    if peer is None:
        return None
    nearest = _named(peer[0]) or peer[0]
    for before in reversed(forwarded.split(",")):
        named = _named(before)
        if not _is_among(nearest, trusted) or named is None:
            break
        nearest = named
    return nearest[:_LONGEST]


def counted_as(address: str | None) -> str:
    """Whose tries are counted together: one IPv4 address, or the IPv6 addresses (2^64) of one line."""
    if address is None:
        return "local"
    found = parsed(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _SITE_BITS), strict=False))
    return address if found is None else str(found)


def parsed(address: str) -> Address | None:
    """An address, however it is written: an IPv4 address within IPv6 is that address, and zones do not count."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _named(entry: str) -> str | None:
    """The address that a proxy wrote down, without the port that some of them add: `1.2.3.4:5`, `[::1]:5`, `[::1]`."""
    text = entry.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    found = parsed(text)
    return None if found is None else str(found)


def _is_among(address: str, networks: Sequence[Network]) -> bool:
    found = parsed(address)
    return found is not None and any(found in network for network in networks)
