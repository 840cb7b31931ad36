"""Signing in through a provider: one that runs in the test, honest and dishonest."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from auth import user_admin
from auth.gate import GateContext
from auth.oidc import ProviderPages
from auth.oidc_settings import FILE_NAME, Provider, read_provider
from auth.roles import Role
from auth.settings import GateSettings
from etl_batch.errors import ConfigError, SecretsExposed
from tests.helpers.gate import HOST, OPERATOR, GateHome

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
FORGED = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)


@dataclass
class Idp:
    """The provider's side: what it will say of whoever comes."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    asked: dict[str, str] = field(default_factory=dict)  #: with which the browser came
    is_down: bool = False

    def token(self, form: dict[str, list[str]]) -> dict[str, str]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=")
        assert challenge.decode() == self.asked["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "console",
            "sub": "u1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
        }
        return {
            "access_token": "a",
            "token_type": "Bearer",
            "id_token": jwt.encode(self.header, claims | self.claims, self.key),
        }


@pytest.fixture
def idp() -> Iterator[Idp]:
    state = Idp()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("openid-configuration"):
                ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                self._send({"issuer": state.url, **{name: f"{state.url}/{path}" for name, path in ends.items()}})
            else:
                self._send({"keys": [KEY.as_dict(private=False)]})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            self._send(state.token(form))

        def _send(self, answer: object) -> None:
            body = json.dumps(answer).encode()
            self.send_response(503 if state.is_down else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Scene:
    home: GateHome
    client: TestClient
    idp: Idp

    def go(self, path: str = "/oidc/start?next=/account") -> str:
        """As far as the provider; returns the state."""
        answer = self.client.get(path)
        assert answer.status_code == 303, answer.text
        self.idp.asked = {
            name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()
        }
        return self.idp.asked["state"]

    def come_back(self, state: str, client: TestClient | None = None, **query: str) -> httpx2.Response:
        return (client or self.client).get("/oidc/return", params={"state": state, "code": "c", **query})

    def users(self) -> dict[str, Role]:
        return {user.name: user.role for user in user_admin.list_users(self.home.accounts, OPERATOR)}


@pytest.fixture
def scene(tmp_path: Path, idp: Idp) -> Iterator[Scene]:
    home = GateHome(tmp_path / "home")
    home.clock.now = time.time()
    home.add("keeper")
    roles = {Role.SUPER_ADMIN: frozenset({"admins"}), Role.ANALYST: frozenset({"staff"})}
    provider = Provider(issuer=idp.url, client_id="console", client_secret="s", roles=roles)
    context = GateContext(store=home.accounts.store, settings=GateSettings(), clock=home.clock)
    pages = ProviderPages(context, home.accounts, provider, HOST)
    idp.claims = {"preferred_username": "grace", "groups": ["staff", "others"]}
    yield Scene(home, home.client(extra=list(pages.routes())), idp)
    home.accounts.store.close()


def test_a_user_of_the_provider_is_let_in_with_the_mapped_role(scene: Scene) -> None:
    answer = scene.come_back(scene.go())
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert scene.client.get("/account").status_code == 200
    assert scene.users()["grace"] is Role.ANALYST
    assert [entry["action"] for entry in scene.home.log()][-2:] == ["user_created", "sign_in"]


def test_the_role_follows_the_provider_and_ends_old_sessions(scene: Scene) -> None:
    scene.come_back(scene.go())
    before = scene.client.cookies["etl_session"]
    scene.idp.claims["groups"] = "admins"
    scene.come_back(scene.go())
    assert scene.users()["grace"] is Role.SUPER_ADMIN
    old = scene.home.client()
    old.cookies.set("etl_session", before)
    assert old.get("/account").status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"}, {"iss": "https://evil.example"}, {"nonce": "other"}, {"exp": 1}, {"azp": "another"},
        {"groups": []}, {"groups": None}, {"groups": {"admins": 1}}, {"preferred_username": "keeper"},
        {"preferred_username": "<b>x</b>"}, {"sub": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_believed_lets_nobody_in(scene: Scene, claims: dict[str, Any]) -> None:
    scene.idp.claims |= claims
    answer = scene.come_back(scene.go())
    assert answer.status_code == 403, answer.text
    assert "Traceback" not in answer.text
    assert scene.client.get("/account").status_code == 303
    assert scene.users() == {"keeper": Role.SUPER_ADMIN}
    assert (scene.home.log()[-1]["action"], scene.home.log()[-1]["outcome"]) == ("sign_in", "refused")


def test_a_token_signed_by_somebody_else(scene: Scene) -> None:
    scene.idp.key = FORGED
    assert scene.come_back(scene.go()).status_code == 403


def test_a_way_back_works_once_in_its_own_browser(scene: Scene) -> None:
    state = scene.go()
    stranger = scene.home.client(extra=[])
    assert scene.come_back("made up").status_code == 403
    assert scene.come_back(state).status_code == 303
    assert scene.come_back(state).status_code == 403
    assert stranger.get("/oidc/return", params={"state": scene.go(), "code": "c"}).status_code != 303
    late = scene.go()
    scene.home.clock.turn(601)
    assert scene.come_back(late).status_code == 403


def test_another_browser_cannot_finish_what_this_one_began(scene: Scene) -> None:
    state = scene.go()
    scene.client.cookies.clear()
    scene.client.get("/login")
    assert scene.come_back(state).status_code == 403


def test_a_disabled_user_stays_out(scene: Scene) -> None:
    scene.come_back(scene.go())
    user_admin.set_disabled(scene.home.accounts, OPERATOR, "grace", disabled=True)
    answer = scene.come_back(scene.go())
    assert (answer.status_code, "disabled" in answer.text) == (403, True)


def test_a_provider_that_is_down_is_an_answer_in_words(scene: Scene) -> None:
    scene.idp.is_down = True
    answer = scene.client.get("/oidc/start")
    assert (answer.status_code, "does not answer" in answer.text) == (403, True)


GOOD = 'issuer = "https://id.example.org"\nclient_id = "a"\nclient_secret = "b"\n[roles]\nanalyst = ["staff"]\n'


@pytest.mark.parametrize(
    "text",
    [
        "", "not toml", GOOD.replace("https", "http"), GOOD.replace("analyst", "root"),
        GOOD.replace('["staff"]', '"staff"'),
        GOOD.replace("client_id", "clientid"), GOOD.partition("[roles]")[0],
    ],
    ids=range(7),
)  # fmt: skip
def test_a_wrong_configuration_is_refused(tmp_path: Path, text: str) -> None:
    home = GateHome(tmp_path)
    assert read_provider(home.path) is None
    file = home.path / ".secrets" / FILE_NAME
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigError):
        read_provider(home.path)
    file.write_text(GOOD)
    found = read_provider(home.path)
    assert found is not None
    assert found.role_of({"groups": ["staff"]}) is Role.ANALYST
    file.chmod(0o644)
    with pytest.raises(SecretsExposed):
        read_provider(home.path)
