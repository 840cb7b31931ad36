"""The gate: every request and every websocket passes here before Streamlit sees it.

Whoever has no session gets no further than the sign-in page; whoever has one gets as far as their role goes. The
identity that pages see is put into the request here, and taken out of whatever the client sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth import answers, session_store
from auth.addresses import client_address, forwarded_for, is_hearsay, is_trusted
from auth.cookies import read_cookie, session_cookie
from auth.identity import ADDRESS_HEADER, SESSION_HEADER
from auth.once import OnceUntil
from auth.own_server import knows_its_peers
from auth.paths_of_the_gate import WEBSOCKET, Kind, kind_of, login_path, permission_for
from auth.sessions import Session, key_of
from auth.settings import GateSettings, hostname
from auth.store import AccountStore
from auth.websocket import WatchedSocket
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.environment import operator
from etl_batch.errors import EtlError
from etl_batch.permissions import Permission, may
from etl_batch.values import Actor

_STATE = "etl.visitor"
_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who sent a request."""

    address: str | None
    session: Session | None = None

    def actor(self) -> Actor:
        """As the services and the audit log name them; without a session a name that no user can have."""
        session = self.session
        return Actor(
            name=session.name if session else "(nobody)",
            os_user=operator(None).os_user,
            role=str(session.role) if session else "none",
            ip=self.address,
            session=session.key if session else None,
            withheld=session.withheld if session else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GateContext:
    """What the gate and the routes behind it share."""

    store: AccountStore
    settings: GateSettings = field(default_factory=GateSettings)
    pages: Mapping[str, Permission | None] = field(default_factory=dict)  #: by their paths: who may open them
    clock: Callable[[], float] = time.time  #: seconds since 1970


def visitor_of(scope: Scope) -> Visitor:
    """Who sent this request, as the gate has found."""
    found: Visitor = scope[_STATE]
    return found


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, context: GateContext) -> None:
        self._app = app
        self._context = context
        self._said = OnceUntil()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._refusal(scope)
        except EtlError as error:
            answer = answers.message(503, "The console cannot let anybody in", f"{error.what_to_do} ({error.code}).")
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
        else:
            await self._app(scope, receive, _with_headers(send))

    async def _refusal(self, scope: Scope) -> Response | None:
        """The answer to whoever gets no further; None: the request goes on, with its identity in it."""
        headers = Headers(scope=scope)
        if hostname(headers.get("host", "")) not in self._context.settings.hosts:
            return _wrong_host(headers.get("host", ""))
        if self._is_unknown_proxy(scope):
            return answers.plain(403, _UNKNOWN_PROXY)
        path, kind = scope["path"], kind_of(scope["path"], scope["method"])
        if kind is Kind.CLOSED:
            return answers.plain(404, "not found")
        visitor = await self._identify(scope)
        if kind is Kind.OPEN:
            return None
        if visitor.session is None:
            query = scope["query_string"].decode("latin-1")
            is_part = kind is Kind.PART
            return answers.plain(401, "sign in first") if is_part else answers.redirect(login_path(path, query))
        return await self._by_role(visitor, visitor.session, path, kind)

    async def _by_role(self, visitor: Visitor, session: Session, path: str, kind: Kind) -> Response | None:
        needed = permission_for(path, self._context.pages)
        if needed is not None and not may(session.role, needed, session.withheld):
            return await self._denied(visitor, needed, path)
        if kind is Kind.PAGE:
            await to_thread.run_sync(session_store.touch, self._context.store, session, self._context.clock())
        return None

    async def _denied(self, visitor: Visitor, needed: Permission, path: str) -> Response:
        event = Event(
            action=Action.ACCESS_DENIED, target=path[:200], outcome=Outcome.REFUSED, detail={"needed": needed}
        )
        await to_thread.run_sync(AuditLog(self._context.store.home).record, visitor.actor(), event)
        if needed in visitor.actor().withheld:
            return answers.message(403, "This is not for you", f"The right to {needed} was taken from you. {_ASK}")
        role = visitor.session.role if visitor.session else ""
        text = f"Your role, {role}, may not {needed}. Ask a super_admin to do it, or for the role."
        return answers.message(403, "This is not for your role", text)

    async def _identify(self, scope: Scope) -> Visitor:
        """Find the session of a request, and put it, and nothing the client claims, into the headers."""
        token = read_cookie(scope["headers"], session_cookie(is_https=self._context.settings.is_https))
        session = await self._session(key_of(token)) if token else None
        forwarded = forwarded_for(scope["headers"])
        address = client_address(scope.get("client"), forwarded, self._context.settings.trusted_proxies)
        visitor = Visitor(address=address, session=session)
        scope[_STATE] = visitor
        scope["headers"] = [(name, value) for name, value in scope["headers"] if not _is_claim(name)]
        if session is not None:
            scope["headers"] += [(SESSION_HEADER, session.key.encode()), (ADDRESS_HEADER, (address or "").encode())]
        return visitor

    def _is_unknown_proxy(self, scope: Scope) -> bool:
        """Whether a request claims to be forwarded, and nobody knows if its address is not that very claim."""
        is_forwarded = any(is_hearsay(name) for name, _ in scope["headers"])
        is_known = knows_its_peers(scope) or is_trusted(scope.get("client"), self._context.settings.trusted_proxies)
        return is_forwarded and not is_known

    async def _session(self, key: str) -> Session | None:
        return await to_thread.run_sync(session_store.find, self._context.store, key, self._context.clock())

    def _not_heard(self, address: str | None, session: Session, kind: str) -> None:
        """Write down, once an hour, that an open page of a session sent what no page sends."""
        now = self._context.clock()
        if not self._said.is_first(f"{session.key}:{kind}", now + _HOUR, now):
            return
        visitor = Visitor(address=address, session=session)
        event = Event(action=Action.ACCESS_DENIED, target=f"message {kind}", outcome=Outcome.REFUSED)
        with suppress(EtlError):  # it is dropped all the same
            AuditLog(self._context.store.home).record(visitor.actor(), event)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        settings = self._context.settings
        is_ours = hostname(host) in settings.hosts and (origin is None or settings.is_own_origin(origin, host))
        is_ours = is_ours and not self._is_unknown_proxy(scope)
        try:
            visitor = await self._identify(scope)
        except EtlError:
            visitor = Visitor(address=None)
        if not is_ours or visitor.session is None or scope["path"] != WEBSOCKET:
            await receive()
            await _refuse_handshake(scope, receive, send)
            return
        refused = partial(self._not_heard, visitor.address)
        watched = WatchedSocket(receive, self._context.store, visitor.session.key, self._context.clock, refused)
        await self._app(scope, watched.receive, send)


def _is_claim(name: bytes) -> bool:
    """Whether a header of the client could be taken for an identity; `_` and `-` are one to some servers."""
    return name.lower().replace(b"_", b"-").startswith(b"x-etl-") or is_hearsay(name)


_UNKNOWN_PROXY = (
    "The request says that somebody forwarded it, and the console knows no proxy by that address. If a proxy stands in "
    "front of it, start the console with ETL_TRUSTED_PROXIES set to the proxy's address."
)


_ASK = "Ask a super_admin for it."


def _wrong_host(host: str) -> Response:
    text = (
        f"It does not know the name {hostname(host)[:100]!r}. If this is how users reach it, start it with "
        "ETL_PUBLIC_URL set to the address that browsers show."
    )
    return answers.plain(421, f"The console does not answer here. {text}")


async def _refuse_handshake(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 403, with headers where the server lets the application say more than no."""
    if "websocket.http.response" in (scope.get("extensions") or {}):
        await answers.plain(403, "this websocket is not for you")(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: that is a 403


def _with_headers(send: Send) -> Send:
    """Add the headers that every answer has."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            answers.complete(MutableHeaders(scope=message), message["status"])
        await send(message)

    return sending
