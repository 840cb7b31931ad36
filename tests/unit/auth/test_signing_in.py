"""Signing in and out: who is let in, who is kept waiting, and what is written down."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bcrypt
import pyotp
import pytest

from auth import own_account, session_store, signing_in, user_admin
from auth.own_account import NewFactor
from auth.sessions import IDLE_SECONDS, LIFE_SECONDS, Session, key_of
from auth.signing_in import Admitted, Attempt, Rejected
from auth.totp import new_secret
from etl_batch.audit.log import AuditLog
from etl_batch.errors import AuditUnavailable
from etl_batch.values import Actor
from tests.helpers.gate import OPERATOR, OTHER_PASSWORD, PASSWORD, GateHome

WRONG = "wrong password of ada"


def attempt(name: str = "ada", password: str = WRONG, code: str = "", address: str = "192.0.2.1") -> Attempt:
    return Attempt(name=name, password=password, code=code, address=address)


def session_of(home: GateHome, token: str) -> Session | None:
    return session_store.find(home.accounts.store, key_of(token), home.clock())


def test_the_right_password_begins_a_session(gate_home: GateHome) -> None:
    gate_home.add()
    session = session_of(gate_home, gate_home.sign_in("ADA"))
    assert session is not None
    assert (session.name, session.role, session.address) == ("ada", "super_admin", "192.0.2.1")
    assert gate_home.log()[-1]["action"] == "sign_in"


def test_a_session_ends_when_idle_when_old_and_when_signed_out(gate_home: GateHome) -> None:
    actor = gate_home.add()
    idle, busy, left = (gate_home.sign_in() for _ in range(3))
    found = session_of(gate_home, left)
    assert found is not None
    signing_in.sign_out(gate_home.accounts, found, actor)
    assert session_of(gate_home, left) is None
    for _ in range(int(LIFE_SECONDS / (IDLE_SECONDS / 2)) - 1):
        gate_home.clock.turn(IDLE_SECONDS / 2)
        live = session_of(gate_home, busy)
        assert live is not None
        session_store.touch(gate_home.accounts.store, live, gate_home.clock())
    assert session_of(gate_home, idle) is None
    gate_home.clock.turn(IDLE_SECONDS / 2)
    assert session_of(gate_home, busy) is None


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """One entry for each run of bcrypt, with its cost."""
    done: list[bytes] = []
    check, make = bcrypt.checkpw, bcrypt.hashpw

    def checkpw(given: bytes, known: bytes) -> bool:
        done.append(known[:7])
        return check(given, known)

    def hashpw(given: bytes, salt: bytes) -> bytes:
        done.append(salt[:7])
        return make(given, salt)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    monkeypatch.setattr(bcrypt, "hashpw", hashpw)
    return done


def test_known_unknown_disabled_and_locked_take_the_same_work(gate_home: GateHome, work: list[bytes]) -> None:
    for name in ("known", "disabled", "locked", "keeper"):
        gate_home.add(name)
    user_admin.set_disabled(gate_home.accounts, OPERATOR, "disabled", disabled=True)
    for _ in range(6):
        signing_in.sign_in(gate_home.accounts, attempt("locked", address="203.0.113.1"))
    for name, password in (("known", "wrong"), ("unknown", "wrong"), ("disabled", PASSWORD), ("locked", PASSWORD)):
        work.clear()
        result = signing_in.sign_in(gate_home.accounts, attempt(name, password, address=f"addr {name}"))
        assert isinstance(result, Rejected)
        assert work == [b"$2b$04$"], name


def test_throttling_survives_a_restart_and_does_not_look_at_the_password(gate_home: GateHome) -> None:
    gate_home.add()
    for _ in range(5):
        assert signing_in.sign_in(gate_home.accounts, attempt()) == Rejected(0)
    gate_home.accounts.store.close()
    again = GateHome(gate_home.path, gate_home.clock)
    assert signing_in.sign_in(again.accounts, attempt(password=PASSWORD, address="198.51.100.7")) == Rejected(15)
    again.clock.turn(15)
    assert isinstance(signing_in.sign_in(again.accounts, attempt(password=PASSWORD, address="198.51.100.7")), Admitted)
    again.accounts.store.close()


def test_an_address_is_throttled_over_all_names(gate_home: GateHome) -> None:
    gate_home.add()
    for number in range(5):
        signing_in.sign_in(gate_home.accounts, attempt(f"name {number}"))
    assert signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD)) == Rejected(15)
    assert isinstance(
        signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD, address="203.0.113.9")), Admitted
    )


def test_an_address_that_waits_costs_no_work_and_one_line_of_the_log(gate_home: GateHome, work: list[bytes]) -> None:
    gate_home.add()
    for number in range(5):
        signing_in.sign_in(gate_home.accounts, attempt(f"name {number}"))
    work.clear()
    before = len(gate_home.log())
    for number in range(50):
        assert signing_in.sign_in(gate_home.accounts, attempt(f"other {number}", PASSWORD)) == Rejected(15)
    assert work == []
    assert [entry["detail"]["reason"] for entry in gate_home.log()[before:]] == ["too many tries"]
    gate_home.clock.turn(15)
    signing_in.sign_in(gate_home.accounts, attempt("another"))
    assert signing_in.sign_in(gate_home.accounts, attempt("another")) == Rejected(30)
    assert [entry["detail"]["reason"] for entry in gate_home.log()[before + 1 :]] == [
        "name, password or code", "too many tries",
    ]  # fmt: skip


def test_whoever_tries_a_locked_account_again_and_again_is_soon_refused_without_work(
    gate_home: GateHome, work: list[bytes]
) -> None:
    gate_home.add()
    for number in range(5):
        signing_in.sign_in(gate_home.accounts, attempt(address=f"192.0.2.{number}"))
    work.clear()
    for _ in range(50):
        assert signing_in.sign_in(gate_home.accounts, attempt(address="203.0.113.1")) == Rejected(15)
    assert len(work) == 5


def test_tries_side_by_side_are_counted_one_by_one(gate_home: GateHome) -> None:
    gate_home.add()
    gate_home.accounts.hasher._slots = threading.BoundedSemaphore(1)
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: signing_in.sign_in(gate_home.accounts, attempt()), range(16)))
    assert sum(result == Rejected(0) for result in results) == 5


def test_an_account_that_is_disabled_while_its_password_is_checked_stays_out(
    gate_home: GateHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate_home.add()
    gate_home.add("keeper")
    matches = gate_home.accounts.hasher.matches

    def disabled_meanwhile(password: str, stored: str | None) -> bool:
        is_right = matches(password, stored)
        user_admin.set_disabled(gate_home.accounts, OPERATOR, "ada", disabled=True)
        return is_right

    monkeypatch.setattr(gate_home.accounts.hasher, "matches", disabled_meanwhile)
    assert isinstance(signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD)), Rejected)


def test_success_forgets_the_failures_of_the_account(gate_home: GateHome) -> None:
    gate_home.add()
    for number in range(3):
        for _ in range(4):
            signing_in.sign_in(gate_home.accounts, attempt(address=f"192.0.2.{number}"))
        gate_home.sign_in(address=f"192.0.2.{number}")


def test_whoever_sprays_gains_nothing_from_an_account_of_their_own(gate_home: GateHome) -> None:
    """Four guesses at others, one sign-in with the own password, and so on: after the fifth guess each has to wait."""
    gate_home.add("mallory")
    guessed = 0
    for number in range(20):
        name = f"victim {number}"
        guessed += signing_in.sign_in(gate_home.accounts, attempt(name)) == Rejected(0)
        if number % 4 == 3:
            signing_in.sign_in(gate_home.accounts, attempt("mallory", PASSWORD))
    assert guessed == 5


def test_one_line_has_one_count_however_many_addresses_it_has(gate_home: GateHome) -> None:
    gate_home.add()
    for number in range(5):
        signing_in.sign_in(gate_home.accounts, attempt(f"name {number}", address=f"2001:db8:1:2:{number}::1"))
    beside, elsewhere = (attempt(password=PASSWORD, address=line) for line in ("2001:db8:1:2::9", "2001:db8:1:3::9"))
    assert signing_in.sign_in(gate_home.accounts, beside) == Rejected(15)
    assert isinstance(signing_in.sign_in(gate_home.accounts, elsewhere), Admitted)


def test_a_code_is_asked_for_and_works_once(gate_home: GateHome) -> None:
    actor = gate_home.add()
    session = session_of(gate_home, gate_home.sign_in())
    assert session is not None
    secret = new_secret()
    code = pyotp.TOTP(secret).at(int(gate_home.clock()))
    own_account.turn_totp_on(gate_home.accounts, session, actor, PASSWORD, NewFactor(secret, code))
    assert isinstance(signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD)), Rejected)
    assert isinstance(signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD, code=code)), Rejected)
    gate_home.clock.turn(60)
    later = pyotp.TOTP(secret).at(int(gate_home.clock()))
    gate_home.sign_in(code=later)
    assert isinstance(signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD, code=later)), Rejected)


def test_an_old_hash_is_made_anew(gate_home: GateHome) -> None:
    gate_home.add()
    gate_home.accounts.hasher.rounds = 5
    gate_home.sign_in()
    with gate_home.accounts.store.reading() as tx:
        row = tx.one("find_user", name_key="ada")
    assert row is not None
    assert row["password_hash"].startswith("$2b$05$")
    gate_home.sign_in()


def test_nobody_is_let_in_whom_the_log_cannot_name(gate_home: GateHome, monkeypatch: pytest.MonkeyPatch) -> None:
    gate_home.add()

    def full(_log: AuditLog, _actor: Actor, _event: object) -> int:
        raise AuditUnavailable("the disk is full")

    monkeypatch.setattr(AuditLog, "record", full)
    with pytest.raises(AuditUnavailable):
        signing_in.sign_in(gate_home.accounts, attempt(password=PASSWORD))
    with gate_home.accounts.store.reading() as tx:
        assert not tx.all("sessions_of_user", user_id=1, created_after=0.0, seen_after=0.0)


def test_no_password_is_anywhere_on_disk(gate_home: GateHome) -> None:
    """Neither a right one, nor a wrong one, nor one that was typed into the field of the name."""
    actor = gate_home.add()
    token = gate_home.sign_in()
    session = session_of(gate_home, token)
    assert session is not None
    signing_in.sign_in(gate_home.accounts, attempt())
    signing_in.sign_in(gate_home.accounts, attempt(name=OTHER_PASSWORD))
    own_account.change_password(gate_home.accounts, session, actor, PASSWORD, OTHER_PASSWORD)
    secrets = [PASSWORD, OTHER_PASSWORD, WRONG, token]
    for folder, _, files in os.walk(gate_home.path):
        for name in files:
            content = (Path(folder) / name).read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], name


def test_texts_of_values_hide_secrets(gate_home: GateHome) -> None:
    shown = repr(
        [attempt(password=PASSWORD), Admitted("token-text"), gate_home.accounts.keys, NewFactor("key", "code")]
    )
    assert PASSWORD not in shown
    assert "token-text" not in shown
    assert gate_home.accounts.keys.pepper.hex() not in shown
