"""The gate around the real Streamlit: what it answers to strangers, and what we rely on in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from auth.identity import TRUSTED_USER_HEADERS
from auth.roles import Role
from pages.registry import present_pages
from tests.helpers.served import PROJECT, Served, serve
from tests.helpers.streamlit_page import SignedIn, end_session, page, sign_in

PATIENCE = 120  #: seconds, on a busy machine


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


def ask(served: Served, path: str, user: SignedIn | None = None, method: str = "GET") -> httpx2.Response:
    cookies = {"cookie": f"etl_session={user.token}"} if user else {}
    return httpx2.request(method, f"{served.url}{path}", headers=cookies, timeout=PATIENCE)


def open_socket(served: Served, user: SignedIn, **claims: str) -> ClientConnection:
    headers = {"cookie": f"etl_session={user.token}", "origin": served.url, **claims}
    return connect(
        f"ws://127.0.0.1:{served.port}/_stcore/stream", additional_headers=headers, subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None, open_timeout=PATIENCE, proxy=None,
    )  # fmt: skip


def run_page(socket: ClientConnection, page_hash: str = "") -> str:
    """Run a page as a browser does; returns all text of the messages until the script is over."""
    message = BackMsg()
    message.rerun_script.page_script_hash = page_hash
    socket.send(message.SerializeToString())
    seen = []
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(socket.recv(PATIENCE, decode=False))
        seen.append(str(answer))
        if answer.WhichOneof("type") == "script_finished":
            return "\n".join(seen)


STREAMLIT_PATHS = [
    "/_stcore/metrics", "/_stcore/host-config", "/_stcore/allowed-message-origins", "/_stcore/upload_file/a/b",
    "/_stcore/script-health-check", "/_stcore/bidi-components/x", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json",
    "/_stcore/stream", "/media/x.png", "/component/x/index.html", "/app/static/x", "/static/js/index.js", "/index.html",
    "/auth/login", "/auth/logout", "/oauth2callback", "/favicon.png",
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_streamlits_own_endpoints_answer_no_stranger(served: Served, method: str) -> None:
    for path in STREAMLIT_PATHS:
        answer = ask(served, path, method=method)
        assert answer.status_code in {401, 403, 404}, (method, path, answer.status_code)


def test_streamlits_own_sign_in_is_closed_for_everybody(served: Served) -> None:
    user = sign_in(served.home)
    for path in ("/auth/login", "/auth/logout", "/oauth2callback", "/_stcore/agent/mcp"):
        assert ask(served, path, user).status_code == 404


def test_health_is_for_everybody_and_metrics_are_not(served: Served) -> None:
    assert ask(served, "/_stcore/health").status_code == 200
    assert ask(served, "/_stcore/metrics", sign_in(served.home, Role.ANALYST)).status_code == 200
    assert ask(served, "/_stcore/metrics", sign_in(served.home, Role.AUDITOR)).status_code == 403


def test_pages_lead_strangers_to_the_sign_in_page_and_let_users_in(served: Served) -> None:
    assert ask(served, "/account").headers["location"] == "/login?next=%2Faccount"
    user = sign_in(served.home)
    answer = ask(served, "/account", user)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    end_session(user)
    assert ask(served, "/account", user).status_code == 303


def test_a_stranger_opens_no_websocket(served: Served) -> None:
    stranger = SignedIn(served.home, "eve", "super_admin", 0, "no token")
    for claims in ({}, {"x-etl-session": sign_in(served.home).key}):
        with pytest.raises(InvalidStatus) as refused, open_socket(served, stranger, **claims):
            pass
        assert refused.value.response.status_code == 403


def test_contract_trusted_headers_reach_the_page_and_claims_do_not(served: Served) -> None:
    """Streamlit's hidden option `server.trustedUserHeaders`: without it no page would know who is there.

    If this fails after an upgrade of Streamlit, do not release: see docs/adr/0013-the-gate.md.
    """
    admin, analyst = sign_in(served.home), sign_in(served.home, Role.ANALYST)
    with open_socket(served, analyst, **{"x-etl-session": admin.key, "X-Etl-Session": admin.key}) as socket:
        drawn = run_page(socket)
    assert "test analyst" in drawn.replace("\\", "")
    assert "test super" not in drawn.replace("\\", "")


def test_users_side_by_side_see_themselves_only(served: Served) -> None:
    """`python -m tests.bench.gate sockets` does the same with fifty for a minute."""
    users = [sign_in(served.home, list(Role)[number % 3], f"visitor number {number} end") for number in range(6)]

    def visit(user: SignedIn) -> None:
        with open_socket(served, user) as socket:
            for _ in range(3):
                drawn = run_page(socket).replace("\\", "")
                assert [other.name for other in users if other.name in drawn] == [user.name]
                assert "encountered an error" not in drawn

    with ThreadPoolExecutor(len(users)) as pool:
        for done in [pool.submit(visit, user) for user in users]:
            done.result()


def test_an_open_page_shows_only_the_way_in_once_its_session_is_over(served: Served) -> None:
    user = sign_in(served.home)
    with open_socket(served, user) as socket:
        assert "test super" in run_page(socket).replace("\\", "")
        end_session(user)
        drawn = run_page(socket)
    assert "your session has ended" in drawn
    assert "Password" not in drawn


def test_contract_of_the_settings() -> None:
    """What stands in .streamlit/config.toml is what the gate sets, and Streamlit knows the options."""
    import tomllib

    from streamlit import config

    given = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    assert given["server"]["trustedUserHeaders"] == TRUSTED_USER_HEADERS
    assert given["server"]["address"] == "127.0.0.1"
    assert given["client"]["showErrorDetails"] == "none"
    known = config.get_config_options()
    for section, options in given.items():
        for option in options:
            if section != "theme":
                assert f"{section}.{option}" in known, f"Streamlit no longer knows {section}.{option}"


PAGE_FILES = ["main.py", *(entry.file for entry in present_pages())]


@pytest.mark.parametrize("file", PAGE_FILES)
@pytest.mark.parametrize("visitor", ["a stranger", "a signed-out user", "a forger"])
def test_a_page_opened_cold_shows_nothing_to(
    visitor: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    user = sign_in(tmp_path)
    test = page(f"pages/{file}", None if visitor == "a stranger" else user)
    if visitor == "a signed-out user":
        end_session(user)
    if visitor == "a forger":
        test.user = {"session": user.token, "role": "super_admin", "name": user.name, "is_logged_in": True}
    test.run()
    assert not test.exception
    assert [one.value for one in test.error] == ["You are not signed in, or your session has ended."]
    assert [one.value for one in test.main.markdown] == ["[Sign in again](/login)"]
    for kind in ("title", "header", "dataframe", "button", "text_input", "selectbox", "code", "metric", "caption"):
        assert not test.get(kind), kind


@pytest.mark.parametrize("role", Role)
def test_the_router_runs_for_every_role(role: Role, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    test = page("app.py", sign_in(tmp_path, role)).run()
    assert not test.exception
    assert f"test {role}" in test.sidebar.markdown[0].value.replace("\\", "")
