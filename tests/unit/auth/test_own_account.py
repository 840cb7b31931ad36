"""What users do with their own account."""

from __future__ import annotations

import pyotp
import pytest

from auth import own_account, session_store
from auth.own_account import NewFactor
from auth.sessions import Session, key_of
from auth.totp import new_secret
from etl_batch.errors import AccountRefused, PasswordRefused
from etl_batch.values import Actor
from tests.helpers.gate import OTHER_PASSWORD, PASSWORD, GateHome


@pytest.fixture
def ada(gate_home: GateHome) -> tuple[Actor, Session]:
    actor = gate_home.add()
    session = session_store.find(gate_home.accounts.store, key_of(gate_home.sign_in()), gate_home.clock())
    assert session is not None
    return actor, session


def live(home: GateHome, session: Session) -> int:
    return len(session_store.of_user(home.accounts.store, session.user_id, home.clock()))


def test_another_password_ends_every_session(gate_home: GateHome, ada: tuple[Actor, Session]) -> None:
    actor, session = ada
    gate_home.sign_in()
    own_account.change_password(gate_home.accounts, session, actor, PASSWORD, OTHER_PASSWORD)
    assert live(gate_home, session) == 0
    gate_home.sign_in(password=OTHER_PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "reason"),
    [("wrong", OTHER_PASSWORD, "not right"), (PASSWORD, PASSWORD, "old one"), (PASSWORD, "short", "characters")],
)
def test_a_password_is_not_changed(
    gate_home: GateHome, ada: tuple[Actor, Session], current: str, new: str, reason: str
) -> None:
    with pytest.raises(PasswordRefused, match=reason):
        own_account.change_password(gate_home.accounts, ada[1], ada[0], current, new)
    gate_home.sign_in()


def test_an_open_browser_is_no_place_to_guess(gate_home: GateHome, ada: tuple[Actor, Session]) -> None:
    actor, session = ada
    for _ in range(5):
        with pytest.raises(PasswordRefused):
            own_account.turn_totp_off(gate_home.accounts, session, actor, "guess")
    with pytest.raises(AccountRefused, match="too many"):
        own_account.change_password(gate_home.accounts, session, actor, PASSWORD, OTHER_PASSWORD)


def test_codes_on_and_off(gate_home: GateHome, ada: tuple[Actor, Session]) -> None:
    actor, session = ada
    gate_home.sign_in()
    secret = new_secret()
    with pytest.raises(AccountRefused, match="does not fit"):
        own_account.turn_totp_on(gate_home.accounts, session, actor, PASSWORD, NewFactor(secret, "000"))
    code = pyotp.TOTP(secret).at(int(gate_home.clock()))
    own_account.turn_totp_on(gate_home.accounts, session, actor, PASSWORD, NewFactor(secret, code))
    assert live(gate_home, session) == 1
    assert own_account.own_user(gate_home.accounts, session).has_totp
    own_account.turn_totp_off(gate_home.accounts, session, actor, PASSWORD)
    assert not own_account.own_user(gate_home.accounts, session).has_totp
    assert [entry["action"] for entry in gate_home.log()][-2:] == ["totp_changed", "totp_changed"]


def test_a_short_password_needs_its_codes(gate_home: GateHome, ada: tuple[Actor, Session]) -> None:
    actor, session = ada
    secret, short = new_secret(), "kx9#vTq2mZ!p"
    code = pyotp.TOTP(secret).at(int(gate_home.clock()))
    own_account.turn_totp_on(gate_home.accounts, session, actor, PASSWORD, NewFactor(secret, code))
    own_account.change_password(gate_home.accounts, session, actor, PASSWORD, short)
    gate_home.clock.turn(60)
    token = gate_home.sign_in(password=short, code=pyotp.TOTP(secret).at(int(gate_home.clock())))
    again = session_store.find(gate_home.accounts.store, key_of(token), gate_home.clock())
    assert again is not None
    with pytest.raises(PasswordRefused, match="needs 15"):
        own_account.turn_totp_off(gate_home.accounts, again, actor, short)


def test_sessions_are_ended_one_by_one_and_all_others(gate_home: GateHome, ada: tuple[Actor, Session]) -> None:
    actor, session = ada
    others = [key_of(gate_home.sign_in()) for _ in range(3)]
    stranger = gate_home.add("bob")
    foreign = key_of(gate_home.sign_in("bob"))
    own_account.end_own_session(gate_home.accounts, session, actor, others[0])
    own_account.end_own_session(gate_home.accounts, session, actor, foreign)
    assert live(gate_home, session) == 3
    assert own_account.end_other_sessions(gate_home.accounts, session, actor) == 2
    assert [one.key for one in own_account.own_sessions(gate_home.accounts, session)] == [session.key]
    assert session_store.find(gate_home.accounts.store, foreign, gate_home.clock()) is not None, stranger
