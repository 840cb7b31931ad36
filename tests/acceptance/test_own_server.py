"""What uvicorn would do unasked: believe a client on this machine, and say in every answer what it is.

These are contracts with Streamlit and uvicorn: if one fails after an upgrade, do not release; see auth/own_server.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from websockets.exceptions import InvalidStatus

from auth import own_server
from tests.acceptance.test_gate_served import open_socket
from tests.helpers.gate import form_of
from tests.helpers.served import PROJECT, Command, Served, by_itself, by_streamlit, by_uvicorn, serve
from tests.helpers.streamlit_page import sign_in

FORGED = {
    "ip": {"x-forwarded-for": "6.6.6.6"},
    "ip:port": {"x-forwarded-for": "6.6.6.6:4000"},
    "[ip]:port": {"x-forwarded-for": "[2001:db8::6]:4000"},
    "two": {"x-forwarded-for": "7.7.7.7:1, 6.6.6.6:2"},
    "proto": {"x-forwarded-proto": "https"},
    "forwarded": {"forwarded": "for=6.6.6.6;proto=https"},
    "real ip": {"x-real-ip": "6.6.6.6"},
}
PATIENCE = 120  #: seconds, on a busy machine


def last_address(served: Served) -> str:
    return str(json.loads((served.home / ".secrets" / "etl_audit.log").read_text().splitlines()[-1])["ip"])


def try_to_sign_in(served: Served, headers: dict[str, str], name: str) -> httpx2.Response:
    """A wrong password, with a form that was asked for without the headers."""
    with httpx2.Client(base_url=served.url, timeout=PATIENCE) as client:
        fields = {**form_of(client.get("/login")), "username": name, "password": "not the password"}
        return client.post("/login", data=fields, headers={**headers, "origin": served.url})


@pytest.fixture(scope="module", params=[by_streamlit, by_itself], ids=["streamlit run app.py", "python app.py"])
def ours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    command: Command = request.param
    with serve(tmp_path_factory.mktemp("ours"), command=command) as running:
        sign_in(running.home)
        yield running


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("foreign"), command=by_uvicorn) as running:
        sign_in(running.home)
        yield running


def test_a_client_on_this_machine_is_taken_for_no_proxy(ours: Served) -> None:
    for number, headers in enumerate(FORGED.values()):
        answer = try_to_sign_in(ours, headers, f"name {number}")
        assert answer.status_code in {401, 429}, headers
        assert last_address(ours) == "127.0.0.1", headers
    assert answer.status_code == 429, "one address, however many it claims to be"


def test_under_a_server_of_somebody_else_it_is_refused(foreign: Served) -> None:
    assert try_to_sign_in(foreign, {}, "plain").status_code == 401
    user = sign_in(foreign.home)
    for headers in FORGED.values():
        answer = try_to_sign_in(foreign, headers, "forger")
        assert (answer.status_code, "ETL_TRUSTED_PROXIES" in answer.text) == (403, True), headers
        with pytest.raises(InvalidStatus) as refused, open_socket(foreign, user, **headers):
            pass
        assert refused.value.response.status_code == 403
    with open_socket(foreign, user):
        pass
    assert "server" not in httpx2.get(f"{foreign.url}/login").headers


@pytest.mark.parametrize("command", [by_streamlit, by_uvicorn], ids=["streamlit run app.py", "uvicorn app:app"])
def test_a_trusted_proxy_is_believed_and_no_further(command: Command, tmp_path: Path) -> None:
    with serve(tmp_path, {"ETL_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"}, command) as served:
        sign_in(served.home)
        for forwarded in ("6.6.6.6:4000", "7.7.7.7, 6.6.6.6", "6.6.6.6, 10.1.2.3:55"):
            assert try_to_sign_in(served, {"x-forwarded-for": forwarded}, "name").status_code == 401
            assert last_address(served) == "6.6.6.6", forwarded


def test_make_serve_is_one_of_them() -> None:
    recipe = (PROJECT / "Makefile").read_text().partition("\nserve:")[2].splitlines()[1]
    assert recipe.strip() == "@$(IN_VENV) -m streamlit run app.py"
    assert by_streamlit(1)[1:5] == ["-m", "streamlit", "run", "app.py"]


def test_contract_of_uvicorn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it loads the application it can still be told: its middleware is looked up, its headers are read, later."""
    (tmp_path / "late_app.py").write_text(
        "from auth.own_server import keep_to_itself\n"
        "keep_to_itself(lambda: True)\n"
        "async def app(scope, receive, send):\n"
        "    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("uvicorn.config.ProxyHeadersMiddleware", ProxyHeadersMiddleware)
    kept = uvicorn.config.Config.__dict__.get("encoded_headers")
    if kept is not None:
        monkeypatch.delattr(uvicorn.config.Config, "encoded_headers")
    try:
        config = uvicorn.Config("late_app:app", log_config=None)
        config.load()
        assert isinstance(config.loaded_app, own_server._KeptPeer), "it asks nobody else for the address"
        assert b"server" not in dict(config.encoded_headers)
        assert config.server_header, "as Streamlit leaves it"
    finally:
        if kept is None:
            delattr(uvicorn.config.Config, "encoded_headers")
        sys.modules.pop("late_app", None)
