"""The table of headers in SECURITY.md, row by row, against the running console: neither changes without the other."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from auth import answers, user_admin
from auth.opening import accounts_of
from auth.roles import Role
from tests.acceptance.test_gate_served import PATIENCE, open_socket
from tests.helpers.gate import OPERATOR, PASSWORD, form_of
from tests.helpers.served import PROJECT, Served, serve
from tests.helpers.streamlit_page import SignedIn, sign_in

FORM = "application/x-www-form-urlencoded"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Scene:
    """The running console, and who asks."""

    served: Served
    admin: SignedIn
    auditor: SignedIn

    def ask(self, method: str, path: str, user: SignedIn | None = None, **more: object) -> tuple[int, Headers]:
        sent: dict[str, str] = dict(more.pop("headers", {}))  # type: ignore[call-overload]
        if user is not None:
            sent["cookie"] = f"etl_session={user.token}"
        answer = httpx2.request(method, f"{self.served.url}{path}", headers=sent, timeout=PATIENCE, **more)  # type: ignore[arg-type]
        return answer.status_code, answer.headers.multi_items()

    def post_login(self, name: str = "nobody", password: str = "wrong") -> tuple[int, Headers]:
        """Each name from an address of its own, so that no case makes another wait."""
        forwarded = {"x-forwarded-for": f"198.51.100.{len(name)}"}
        with httpx2.Client(base_url=self.served.url, timeout=PATIENCE) as client:
            fields = {**form_of(client.get("/login")), "username": name, "password": password}
            answer = client.post("/login", data=fields, headers={"origin": self.served.url, **forwarded})
        return answer.status_code, answer.headers.multi_items()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("headers")
    with serve(home, {"ETL_TRUSTED_PROXIES": "127.0.0.1"}) as served:
        (home / "report" / "one.html").write_text("<p>one</p>")
        (home / "output" / "data.csv").write_text("a\n1\n")
        user_admin.create_user(accounts_of(home), OPERATOR, "ada", Role.SUPER_ADMIN, PASSWORD)
        yield Scene(served, sign_in(home), sign_in(home, Role.AUDITOR))


def static_file(scene: Scene) -> tuple[int, Headers]:
    cookie = {"cookie": f"etl_session={scene.admin.token}"}
    page = httpx2.get(f"{scene.served.url}/account", headers=cookie, timeout=PATIENCE).text
    return scene.ask("GET", re.findall(r'src="\.?(/static/[^"]+)"', page)[0], scene.admin)


def media(scene: Scene) -> tuple[int, Headers]:
    """What a page made to be downloaded: an export of the audit log."""
    with open_socket(scene.served, scene.admin) as opened:
        pages, _ = run_and_read(opened, "")
        _, drawn = run_and_read(opened, pages["audit-log"])
        asked = BackMsg()
        asked.backend_operation_request.request_id = "1"
        asked.backend_operation_request.session_id = re.findall(r'session_id: "([^"]+)"', drawn)[0]
        file = re.findall(r'deferred_file_id: "([^"]+)"', drawn)[0]
        asked.backend_operation_request.deferred_file.file_id = file
        opened.send(asked.SerializeToString())
        while not (url := next_message(opened).backend_operation_response.deferred_file.url):
            pass
        return scene.ask("GET", url, scene.admin)


def run_and_read(opened: ClientConnection, page_hash: str) -> tuple[Mapping[str, str], str]:
    """Run a page; returns the hashes of all pages, and the text of its messages."""
    asked, seen = BackMsg(), ""
    pages: dict[str, str] = {}
    asked.rerun_script.page_script_hash = page_hash
    opened.send(asked.SerializeToString())
    while True:
        message = next_message(opened)
        seen += str(message)
        pages |= {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        if message.WhichOneof("type") == "script_finished":
            return pages, seen


def next_message(opened: ClientConnection) -> ForwardMsg:
    message = ForwardMsg()
    message.ParseFromString(opened.recv(PATIENCE, decode=False))
    return message


def handshake(scene: Scene) -> tuple[int, Headers]:
    with open_socket(scene.served, scene.admin) as opened:
        assert opened.response is not None
        return opened.response.status_code, list(opened.response.headers.raw_items())


def refused_handshake(scene: Scene) -> tuple[int, Headers]:
    stranger = SignedIn(scene.served.home, "eve", "super_admin", 0, "no token")
    with pytest.raises(InvalidStatus) as refused, open_socket(scene.served, stranger):
        pass
    return refused.value.response.status_code, list(refused.value.response.headers.raw_items())


def raw_answer(scene: Scene, sent: bytes) -> tuple[int, Headers]:
    """What comes back until the console closes the connection; we leave it open."""
    with socket.create_connection(("127.0.0.1", scene.served.port), PATIENCE) as raw:
        raw.sendall(sent)
        head = b""
        while piece := raw.recv(4096):
            head += piece
    first, *lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(first.split()[1]), [(name, value) for name, _, value in (line.partition(": ") for line in lines)]


def no_http(scene: Scene) -> tuple[int, Headers]:
    return raw_answer(scene, b"nonsense\r\n\r\n")


def unfinished_form(scene: Scene) -> tuple[int, Headers]:
    """F: it stayed open for ever."""
    host = scene.served.url.removeprefix("http://")
    head = f"POST /login HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\na=b"
    return raw_answer(scene, head.encode())


def too_often(scene: Scene) -> tuple[int, Headers]:
    for _ in range(6):
        answer = scene.post_login("too often")
    return answer


def no_log(scene: Scene) -> tuple[int, Headers]:
    """What cannot be written down is not done."""
    log = scene.served.home / ".secrets" / "etl_audit.log"
    aside = log.rename(log.with_name("aside"))
    log.mkdir()
    try:
        return scene.post_login()
    finally:
        log.rmdir()
        aside.rename(log)


def sign_out(scene: Scene) -> tuple[int, Headers]:
    leaver = sign_in(scene.served.home, Role.ANALYST)
    return scene.ask("POST", "/logout", leaver, headers={"origin": scene.served.url})


def ask(method: str, path: str, who: str = "", **more: object) -> Callable[[Scene], tuple[int, Headers]]:
    return lambda scene: scene.ask(method, path, getattr(scene, who) if who else None, **more)


CASES: Mapping[str, Callable[[Scene], tuple[int, Headers]]] = {
    "the sign-in page": ask("GET", "/login"),
    "signed in": partial(Scene.post_login, name="ada", password=PASSWORD),
    "signed out": sign_out,
    "the way to the sign-in page": ask("GET", "/account"),
    "a page": ask("GET", "/account", "admin"),
    "a page that is not there": ask("GET", "/no-such-page", "admin"),
    "the way to a page, without a slash": ask("GET", "/account/", "admin"),
    "a static file": static_file,
    "what a page made, from /media": media,
    "a report": ask("GET", "/reports/one.html", "admin"),
    "a download": ask("GET", "/downloads/output/data.csv", "admin"),
    "metrics": ask("GET", "/_stcore/metrics", "admin"),
    "health": ask("GET", "/_stcore/health"),
    "a websocket": handshake,
    "a websocket that is refused": refused_handshake,
    "a form that is none": ask("POST", "/login", content=b"username=%FF", headers={"content-type": FORM}),
    "a part of a page, without a session": ask("GET", "/_stcore/metrics"),
    "not for this role": ask("GET", "/_stcore/metrics", "auditor"),
    "a forged form": ask("POST", "/login", content=b"", headers={"content-type": FORM}),
    "a closed path": ask("GET", "/auth/login"),
    "a file that is not there": ask("GET", "/downloads/output/none.csv", "admin"),
    "another method": ask("DELETE", "/login"),
    "a form that does not come whole": unfinished_form,
    "a form too large": ask("POST", "/login", content=b"a" * 70_000, headers={"content-type": FORM}),
    "a form of another kind": ask("POST", "/login", json={}),
    "another host name": ask("GET", "/login", headers={"host": "evil.example"}),
    "no HTTP at all": no_http,
    "the console cannot do that now": no_log,
    "not signed in": Scene.post_login,
    "too many tries": too_often,
}


def rows(title: str) -> list[list[str]]:
    """The cells of the first table beneath a heading of SECURITY.md, without their marks of code."""
    section = (PROJECT / "SECURITY.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split(" | ")] for line in lines[2:]]


HEADERS, POLICIES = "Headers of every kind of answer", "The policies of that table"
ROWS = {row[0]: row[1:] for row in rows(HEADERS)}
POLICY_NAMES = {policy: name for name, policy in rows(POLICIES)}


def test_the_table_has_every_case_and_no_other() -> None:
    assert list(ROWS) == list(CASES)


@pytest.mark.parametrize("case", CASES)
def test_the_running_console_answers_as_the_table_says(scene: Scene, case: str) -> None:
    status, headers = CASES[case](scene)
    found = {name.lower(): value for name, value in headers}
    policy = re.sub(r"'sha256-[^']+'", "'sha256-...'", found.get("content-security-policy", "none"))
    cookies = sorted(value.partition("=")[0] for name, value in headers if name.lower() == "set-cookie")
    assert ROWS[case] == [
        str(status), found.get("server", "none"), POLICY_NAMES.get(policy, policy),
        found.get("cache-control", "none"), ", ".join(cookies) or "none",
    ]  # fmt: skip
    for name, value in headers:
        if name.lower() == "set-cookie" and value.startswith("etl_"):
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(value.split("; "))


def test_the_policies_are_those_of_the_code() -> None:
    assert POLICY_NAMES[answers.CONSOLE_POLICY] == "console"
    assert POLICY_NAMES[answers.REPORT_POLICY] == "report"
    assert POLICY_NAMES[answers.BARE_POLICY] == "bare"
