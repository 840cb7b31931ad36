"""Every role before every page, route and service action, with a session in every state that it can be in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg

from auth import session_store, user_admin
from auth.roles import Role
from auth.sessions import IDLE_SECONDS, LIFE_SECONDS, key_of
from etl_batch.errors import Forbidden
from etl_batch.permissions import Permission, may, permit
from etl_batch.values import Actor
from pages.registry import ALL_PAGES
from tests.helpers.gate import HOST, OPERATOR, GateHome

STREAM = "ws://127.0.0.1:8501/_stcore/stream"  # Starlette's client has no base address for websockets
STATES = ("live", "none", "expired", "too old", "revoked", "demoted", "disabled", "forged")
ROUTES: dict[str, Permission | None] = {
    **{f"/{entry.url_path}": entry.permission for entry in ALL_PAGES},
    "/reports/one.html": Permission.SEE_REPORTS,
    "/downloads/output/data.csv": Permission.DOWNLOAD_OUTPUTS,
    "/_stcore/metrics": Permission.SEE_SYSTEM,
    "/_stcore/upload_file/session/file": Permission.LAUNCH_JOBS,
    "/_stcore/host-config": None,
    "/media/picture.png": None,
    "/static/js/index.js": None,
    "/component/x/index.html": None,
}
#: what lies there, and is asked for as no run's; of a run: tests/unit/auth/test_run_downloads.py
OF_NO_RUN = {("/downloads/output/data.csv", method): Permission.LAUNCH_JOBS for method in ("GET", "HEAD")}
#: what the table of the product's documents says, written out: the code cannot prove itself
ALLOWED: dict[Role, set[Permission]] = {
    Role.SUPER_ADMIN: set(Permission),
    Role.ANALYST: {
        Permission.SEE_RUNS,
        Permission.SEE_REPORTS,
        Permission.SEE_RESULTS,
        Permission.DOWNLOAD_OUTPUTS,
        Permission.ESTIMATE,
        Permission.ASK_OUTPUTS,
        Permission.SEE_SYSTEM,
    },
    Role.AUDITOR: {Permission.READ_AUDIT_LOG, Permission.SEE_RUNS, Permission.SEE_JOBS},
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[GateHome]:
    made = GateHome(tmp_path / "home")
    (made.path / "report" / "one.html").write_text("<p>one</p>")
    (made.path / "output" / "data.csv").write_text("a\n1\n")
    made.add("keeper")
    yield made
    made.accounts.store.close()


def token_in(home: GateHome, role: Role, state: str) -> str | None:
    """A token of a user of the role, in the state."""
    name = f"the {role}"
    home.add(name, role)
    token = home.sign_in(name)
    if state == "expired":
        home.clock.turn(IDLE_SECONDS)
    elif state == "too old":
        live = session_store.find(home.accounts.store, key_of(token), home.clock())
        assert live is not None
        home.clock.turn(LIFE_SECONDS)
        session_store.touch(home.accounts.store, live, home.clock() - 1)
    elif state == "revoked":
        user_admin.end_sessions(home.accounts, OPERATOR, name)
    elif state == "demoted":
        other = Role.AUDITOR if role is not Role.AUDITOR else Role.ANALYST
        user_admin.change_role(home.accounts, OPERATOR, name, other)
    elif state == "disabled":
        user_admin.set_disabled(home.accounts, OPERATOR, name, disabled=True)
    elif state == "forged":
        return key_of(token)  # what is in the store opens nothing
    return None if state == "none" else token


def client_with(home: GateHome, token: str | None) -> TestClient:
    client = home.client()
    if token is not None:
        client.cookies.set("etl_session", token)
    return client


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", Role)
def test_over_http(home: GateHome, role: Role, state: str) -> None:
    client = client_with(home, token_in(home, role, state))
    for path, needed in ROUTES.items():
        for method in ("GET", "HEAD", "POST", "PUT"):
            answer = client.request(method, path)
            case = (path, method)
            asked = OF_NO_RUN.get(case, needed)
            if state != "live":
                assert answer.status_code in ({303, 401} if method in {"GET", "HEAD"} else {401}), case
                assert answer.headers.get("location", "/login").startswith("/login"), case
            elif asked is not None and asked not in ALLOWED[role]:
                assert answer.status_code == 403, case
            else:
                assert answer.status_code in {200, 405}, case
            if answer.status_code not in {200, 405}:
                assert '"inside"' not in answer.text, case


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", Role)
def test_over_a_websocket(home: GateHome, role: Role, state: str) -> None:
    client = client_with(home, token_in(home, role, state))
    if state == "live":
        with client.websocket_connect(STREAM) as socket:
            socket.send_bytes(click())
            assert socket.receive_bytes() == click()
    else:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
            pass


@pytest.mark.parametrize("path", ["/", "/_stcore/other", "/users", "/login"])
def test_there_is_one_websocket(home: GateHome, path: str) -> None:
    client = client_with(home, token_in(home, Role.SUPER_ADMIN, "live"))
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"ws://127.0.0.1:8501{path}"):
        pass


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://evil.example:8501"]
)
def test_no_other_site_opens_a_websocket(home: GateHome, origin: str) -> None:
    client = client_with(home, token_in(home, Role.SUPER_ADMIN, "live"))
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM, headers={"origin": origin}):
        pass
    with client.websocket_connect(STREAM, headers={"origin": HOST}):
        pass


def click(fragment: str = "") -> bytes:
    """What a browser sends for a click: a button's state, perhaps within a fragment."""
    message = BackMsg()
    state = message.rerun_script.widget_states.widgets.add()
    state.id, state.trigger_value = "launch", True
    message.rerun_script.page_script_hash = "page"
    message.rerun_script.fragment_id = fragment
    return bytes(message.SerializeToString())


def upload() -> bytes:
    return asks_for(file_urls_request={"request_id": "1"})


def asks_for(**kind: Any) -> bytes:  # noqa: ANN401 - whatever Streamlit has for it
    return bytes(BackMsg(**kind).SerializeToString())


def operation(kind: str) -> bytes:
    return asks_for(backend_operation_request={"request_id": "1", kind: {}})


#: by the names of Streamlit's kinds: what asks for it, and who may
MESSAGES: dict[str, tuple[bytes, set[Role]]] = {
    "rerun_script": (click(), set(Role)),
    "stop_script": (asks_for(stop_script=True), set(Role)),
    "backend_operation_request.deferred_file": (operation("deferred_file"), set(Role)),
    "backend_operation_request.dataframe_chunk": (operation("dataframe_chunk"), set(Role)),
    "file_urls_request": (upload(), {Role.SUPER_ADMIN}),
    "clear_cache": (asks_for(clear_cache=True), set()),
    "set_run_on_save": (asks_for(set_run_on_save=True), set()),
    "load_git_info": (asks_for(load_git_info=True), set()),
    "debug_disconnect_websocket": (asks_for(debug_disconnect_websocket=True), set()),
    "debug_shutdown_runtime": (asks_for(debug_shutdown_runtime=True), set()),
    "app_heartbeat": (asks_for(app_heartbeat=True), set()),
    "backend_operation_request.install_skills": (operation("install_skills"), set()),
    "backend_operation_request.dismiss_skills_nudge": (operation("dismiss_skills_nudge"), set()),
    "backend_operation_request.None": (asks_for(backend_operation_request={"request_id": "1"}), set()),
    "unreadable": (b"\xff\xff nonsense", set()),
}


def test_every_kind_of_message_that_streamlit_knows_is_decided_on() -> None:
    """If this fails after an upgrade, find out what the new kind does before anybody may send it."""
    kinds = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    operations = {field.name for field in BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields}
    known = (kinds - {"backend_operation_request"}) | {f"backend_operation_request.{name}" for name in operations}
    assert known == set(MESSAGES) - {"unreadable", "backend_operation_request.None"}


@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("role", Role)
def test_only_what_a_page_of_the_role_sends_is_heard_and_the_rest_is_written_down_once(
    home: GateHome, role: Role, kind: str
) -> None:
    message, allowed = MESSAGES[kind]
    with client_with(home, token_in(home, role, "live")).websocket_connect(STREAM) as socket:
        for _ in range(3):
            socket.send_bytes(message)
        socket.send_bytes(asks_for(rerun_script={"query_string": "the last"}))
        heard = [socket.receive_bytes()]
        while b"the last" not in heard[-1]:
            heard.append(socket.receive_bytes())
    assert heard[:-1] == ([message] * 3 if role in allowed else [])
    refused = [entry for entry in home.log() if entry["action"] == "access_denied"]
    expected = [] if role in allowed else [(f"the {role}", f"message {kind}", "refused")]
    assert [(entry["user"], entry["target"], entry["outcome"]) for entry in refused] == expected


def test_text_is_no_message(home: GateHome) -> None:
    with client_with(home, token_in(home, Role.ANALYST, "live")).websocket_connect(STREAM) as socket:
        socket.send_text("clear the cache")
        socket.send_bytes(click())
        assert socket.receive_bytes() == click()


ENDINGS: dict[str, Callable[[GateHome, str], object]] = {
    "expired": lambda home, _name: home.clock.turn(IDLE_SECONDS),
    "revoked": lambda home, name: user_admin.end_sessions(home.accounts, OPERATOR, name),
    "demoted": lambda home, name: user_admin.change_role(home.accounts, OPERATOR, name, Role.AUDITOR),
    "disabled": lambda home, name: user_admin.set_disabled(home.accounts, OPERATOR, name, disabled=True),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_click_gets_through_an_open_websocket_once_the_session_is_over(home: GateHome, ending: str) -> None:
    client = client_with(home, token_in(home, Role.SUPER_ADMIN, "live"))
    with client.websocket_connect(STREAM) as socket:
        socket.send_bytes(click("a fragment"))
        assert socket.receive_bytes() == click("a fragment")
        ENDINGS[ending](home, "the super_admin")
        for sent in (click(), click("a fragment"), upload(), b"\xff\xff nonsense"):
            socket.send_bytes(sent)
            heard = BackMsg()
            heard.ParseFromString(socket.receive_bytes())
            assert heard.WhichOneof("type") == "rerun_script"
            assert not heard.rerun_script.widget_states.widgets
            assert not heard.rerun_script.fragment_id


def test_a_page_that_refreshes_itself_keeps_no_session_alive(home: GateHome) -> None:
    token = token_in(home, Role.ANALYST, "live")
    client = client_with(home, token)
    polled = BackMsg()
    polled.rerun_script.is_auto_rerun = True
    with client.websocket_connect(STREAM) as socket:
        for message in (polled.SerializeToString(), click()):
            home.clock.turn(IDLE_SECONDS - 60)
            before = session_store.find(home.accounts.store, key_of(token or ""), home.clock())
            socket.send_bytes(message)
            socket.receive_bytes()
            after = session_store.find(home.accounts.store, key_of(token or ""), home.clock())
            if message == click():
                assert before is None
            else:
                assert before is not None
                assert after == before


def test_a_click_keeps_the_session_alive(home: GateHome) -> None:
    token = token_in(home, Role.ANALYST, "live")
    with client_with(home, token).websocket_connect(STREAM) as socket:
        for _ in range(3):
            home.clock.turn(IDLE_SECONDS - 60)
            socket.send_bytes(click())
            assert socket.receive_bytes() == click()


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", [*Role, "", "none", "admin"])
def test_called_directly(role: str, permission: Permission) -> None:
    allowed = role in set(Role) and permission in ALLOWED[Role(role)]
    assert may(role, permission) == allowed
    if not allowed:
        with pytest.raises(Forbidden):
            permit(Actor(name="x", os_user="x", role=role), permission)


def test_identity_comes_from_the_gate_alone(home: GateHome) -> None:
    token = token_in(home, Role.ANALYST, "live")
    client = client_with(home, token)
    claims = {
        "x-etl-session": "admin",
        "X_ETL_SESSION": "admin",
        "x-etl-address": "6.6.6.6",
        "x-etl-role": "super_admin",
    }
    seen = client.get("/account", headers=claims).json()["headers"]
    assert {name: value for name, value in seen.items() if "etl" in name.replace("_", "-") and name != "cookie"} == {
        "x-etl-session": key_of(token or ""),
        "x-etl-address": "192.0.2.9",
    }


def test_what_was_denied_is_written_down(home: GateHome) -> None:
    client_with(home, token_in(home, Role.ANALYST, "live")).get("/users")
    entry = home.log()[-1]
    assert (entry["action"], entry["user"], entry["target"], entry["outcome"], entry["ip"]) == (
        "access_denied", "the analyst", "/users", "refused", "192.0.2.9",
    )  # fmt: skip


def test_a_report_is_shown_without_any_power(home: GateHome) -> None:
    answer = client_with(home, token_in(home, Role.ANALYST, "live")).get("/reports/one.html")
    assert answer.text == "<p>one</p>"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert home.log()[-1]["action"] == "report_viewed"


def test_a_download_is_kept_and_never_shown(home: GateHome) -> None:
    answer = client_with(home, token_in(home, Role.SUPER_ADMIN, "live")).get("/downloads/output/data.csv")
    assert answer.content == b"a\n1\n"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (home.log()[-1]["action"], home.log()[-1]["target"]) == ("output_downloaded", "output/data.csv")


@pytest.mark.parametrize(
    "path",
    [
        "data/x.csv", ".secrets/pepper", "output/../.secrets/pepper", "output/%2e%2e/.secrets/pepper", "output/",
        "output",
        "output/.data.csv.part.1", "output/link.csv", "output/folder", "/etc/passwd", "output//etc/passwd",
        "output/a%00b",
        "output/missing.csv", "output/..%2f.secrets/pepper", "report/..%5c..%5c.secrets/pepper",
    ],
)  # fmt: skip
def test_nothing_else_is_handed_out(home: GateHome, path: str) -> None:
    (home.path / "data" / "x.csv").write_text("secret")
    (home.path / "output" / ".data.csv.part.1").write_text("secret")
    (home.path / "output" / "folder").mkdir()
    (home.path / "output" / "link.csv").symlink_to(home.path / ".secrets" / "pepper")
    client = client_with(home, token_in(home, Role.SUPER_ADMIN, "live"))
    before = len(home.log())
    answer = client.get(f"/downloads/{path}")
    assert answer.status_code == 404
    assert home.accounts.keys.pepper.hex() not in answer.text
    assert len(home.log()) == before


def test_a_download_that_cannot_be_written_down_is_not_sent(home: GateHome, monkeypatch: pytest.MonkeyPatch) -> None:
    from etl_batch.audit.log import AuditLog
    from etl_batch.errors import AuditUnavailable

    client = client_with(home, token_in(home, Role.SUPER_ADMIN, "live"))

    def full(*_: object) -> int:
        raise AuditUnavailable("the disk is full")

    monkeypatch.setattr(AuditLog, "record", full)
    for path in ("/downloads/output/data.csv", "/reports/one.html"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "E_AUDIT_UNAVAILABLE" in answer.text
