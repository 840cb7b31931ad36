"""Where a request really comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from auth.settings import Network

_LONGEST = 64  #: characters of an address that is kept


def client_address(peer: tuple[str, int] | None, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """The address that is throttled and written down.

    Args:
        peer: address and port as the server has them. Port 0: uvicorn has replaced them by what X-Forwarded-For says,
            which it does, unasked, for peers on this machine.
        forwarded: the header X-Forwarded-For, each proxy's addition at its end; empty: none.
        trusted: the proxies whose word is believed.

    Returns:
        The nearest address that no trusted proxy vouches to be another proxy; None: it came through a local socket.
    """
    if peer is None:
        return None
    chain = [part.strip() for part in forwarded.split(",") if part.strip()]
    nearest = "127.0.0.1" if peer[1] == 0 and chain else peer[0]
    for before in reversed(chain):
        if not _is_among(nearest, trusted):
            break
        if _parsed(before) is None:
            break
        nearest = before
    return nearest[:_LONGEST]


def _is_among(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
