"""The gate for tests: accounts with a cheap hash, a clock that can be turned, and the gate around a stand-in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from auth import signing_in, user_admin
from auth.accounts import Accounts
from auth.deliveries import Deliveries
from auth.gate import Gate, GateContext
from auth.hashing import PasswordHasher
from auth.keys import load_keys
from auth.roles import Role
from auth.routes import SignInPages
from auth.settings import GateSettings
from auth.signing_in import Admitted, Attempt
from auth.store import AccountStore
from etl_batch.values import Actor
from pages.registry import permissions_by_path

PASSWORD = "correct horse battery staple"  # noqa: S105
OTHER_PASSWORD = "many purple ducks play chess"  # noqa: S105
CHEAP_ROUNDS = 4
OPERATOR = Actor(name="operator", os_user="test")
HOST = "http://127.0.0.1:8501"
ALL_PATHS = r"/{path:path}"


@dataclass
class Clock:
    """A clock that stands still until it is turned."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class GateHome:
    """A home with its accounts."""

    path: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        for folder in ("data", "output", "report"):
            (self.path / folder).mkdir(parents=True, exist_ok=True)
        store = AccountStore(self.path)
        keys = load_keys(store)
        hasher = PasswordHasher(keys, CHEAP_ROUNDS)
        self.accounts = Accounts(store=store, keys=keys, hasher=hasher, clock=self.clock)

    def add(self, name: str = "ada", role: str = Role.SUPER_ADMIN, password: str | None = PASSWORD) -> Actor:
        """Make a user, and return them as an actor."""
        user_admin.create_user(self.accounts, OPERATOR, name, Role(role), password)
        return Actor(name=name, os_user="test", role=str(role), ip="192.0.2.1")

    def sign_in(self, name: str = "ada", password: str = PASSWORD, code: str = "", address: str = "192.0.2.1") -> str:
        """Sign in; returns the token."""
        attempt = Attempt(name=name, password=password, code=code, address=address, agent="test")
        result = signing_in.sign_in(self.accounts, attempt)
        assert isinstance(result, Admitted), result
        return result.token

    def log(self) -> list[dict[str, Any]]:
        """What the audit log holds."""
        path = self.path / ".secrets" / "etl_audit.log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def client(
        self, settings: GateSettings | None = None, extra: list[BaseRoute] | None = None, *, patience: float = 600
    ) -> TestClient:
        """A browser, as far as cookies go, before the gate with a stand-in for Streamlit behind it."""
        settings = settings or GateSettings()
        context = GateContext(
            store=self.accounts.store, settings=settings, pages=permissions_by_path(), clock=self.clock
        )
        routes = [
            *SignInPages(context, self.accounts, patience=patience).routes(),
            *Deliveries(context).routes(),
            *(extra or []),
        ]
        app = Starlette(
            routes=[*routes, WebSocketRoute("/_stcore/stream", _echo), Route(ALL_PATHS, _inside, methods=_METHODS)],
            middleware=[Middleware(Gate, context=context)],
        )
        base = settings.public_url or HOST
        return TestClient(app, base_url=base, follow_redirects=False, client=("192.0.2.9", 40000))


@contextmanager
def home_of_ada(path: Path) -> Iterator[GateHome]:
    """A home with one account, that of ada, a super_admin."""
    home = GateHome(path)
    home.add()
    try:
        yield home
    finally:
        home.accounts.store.close()


_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]


async def _inside(request: Request) -> Response:
    """What a stranger must never see: `inside`, and the headers as Streamlit would get them."""
    return JSONResponse({"inside": True, "headers": dict(request.headers)})


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_bytes(await websocket.receive_bytes())
    except WebSocketDisconnect:
        return


def form_of(answer: httpx2.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))


def post_login(client: TestClient, name: str = "ada", password: str = PASSWORD, **more: Any) -> httpx2.Response:  # noqa: ANN401 - fields, and `headers`, `params`
    """Fill in the form of the sign-in page and send it."""
    headers = {"origin": str(client.base_url).rstrip("/"), **more.pop("headers", {})}
    fields = {
        **form_of(client.get("/login", params=more.pop("params", {}))),
        "username": name,
        "password": password,
        **more,
    }
    return client.post("/login", data=fields, headers=headers)
