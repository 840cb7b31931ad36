"""Files that pages make: each goes to the session that made it, and that it was fetched is written down once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from auth import media
from auth.gate import Gate, GateContext
from auth.identity import SESSION_KEY
from auth.media import MediaGuard, file_of, watched
from auth.roles import Role
from auth.sessions import key_of
from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import record_read
from etl_batch.errors import AuditUnavailable
from etl_batch.values import Actor
from tests.helpers.gate import HOST, GateHome


class Console:
    """Streamlit's own manager of files behind the gate, and pages that make files in it."""

    def __init__(self, home: GateHome, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.storage = MemoryMediaFileStorage("/media")
        self.manager = MediaFileManager(self.storage)
        self._patch = monkeypatch
        monkeypatch.setattr("auth.media.runtime.exists", lambda: True)
        monkeypatch.setattr("auth.media.runtime.get_instance", lambda: SimpleNamespace(media_file_mgr=self.manager))
        watched(self.manager)

    def client(self, token: str) -> TestClient:
        context = GateContext(store=self.home.accounts.store, clock=self.home.clock)
        app = Starlette(
            routes=[Route("/media/{file_id}", self._file, methods=["GET", "HEAD"])],
            middleware=[Middleware(Gate, context=context), Middleware(MediaGuard, context=context)],
        )
        return TestClient(app, base_url=HOST, cookies={"etl_session": token})

    def run_page(self, token: str | None) -> None:
        """What is made from here on is made by a page of this session; None: by no page."""
        found = None if token is None else SimpleNamespace(user_info={SESSION_KEY: key_of(token)}, session_id="s")
        self._patch.setattr(media, "get_script_run_ctx", lambda **_: found)

    def pressed(self, content: bytes | Callable[[], bytes], name: str = "table.csv") -> str:
        """A download button's file: drawn by the page, made when the button is pressed, outside of any page."""
        placeholder = self.manager.add_deferred(
            lambda: content() if callable(content) else content, None, "1", file_name=name
        )
        self.run_page(None)
        return self.manager.execute_deferred(placeholder)

    async def _file(self, request: Request) -> Response:
        return PlainTextResponse(self.storage.get_file(request.path_params["file_id"]).content)


@pytest.fixture
def console(gate_home: GateHome, monkeypatch: pytest.MonkeyPatch) -> Console:
    for name, role in (("ada", Role.SUPER_ADMIN), ("ana", Role.ANALYST), ("otto", Role.AUDITOR)):
        gate_home.add(name, role)
    return Console(gate_home, monkeypatch)


def downloads(home: GateHome) -> list[tuple[str, str]]:
    return [(entry["user"], entry["target"]) for entry in home.log() if entry["action"] == "file_downloaded"]


def test_a_file_goes_to_the_session_that_made_it_and_to_no_other(console: Console) -> None:
    home = console.home
    mine, other, auditor = (home.sign_in(name) for name in ("ana", "ana", "otto"))
    console.run_page(mine)
    address = console.pressed(b"a\n1\n")
    assert console.client(mine).get(address).content == b"a\n1\n"
    for stranger in (other, auditor, home.sign_in("ada")):
        assert console.client(stranger).get(address).status_code == 404
    assert console.client("no token").get(address).status_code == 401
    denied = [(entry["user"], entry["target"]) for entry in home.log() if entry["action"] == "access_denied"]
    assert denied == [("ana", address), ("otto", address), ("ada", address)]


def test_what_two_sessions_made_alike_goes_to_both(console: Console) -> None:
    tokens = [console.home.sign_in(name) for name in ("ana", "ada")]
    addresses = set()
    for token in tokens:
        console.run_page(token)
        addresses.add(console.pressed(b"the same"))
    assert len(addresses) == 1
    assert [console.client(token).get(addresses.copy().pop()).status_code for token in tokens] == [200, 200]
    assert downloads(console.home) == [("ana", "table.csv"), ("ada", "table.csv")]


def test_fetching_is_written_down_once(console: Console) -> None:
    token = console.home.sign_in("ana")
    console.run_page(token)
    address = console.pressed(b"a\n1\n")
    client = console.client(token)
    client.head(address)
    assert downloads(console.home) == []
    for _ in range(3):
        assert client.get(address).status_code == 200
    assert downloads(console.home) == [("ana", "table.csv")]


def test_what_was_written_down_when_it_was_made_is_not_written_down_twice(console: Console) -> None:
    token = console.home.sign_in("ana")

    def report() -> bytes:
        actor = Actor(name="ana", os_user="test", role="analyst", session=key_of(token))
        record_read(console.home.path, actor, Event(action=Action.REPORT_DOWNLOADED, target="report/x.html"))
        return b"<p>report</p>"

    for _ in range(2):
        console.run_page(token)
        assert console.client(token).get(console.pressed(report, "x.html")).status_code == 200
    assert downloads(console.home) == []
    assert [entry["action"] for entry in console.home.log()].count("report_downloaded") == 1


def test_a_part_of_a_page_is_not_written_down(console: Console) -> None:
    token = console.home.sign_in("ana")
    console.run_page(token)
    icon = console.manager.add(b"<svg/>", "image/svg+xml", "icon")
    kept = console.manager.add(b"kept", "text/plain", "2", file_name="kept.txt", is_for_static_download=True)
    assert [console.client(token).get(address).status_code for address in (icon, kept)] == [200, 200]
    assert downloads(console.home) == [("ana", "kept.txt")]


def test_what_no_page_made_and_what_is_not_there_is_nobodys(console: Console) -> None:
    token = console.home.sign_in("ada")
    console.run_page(None)
    for address in (console.manager.add(b"x", "text/plain", "1"), "/media/none.csv", "/media/", "/media/a/b"):
        assert console.client(token).get(address).status_code == 404


def test_what_cannot_be_written_down_is_not_handed_out(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    token = console.home.sign_in("ana")
    console.run_page(token)
    address = console.pressed(b"a\n1\n")

    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    monkeypatch.setattr(AuditLog, "record", full)
    answer = console.client(token).get(address)
    assert answer.status_code == 503
    assert "E_AUDIT_UNAVAILABLE" in answer.text


def test_a_page_draws_many_files_and_the_oldest_are_forgotten(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "_MOST_FILES", 3)
    token = console.home.sign_in("ana")
    console.run_page(token)
    addresses = [console.manager.add(b"%d" % number, "text/plain", "1") for number in range(5)]
    answers = [console.client(token).get(address).status_code for address in addresses]
    assert answers == [404, 404, 200, 200, 200]


def test_contract_streamlit_finds_a_file_by_what_we_compare(tmp_path: Path) -> None:
    """If this fails after an upgrade of Streamlit, do not release: see docs/adr/0013-the-gate.md."""
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    address = manager.add(b"x", "text/csv", "1", file_name=str(tmp_path))
    assert storage.get_file(address.removeprefix("/media/")).content == b"x"
    assert file_of(address) in storage._files_by_id
    assert file_of(f"{address}.csv") not in storage._files_by_id
