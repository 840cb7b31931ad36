"""Answers leave at once."""

from __future__ import annotations

import socket

import pytest

from auth.listeners import send_at_once
from tests.helpers.descriptors import nothing_left_open


@pytest.mark.io
def test_connections_are_accepted_without_delay() -> None:
    # As Streamlit binds: without a protocol, so that asyncio does not set the option.
    with socket.socket(socket.AF_INET) as listener, socket.socket(socket.AF_INET) as client:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
        assert send_at_once() >= 1
        client.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
            assert client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0


def test_other_sockets_and_files_stay_as_they_are() -> None:
    left, right = socket.socketpair()
    with left, right, socket.socket(socket.AF_INET) as unbound:
        with nothing_left_open():
            send_at_once()
        assert unbound.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
