"""What uvicorn does unasked, and must not do here.

It takes the word of every client on this machine for where a request comes from (X-Forwarded-For), as if each of them
were a proxy, and says in every answer what it is. Streamlit starts it with neither option set. Both can still be
mended when `app.py` is loaded: uvicorn has begun to load by then, but builds its middleware, and its first answer,
later. `tests/acceptance/test_own_server.py` fails when a release changes any of this; the gate then refuses what it
cannot verify.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import uvicorn.config
from starlette.types import ASGIApp, Receive, Scope, Send

_PEER_IS_KNOWN = "etl.peer"
_HEADERS = "encoded_headers"


def keep_to_itself(is_ours: Callable[[], bool]) -> None:
    """Have the uvicorn of this process hand over each connection's own address, and not say what it is.

    Args:
        is_ours: whether the server is the one that Streamlit starts; asked when it is ready to start.
    """

    class KeptPeer(_KeptPeer):
        vouches = staticmethod(is_ours)

    setattr(uvicorn.config, "ProxyHeadersMiddleware", KeptPeer)  # noqa: B010 - to mypy a class is no variable
    setattr(uvicorn.config.Config, _HEADERS, property(_headers, _set_headers))


def knows_its_peers(scope: Scope) -> bool:
    """Whether the address of a request's connection comes from a server that is known to take nobody's word for it."""
    return bool(scope.get(_PEER_IS_KNOWN))


class _KeptPeer:
    """Stands where uvicorn believes X-Forwarded-For and X-Forwarded-Proto, and leaves address and scheme alone."""

    vouches: Callable[[], bool]

    def __init__(self, app: ASGIApp, trusted_hosts: object = ()) -> None:  # noqa: ARG002 - as uvicorn calls it
        self._app = app
        self._is_ours = self.vouches()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_PEER_IS_KNOWN] = self._is_ours
        await self._app(scope, receive, send)


def _headers(config: Any) -> list[tuple[bytes, bytes]]:  # noqa: ANN401 - uvicorn's, of which only this is known
    """What uvicorn puts into every answer, but for its name. It was set before there was a property."""
    return [(name, value) for name, value in vars(config).get(_HEADERS, ()) if name != b"server"]


def _set_headers(config: Any, value: list[tuple[bytes, bytes]]) -> None:  # noqa: ANN401
    vars(config)[_HEADERS] = value
