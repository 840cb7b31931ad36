"""What comes in over the websocket of an open page, whose session may end at any moment.

Streamlit runs a page's callbacks before the page itself, and fragments without it. So nothing of a message gets through
once its session is over: instead the page runs anew, from its beginning, where the guard says that it is over.
"""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread
from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

from auth import session_store
from auth.store import AccountStore
from etl_batch.errors import EtlError


class WatchedSocket:
    """The receiving side of one websocket."""

    def __init__(self, receive: Receive, store: AccountStore, key: str, clock: Callable[[], float]) -> None:
        self._receive = receive
        self._store = store
        self._key = key
        self._clock = clock

    async def receive(self) -> Message:
        """The next message, as far as it may be heard."""
        message = await self._receive()
        data = message.get("bytes")
        if message["type"] != "websocket.receive" or data is None:
            return message
        is_live = await to_thread.run_sync(self._look, is_action(data))
        return message if is_live else {**message, "bytes": _run_anew(data)}

    def _look(self, acted: bool) -> bool:
        now = self._clock()
        try:
            session = session_store.find(self._store, self._key, now)
            if session is not None and acted:
                session_store.touch(self._store, session, now)
        except EtlError:
            return False
        return session is not None


def is_action(data: bytes) -> bool:
    """Whether the user did something, rather than a page refreshing itself."""
    message = _parsed(data)
    return (
        message is not None and message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun
    )


def _run_anew(data: bytes) -> bytes:
    """A message that runs the page and carries nothing of this one but which page it is."""
    message = _parsed(data)
    clean = BackMsg()
    clean.rerun_script.query_string = ""
    if message is not None and message.WhichOneof("type") == "rerun_script":
        clean.rerun_script.page_script_hash = message.rerun_script.page_script_hash
    return bytes(clean.SerializeToString())


def _parsed(data: bytes) -> BackMsg | None:
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    return message
