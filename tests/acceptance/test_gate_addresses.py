"""Where requests come from, and what that decides, with a server of somebody else around the gate."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from auth.settings import GateSettings
from tests.helpers.gate import GateHome, home_of_ada, post_login

STREAM = "ws://127.0.0.1:8501/_stcore/stream"
BEHIND_A_PROXY = GateSettings(trusted_proxies=(ipaddress.ip_network("192.0.2.9"),))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[GateHome]:
    with home_of_ada(tmp_path / "home") as made:
        yield made


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Proto", "x_forwarded_for", "Forwarded", "X-Real-IP"])
def test_nobody_forwards_without_being_trusted(home: GateHome, name: str) -> None:
    client = home.client()
    client.cookies.set("etl_session", home.sign_in())
    for path in ("/account", "/login", "/_stcore/health", "/static/js/index.js"):
        assert client.get(path, headers={name: "6.6.6.6"}).status_code == 403, path
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM, headers={name: "6.6.6.6"}):
        pass
    assert client.get("/account").status_code == 200


def test_a_trusted_proxy_forwards_and_its_word_goes_no_further(home: GateHome) -> None:
    client = home.client(BEHIND_A_PROXY)
    said = {"x-forwarded-for": "9.9.9.9, 6.6.6.6:4000", "x-forwarded-proto": "https"}
    assert post_login(client, headers=said).status_code == 303
    assert home.log()[-1]["ip"] == "6.6.6.6"
    inside = client.get("/account", headers=said).json()["headers"]
    assert inside["x-etl-address"] == "6.6.6.6"
    assert not [name for name in inside if "forward" in name]
    with client.websocket_connect(STREAM, headers=said):
        pass
