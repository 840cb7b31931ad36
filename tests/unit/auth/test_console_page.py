"""The document at the address of each page."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.testclient import TestClient

from auth.console_page import console_pages, with_server
from pages.registry import permissions_by_path


def test_streamlits_document_learns_where_its_server_is_before_its_first_script() -> None:
    client = TestClient(Starlette(routes=console_pages(permissions_by_path())))
    for path in permissions_by_path():
        document = client.get(f"/{path}").text
        said_at = document.index("BACKEND_BASE_URL: window.location.origin")
        assert said_at < document.index('<script type="module"'), path
        assert document.count("<head>") == 1


def test_only_pages_are_answered() -> None:
    client = TestClient(Starlette(routes=console_pages(permissions_by_path())))
    assert client.get("/_stcore/health").status_code == 404
    assert client.get("/runs/more").status_code == 404
    assert client.post("/runs").status_code == 405


def test_the_rest_of_the_document_stays() -> None:
    before, after = "<html><head>", "<title>x</title></head><body><head></body></html>"
    assert with_server(before + after).startswith(before)
    assert with_server(before + after).endswith(after)
