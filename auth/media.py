"""Files that pages make for their own users (`/media`): each goes to the session that made it, and is written down.

Streamlit hands such a file to whoever knows its address. Here the address opens it only in a session of the console
whose page made it, so that nobody sees by it what their role would not show them.
"""

from __future__ import annotations

import functools
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from auth import answers
from auth.gate import GateContext, Visitor, visitor_of
from auth.identity import SESSION_KEY
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import noticing, record_read
from etl_batch.errors import EtlError

MEDIA = "/media/"
_MOST_FILES = 4096  #: whose makers are remembered; an older one is not handed out any more: the page makes it again
_WATCHED = "_etl_makers"


@dataclass(slots=True)
class Makers:
    """Which session made which file; the name of those that are to be written down when they are fetched."""

    _names: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    _files: dict[str, int] = field(default_factory=dict)  #: how many sessions made a file
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def made(self, address: str, session: str | None, name: str = "") -> None:
        """Remember it.

        Args:
            address: of the file.
            session: whose page made it; None: nobody may fetch it.
            name: under which it is kept; empty: a part of a page, or what was written down already.
        """
        if session is None:
            return
        key = (file_of(address), session)
        with self._lock:
            if key not in self._names:
                self._files[key[0]] = self._files.get(key[0], 0) + 1
            self._names[key] = name
            self._names.move_to_end(key)
            while len(self._names) > _MOST_FILES:
                (file, _), _ = self._names.popitem(last=False)
                self._files[file] -= 1
                if not self._files[file]:
                    del self._files[file]

    def name_for(self, address: str, session: str | None) -> str | None:
        """Under which name a session may fetch a file; None: it may not."""
        with self._lock:
            return None if session is None else self._names.get((file_of(address), session))

    def is_somebodys(self, address: str) -> bool:
        """Whether any session may."""
        with self._lock:
            return file_of(address) in self._files


def file_of(address: str) -> str:
    """What Streamlit finds a file by: its address without the folder and the ending."""
    return os.path.splitext(address.rpartition(MEDIA)[2])[0]  # noqa: PTH122 - as Streamlit does it


def watched(manager: Any) -> Makers:  # noqa: ANN401 - Streamlit's MediaFileManager, or one like it
    """Who made the files of Streamlit's manager, from here on."""
    found: Makers | None = getattr(manager, _WATCHED, None)
    if found is not None:
        return found
    makers, making = Makers(), ContextVar[tuple[str | None, str]]("making", default=(None, ""))
    add, add_deferred, execute_deferred = manager.add, manager.add_deferred, manager.execute_deferred

    @functools.wraps(add)
    def adding(*given: Any, **named: Any) -> str:  # noqa: ANN401 - as Streamlit calls it
        address: str = add(*given, **named)
        is_kept = named.get("is_for_static_download", False)
        makers.made(address, _own_session(), named.get("file_name") or "file" if is_kept else "")
        return address

    @functools.wraps(add_deferred)
    def adding_deferred(content: Callable[[], object], *given: Any, **named: Any) -> str:  # noqa: ANN401
        maker = _own_session(), named.get("file_name") or "file"

        def made() -> object:
            making.set(maker)
            return content()

        placeholder: str = add_deferred(made, *given, **named)
        return placeholder

    @functools.wraps(execute_deferred)
    def executing(placeholder: str) -> str:
        making.set((None, ""))
        with noticing() as noticed:
            address: str = execute_deferred(placeholder)
        session, name = making.get()
        makers.made(address, session, "" if noticed else name)
        return address

    manager.add, manager.add_deferred, manager.execute_deferred = adding, adding_deferred, executing
    setattr(manager, _WATCHED, makers)
    return makers


class MediaGuard:
    """ASGI middleware within the gate."""

    def __init__(self, app: ASGIApp, context: GateContext) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what does not ask for a file, and who asks for one of their own."""
        makers = watched(runtime.get_instance().media_file_mgr) if runtime.exists() else Makers()
        if scope["type"] == "http" and scope["path"].startswith(MEDIA):
            try:
                is_own = await to_thread.run_sync(
                    self._is_own, makers, visitor_of(scope), scope["path"], scope["method"]
                )
            except EtlError as error:
                text = f"{error.what_to_do} ({error.code})."
                await answers.message(503, "The file cannot be handed out now", text)(scope, receive, send)
                return
            if not is_own:
                await answers.plain(404, "there is no such file, or another session made it")(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_own(self, makers: Makers, visitor: Visitor, path: str, method: str) -> bool:
        """Whether the visitor's own page made the file; then that they fetch it is written down."""
        name = makers.name_for(path, visitor.session.key if visitor.session else None)
        home = self._context.store.home
        if name is None and makers.is_somebodys(path):
            denied = Event(action=Action.ACCESS_DENIED, target=path[:200], outcome=Outcome.REFUSED)
            AuditLog(home).record(visitor.actor(), denied)
        if name and method == "GET":
            event = Event(action=Action.FILE_DOWNLOADED, target=name, detail={"file": file_of(path)})
            record_read(home, visitor.actor(), event, file_of(path))
        return name is not None


def _own_session() -> str | None:
    """The session of the console whose page runs in this thread."""
    context = get_script_run_ctx(suppress_warning=True)
    key = context.user_info.get(SESSION_KEY) if context is not None else None
    return key if isinstance(key, str) else None
