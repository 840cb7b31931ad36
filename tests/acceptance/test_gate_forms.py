"""Attacks on the forms of the gate: forged, replayed, redirected, fixed, oversized."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from starlette.testclient import TestClient

from auth import links, user_admin
from auth.settings import GateSettings
from tests.helpers.gate import HOST, OPERATOR, OTHER_PASSWORD, PASSWORD, GateHome, form_of, home_of_ada, post_login

PUBLIC = GateSettings(public_url="https://etl.example.org")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[GateHome]:
    with home_of_ada(tmp_path / "home") as made:
        yield made


def is_in(client: TestClient) -> bool:
    return client.get("/account").status_code == 200


def test_signing_in_leads_to_where_one_wanted_to_go(home: GateHome) -> None:
    client = home.client()
    asked = client.get("/run?id=job-1")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/login?next=%2Frun%3Fid%3Djob-1"
    fields = {**form_of(client.get(asked.headers["location"])), "username": "ada", "password": PASSWORD}
    answer = client.post("/login", data=fields, headers={"origin": HOST})
    assert (answer.status_code, answer.headers["location"]) == (303, "/run?id=job-1")
    assert is_in(client)
    assert client.get("/login").headers["location"] == "/"


@pytest.mark.parametrize("settings", [GateSettings(), PUBLIC], ids=["plain", "TLS"])
def test_cookie_flags(home: GateHome, settings: GateSettings) -> None:
    client = home.client(settings)
    for answer in (client.get("/login"), post_login(client)):
        cookies = answer.headers.get_list("set-cookie")
        assert cookies
        for cookie in cookies:
            parts = cookie.split("; ")
            assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
            assert ("Secure" in parts) == settings.is_https
            assert parts[0].startswith("__Host-") == settings.is_https
            assert "Domain" not in cookie


@pytest.mark.parametrize("path", ["/login", "/setup"])
@pytest.mark.parametrize("forgery", ["no field", "no cookie", "wrong field", "another browser's"])
def test_a_forged_form_is_refused(home: GateHome, path: str, forgery: str) -> None:
    client, other = home.client(), home.client()
    fields = {**form_of(client.get("/login")), "username": "ada", "password": PASSWORD, "again": PASSWORD}
    if forgery == "no field":
        del fields["csrf"]
    elif forgery == "wrong field":
        fields["csrf"] = "ä" * 64
    elif forgery == "another browser's":
        fields["csrf"] = form_of(other.get("/login"))["csrf"]
    else:
        client.cookies.clear()
    answer = client.post(path, data=fields, headers={"origin": HOST})
    assert answer.status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("path", ["/login", "/setup", "/logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1.evil.example:8501"}, {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)  # fmt: skip
def test_a_form_from_elsewhere_is_refused(home: GateHome, path: str, headers: dict[str, str]) -> None:
    client = home.client()
    fields = {**form_of(client.get("/login")), "username": "ada", "password": PASSWORD}
    post_login(client)
    answer = client.post(path, data=fields, headers=headers)
    assert answer.status_code == 403
    assert is_in(client)


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "/login?next=//evil.example"]
)
def test_no_open_redirect(home: GateHome, wanted: str) -> None:
    client = home.client()
    page = client.get("/login", params={"next": wanted})
    assert "evil" not in page.text
    fields = {**form_of(page), "next": wanted, "username": "ada", "password": PASSWORD}
    assert client.post("/login", data=fields, headers={"origin": HOST}).headers["location"] == "/"


def test_a_session_that_somebody_planted_is_not_taken_over(home: GateHome) -> None:
    client = home.client()
    client.cookies.set("etl_session", "planted-by-somebody-who-waits")
    answer = post_login(client)
    assert answer.status_code == 303
    assert "planted" not in answer.headers["set-cookie"]
    attacker = home.client()
    attacker.cookies.set("etl_session", "planted-by-somebody-who-waits")
    assert not is_in(attacker)


def test_every_sign_in_begins_another_session(home: GateHome) -> None:
    client = home.client()
    post_login(client)
    first = client.cookies["etl_session"]
    client.cookies.delete("etl_session")
    post_login(client)
    assert client.cookies["etl_session"] != first


def test_a_token_is_worth_nothing_after_signing_out(home: GateHome) -> None:
    client = home.client()
    post_login(client)
    token = client.cookies["etl_session"]
    answer = client.post("/logout", headers={"origin": HOST})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?notice=signed-out")
    assert "storage" in answer.headers["clear-site-data"]
    assert "etl_session" not in client.cookies
    replayed = home.client()
    replayed.cookies.set("etl_session", token)
    assert not is_in(replayed)


def test_a_link_alone_signs_nobody_out(home: GateHome) -> None:
    client = home.client()
    post_login(client)
    assert "Sign out?" in client.get("/logout").text
    assert is_in(client)


def test_known_unknown_disabled_and_locked_get_the_same_text(home: GateHome) -> None:
    for name in ("known", "disabled", "locked"):
        home.add(name)
    user_admin.set_disabled(home.accounts, OPERATOR, "disabled", disabled=True)
    texts = set()
    for name, password in (("known", "wrong"), ("unknown", "wrong"), ("disabled", PASSWORD), ("locked", PASSWORD)):
        client = home.client()
        for _ in range(5 if name == "locked" else 0):
            assert post_login(client, name, "wrong").status_code == 401
        answer = post_login(client, name, password)
        assert answer.status_code == (429 if name == "locked" else 401)
        assert answer.headers.get("retry-after") == ("15" if name == "locked" else None)
        texts.add(answer.text.replace(form_of(answer)["csrf"], "").replace(f'value="{name}"', ""))
        home.clock.turn(4000)
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"username=" + b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"username=%FF", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % number for number in range(40)), "application/x-www-form-urlencoded", 400),
        (b'{"username": "ada"}', "application/json", 415),
        (b"", "", 415),
    ],
)
def test_a_body_that_is_no_form_is_refused(home: GateHome, body: bytes, kind: str, status: int) -> None:
    assert home.client().post("/login", content=body, headers={"content-type": kind}).status_code == status


@pytest.mark.parametrize(
    "password",
    ["a NUL \x00 among the words here", "combining e\u0301 o\u0308 u\u0302 marks", "x7 " * 30 + "and more words"],
)
def test_odd_passwords_work_through_the_form(home: GateHome, password: str) -> None:
    home.add("odd", password=password)
    assert post_login(home.client(), "odd", password).status_code == 303


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "x" * 5000, "\x00", "ada\n", "'; DROP TABLE user; --"])
def test_hostile_names_are_shown_as_text_or_not_at_all(home: GateHome, name: str) -> None:
    answer = post_login(home.client(), name, "wrong")
    assert answer.status_code == 401
    assert "<script" not in answer.text


def test_pages_of_the_gate_allow_no_script_and_no_frame(home: GateHome) -> None:
    policy = home.client().get("/login").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in home.client().get("/login").text


def test_setting_up_from_the_link(tmp_path: Path) -> None:
    fresh = GateHome(tmp_path / "fresh")
    client = fresh.client()
    assert "not set up yet" in client.get("/login").text
    first = links.first_link(fresh.accounts)
    assert first is not None
    token = first.token
    page = client.get("/setup", params={"token": token})
    assert "first super_admin" in page.text
    fields = {**form_of(page), "username": "ada", "password": PASSWORD, "again": OTHER_PASSWORD}
    mismatch = client.post("/setup", data=fields, headers={"origin": HOST})
    assert (mismatch.status_code, "not the same" in mismatch.text) == (400, True)
    weak = client.post("/setup", data={**fields, "password": "x", "again": "x"}, headers={"origin": HOST})
    assert "15 is the least" in weak.text
    done = client.post("/setup", data={**fields, "again": PASSWORD}, headers={"origin": HOST})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert is_in(client)
    assert home_status(client, "/setup", token) == 404
    fresh.accounts.store.close()


def home_status(client: TestClient, path: str, token: str | None) -> int:
    return client.get(path, params={"token": token or ""}).status_code


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "etl.example.org"])
def test_other_names_of_the_host_are_not_answered(home: GateHome, host: str) -> None:
    """A page of evil.example whose name points here (DNS rebinding) gets nothing, not even the form."""
    assert home.client().get("/login", headers={"host": host}).status_code == 421


def test_an_unreadable_store_is_an_error_in_words(home: GateHome) -> None:
    home.accounts.store.close()
    (home.path / ".secrets" / "accounts.sqlite3").write_bytes(b"this is no database, whatever its name says" * 100)
    for suffix in ("-wal", "-shm"):
        (home.path / ".secrets" / f"accounts.sqlite3{suffix}").unlink(missing_ok=True)
    client = home.client()
    client.cookies.set("etl_session", "x")
    answer = client.get("/account")
    assert answer.status_code == 503
    assert "E_ACCOUNTS" in answer.text
    assert "Traceback" not in answer.text


def test_pages_are_answered_while_fifty_sign_in(home: GateHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of their passwords hang: nobody who is signed in waits for them, and in the end all are let in."""
    token, app = home.sign_in(), home.client().app
    begun, go_on = threading.Event(), threading.Event()
    matches = home.accounts.hasher.matches

    def hanging(password: str, stored: str | None) -> bool:
        begun.set()
        go_on.wait(120)
        return matches(password, stored)

    monkeypatch.setattr(home.accounts.hasher, "matches", hanging)
    entered: list[int] = []

    def browser(**more: Any) -> httpx2.AsyncClient:  # noqa: ANN401 - what httpx2 takes
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=HOST, timeout=120, **more)

    async def enter() -> None:
        async with browser() as client:
            fields = {**form_of(await client.get("/login")), "username": "ada", "password": PASSWORD}
            entered.append((await client.post("/login", data=fields, headers={"origin": HOST})).status_code)

    async def scene() -> None:
        async with anyio.create_task_group() as tasks, browser(cookies={"etl_session": token}) as visitor:
            for _ in range(50):
                tasks.start_soon(enter)
            await anyio.to_thread.run_sync(begun.wait, 60)
            try:
                for _ in range(20):
                    assert (await visitor.get("/account")).status_code == 200
                assert not entered
            finally:
                go_on.set()

    anyio.run(scene)
    assert entered == [303] * 50
