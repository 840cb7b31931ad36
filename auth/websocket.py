"""What comes in over the websocket of an open page, whose session may end at any moment.

Streamlit runs a page's callbacks before the page itself, and fragments without it. So nothing of a message gets through
once its session is over: instead the page runs anew, from its beginning, where the guard says that it is over.

Streamlit does whatever a message asks for, whoever sends it: clear the caches of all users, tell where its files
lie. So only those kinds of messages get through that a page of the console sends; the others are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from anyio import to_thread
from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

from auth import session_store
from auth.sessions import Session
from auth.store import AccountStore
from etl_batch.errors import EtlError
from etl_batch.permissions import Permission, may

#: The kinds of messages that pages send, and who may send them; None: everybody who is signed in.
_HEARD: Mapping[str, Permission | None] = {
    "rerun_script": None,
    "stop_script": None,
    "backend_operation_request.deferred_file": None,  # a download that is made when its button is pressed
    "backend_operation_request.dataframe_chunk": None,  # more rows of a table that the page shows
    "file_urls_request": Permission.LAUNCH_JOBS,  # where to send an upload to
}
_UNREADABLE = "unreadable"

Refused = Callable[[Session, str], None]  #: writes down whose message of what kind was dropped


class WatchedSocket:
    """The receiving side of one websocket."""

    def __init__(
        self, receive: Receive, store: AccountStore, key: str, clock: Callable[[], float], refused: Refused
    ) -> None:
        self._receive = receive
        self._store = store
        self._key = key
        self._clock = clock
        self._refused = refused

    async def receive(self) -> Message:
        """The next message that may be heard, as far as it may be."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            data = message.get("bytes") or b""  # text is nothing that a page sends
            session = await to_thread.run_sync(self._look, is_action(data))
            if session is None:
                return {"type": "websocket.receive", "bytes": _run_anew(data)}
            kind = kind_of_message(data)
            if is_heard(kind, session.role):
                return message
            await to_thread.run_sync(self._refused, session, kind)

    def _look(self, acted: bool) -> Session | None:
        now = self._clock()
        try:
            session = session_store.find(self._store, self._key, now)
            if session is not None and acted:
                session_store.touch(self._store, session, now)
        except EtlError:
            return None
        return session


def kind_of_message(data: bytes) -> str:
    """What a message asks for, by the name that Streamlit has for it."""
    message = _parsed(data)
    kind = None if message is None else message.WhichOneof("type")
    if message is not None and kind == "backend_operation_request":
        return f"{kind}.{message.backend_operation_request.WhichOneof('payload')}"
    return kind or _UNREADABLE


def is_heard(kind: str, role: str) -> bool:
    """Whether a message of this kind gets through."""
    needed = _HEARD.get(kind)
    return kind in _HEARD and (needed is None or may(role, needed))


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
