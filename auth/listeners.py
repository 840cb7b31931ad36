"""The sockets that this process listens at."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

_DESCRIPTORS = Path("/proc/self/fd")


def send_at_once() -> int:
    """Let answers leave as soon as they are written.

    Streamlit binds its socket in a way that asyncio does not know for TCP, and so leaves Nagle's algorithm on: the body
    of each small answer waits some 40 ms until the browser has acknowledged the head. Connections take this option from
    the socket that they were accepted by.

    Returns:
        How many sockets listen.
    """
    listening = 0
    for found in _listening():
        with closing(found):
            listening += 1
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _listening() -> Iterator[socket.socket]:
    """A second handle of each TCP socket of this process that takes connections."""
    for entry in list(_DESCRIPTORS.iterdir()) if _DESCRIPTORS.is_dir() else ():
        with suppress(OSError):  # closed meanwhile
            if entry.readlink().name.startswith("socket:"):
                found = socket.socket(fileno=os.dup(int(entry.name)))
                if _takes_connections(found):
                    yield found
                else:
                    found.close()


def _takes_connections(found: socket.socket) -> bool:
    is_tcp = found.family in {socket.AF_INET, socket.AF_INET6} and found.type == socket.SOCK_STREAM
    return is_tcp and bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
