"""Recovery codes: each stands for the authenticator app once, for one user, until it is void."""

from __future__ import annotations

import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import own_account, session_store, signing_in, user_admin
from auth.own_account import NewFactor
from auth.recovery import CODES, FEW, new_codes, read_code
from auth.sessions import Session, key_of
from auth.signing_in import Admitted, Attempt, Rejected
from auth.store import STORE_NAME, AccountStore
from auth.totp import new_secret
from etl_batch.__main__ import COMMANDS
from etl_batch.audit.log import AuditLog
from etl_batch.commands.command_table import run_command
from etl_batch.errors import AccountRefused, AuditUnavailable, PasswordRefused
from etl_batch.values import Actor
from tests.helpers.gate import OPERATOR, PASSWORD, GateHome, post_login


def tried(home: GateHome, code: str, password: str = PASSWORD, name: str = "ada") -> Admitted | Rejected:
    attempt = Attempt(name=name, password=password, code=code, address="192.0.2.1")
    return signing_in.sign_in(home.accounts, attempt)


def with_codes(home: GateHome, name: str = "ada") -> tuple[Actor, Session, tuple[str, ...]]:
    actor = home.add(name)
    session = session_store.find(home.accounts.store, key_of(home.sign_in(name)), home.clock())
    assert session is not None
    secret = new_secret()
    factor = NewFactor(secret, pyotp.TOTP(secret).at(int(home.clock())))
    return actor, session, own_account.turn_totp_on(home.accounts, session, actor, PASSWORD, factor)


def detail(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry["detail"].items() if name != "os_user"}


def left(home: GateHome, session: Session) -> int:
    return own_account.own_user(home.accounts, session).recovery_codes


def test_a_code_works_once_and_the_user_and_the_log_are_told_how_many_are_left(gate_home: GateHome) -> None:
    _, session, codes = with_codes(gate_home)
    assert len(set(codes)) == left(gate_home, session) == CODES
    admitted = tried(gate_home, codes[0].lower().replace("-", " "))
    assert isinstance(admitted, Admitted)
    assert admitted.recovery_codes_left == left(gate_home, session) == CODES - 1
    used, signed_in = gate_home.log()[-2:]
    assert (used["action"], used["user"], detail(used)) == ("recovery_code_used", "ada", {"left": CODES - 1})
    assert detail(signed_in) == {"how": "password, recovery code"}
    assert isinstance(tried(gate_home, codes[0]), Rejected)


def test_two_sign_ins_with_one_code_at_the_same_moment(gate_home: GateHome) -> None:
    codes = with_codes(gate_home)[2]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: tried(gate_home, codes[0]), range(4)))
    assert sum(isinstance(result, Admitted) for result in results) == 1


def test_a_wrong_password_uses_no_code_up(gate_home: GateHome) -> None:
    _, session, codes = with_codes(gate_home)
    assert isinstance(tried(gate_home, codes[0], password="wrong"), Rejected)
    assert left(gate_home, session) == CODES


def test_a_code_is_worth_nothing_for_another_user(gate_home: GateHome) -> None:
    with_codes(gate_home, "bob")
    codes = with_codes(gate_home)[2]
    assert isinstance(tried(gate_home, codes[0], name="bob"), Rejected)


def test_guessing_at_codes_is_slowed_down_like_guessing_at_passwords(gate_home: GateHome) -> None:
    codes = with_codes(gate_home)[2]
    for _ in range(5):
        assert tried(gate_home, new_codes()[0]) == Rejected(0)
    assert tried(gate_home, codes[0]) == Rejected(15)


def test_what_cannot_be_written_down_uses_no_code_up(gate_home: GateHome, monkeypatch: pytest.MonkeyPatch) -> None:
    _, session, codes = with_codes(gate_home)

    def full(_log: AuditLog, _actor: Actor, _event: object) -> int:
        raise AuditUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(AuditLog, "record", full)
        with pytest.raises(AuditUnavailable):
            tried(gate_home, codes[0])
        with pytest.raises(AuditUnavailable):
            user_admin.new_recovery_codes(gate_home.accounts, OPERATOR, "ada")
    assert left(gate_home, session) == CODES
    assert isinstance(tried(gate_home, codes[0]), Admitted)


def test_no_code_is_anywhere_on_disk(gate_home: GateHome) -> None:
    codes = with_codes(gate_home)[2]
    tried(gate_home, codes[0])
    wanted = [form.encode() for code in codes for form in (code, code.replace("-", ""))]
    for folder, _, files in os.walk(gate_home.path):
        for name in files:
            content = (Path(folder) / name).read_bytes()
            assert not [code for code in wanted if code in content], name


def test_new_codes_void_the_old_ones(gate_home: GateHome) -> None:
    actor, session, codes = with_codes(gate_home)
    tried(gate_home, codes[0])
    with pytest.raises(PasswordRefused):
        own_account.new_recovery_codes(gate_home.accounts, session, actor, "wrong")
    mine = own_account.new_recovery_codes(gate_home.accounts, session, actor, PASSWORD)
    assert detail(gate_home.log()[-1]) == {"made": CODES, "voided": CODES - 1}
    given_to_me = user_admin.new_recovery_codes(gate_home.accounts, OPERATOR, "ada")
    assert (gate_home.log()[-1]["action"], gate_home.log()[-1]["target"]) == ("recovery_codes_made", "ada")
    assert isinstance(tried(gate_home, codes[1]), Rejected)
    assert isinstance(tried(gate_home, mine[0]), Rejected)
    assert isinstance(tried(gate_home, given_to_me[0]), Admitted)


def test_the_command_prints_new_codes(gate_home: GateHome, capsys: pytest.CaptureFixture[str]) -> None:
    codes = with_codes(gate_home)[2]
    run_command(COMMANDS, ["user", "recovery-codes", "ada", "--home", str(gate_home.path), "--json"])
    printed = json.loads(capsys.readouterr().out)["recovery_codes"]
    run_command(COMMANDS, ["user", "list", "--home", str(gate_home.path), "--json"])
    assert [user["recovery_codes"] for user in json.loads(capsys.readouterr().out)] == [CODES]
    assert isinstance(tried(gate_home, codes[0]), Rejected)
    assert isinstance(tried(gate_home, printed[0]), Admitted)


@pytest.mark.parametrize("by", ["the user", "a reset"])
def test_codes_go_with_the_second_factor(gate_home: GateHome, by: str) -> None:
    actor, session, codes = with_codes(gate_home)
    if by == "the user":
        own_account.turn_totp_off(gate_home.accounts, session, actor, PASSWORD)
    else:
        gate_home.add("keeper")
        user_admin.reset_user(gate_home.accounts, OPERATOR, "ada", PASSWORD)
    assert left(gate_home, session) == 0
    with pytest.raises(AccountRefused, match="without one-time codes"):
        user_admin.new_recovery_codes(gate_home.accounts, OPERATOR, "ada")
    gate_home.sign_in(code=codes[0])  # asked for the password only
    assert detail(gate_home.log()[-1]) == {"how": "password"}


def test_the_sign_in_page_tells_how_many_are_left_and_leads_on(gate_home: GateHome) -> None:
    codes = with_codes(gate_home)[2]
    shown = {}
    for number, code in enumerate(codes, 1):
        client = gate_home.client()
        answer = post_login(client, code=code, next="/account")
        assert answer.status_code == 200
        assert 'href="/account"' in answer.text
        assert client.get("/account").json()["inside"]
        shown[CODES - number] = answer.text
    assert f"{CODES - 1} codes are left.<" in shown[CODES - 1]
    assert "1 code is left. Make new ones on the Account page." in shown[1]
    assert "It was the last one. Make new ones" in shown[0]
    assert all(("Make new ones" in text) == (count <= FEW) for count, text in shown.items())


def test_accounts_of_the_version_before_sign_in_and_get_codes(gate_home: GateHome) -> None:
    """Their store has no table of codes; a user with one-time codes has none of these until they make some."""
    actor = gate_home.add()
    secret = new_secret()
    old = gate_home.path / ".secrets" / STORE_NAME
    with gate_home.accounts.store.reading() as tx:
        row = tx.one("find_user", name_key="ada")
        assert row is not None
    gate_home.accounts.store.close()
    for part in old.parent.glob(f"{STORE_NAME}*"):
        part.unlink()
    old.touch(0o600)
    connection = sqlite3.connect(old)
    connection.executescript((resources.files("auth") / "migrations" / "0001_accounts.sql").read_text())
    connection.execute(
        "INSERT INTO user (name, name_key, role, password_hash, totp_secret, created_at) VALUES (?, ?, ?, ?, ?, 0)",
        ("ada", "ada", "super_admin", row["password_hash"], gate_home.accounts.keys.seal(secret)),
    )
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    again = GateHome(gate_home.path, gate_home.clock)
    assert isinstance(again.accounts.store, AccountStore)
    token = again.sign_in(code=pyotp.TOTP(secret).at(int(again.clock())))
    session = session_store.find(again.accounts.store, key_of(token), again.clock())
    assert session is not None
    assert left(again, session) == 0
    codes = own_account.new_recovery_codes(again.accounts, session, actor, PASSWORD)
    assert isinstance(tried(again, codes[0]), Admitted)
    again.accounts.store.close()


@given(at=st.integers(0, CODES - 1), blanks=st.lists(st.integers(0, 18), max_size=6), is_lower=st.booleans())
def test_a_code_is_read_however_it_is_typed(at: int, blanks: list[int], *, is_lower: bool) -> None:
    code = new_codes()[at]
    typed = code.lower() if is_lower else code
    for place in blanks:
        typed = typed[:place] + " " + typed[place:]
    assert read_code(typed) == code.replace("-", "")
    assert read_code(typed.replace("0", "o").replace("1", "l")) == code.replace("-", "")


@given(st.text(max_size=80))
def test_anything_else_is_no_code(typed: str) -> None:
    found = read_code(typed)
    assert found is None or (len(found) == 16 and found.isascii() and found.isalnum() and found == found.upper())
