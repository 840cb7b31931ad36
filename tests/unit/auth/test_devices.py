"""Browsers that are known: strangers lock them out never, and whoever steals or forges one's cookie gains a count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import own_account, session_store, signing_in, user_admin
from auth.devices import DEVICE_SECONDS, known_device, new_device
from auth.keys import Keys
from auth.sessions import key_of
from auth.signing_in import Admitted, Attempt, Rejected
from auth.store import Row
from etl_batch.errors import AccountRefused, PasswordRefused
from tests.helpers.gate import HOST, OPERATOR, OTHER_PASSWORD, PASSWORD, GateHome, form_of, post_login

WRONG = "wrong password of ada"
KEYS = Keys(b"p" * 32)
USER: Row = {"id": 7, "password_hash": "a hash"}  # type: ignore[assignment]
NOW = 1_800_000_000.0
COOKIE = new_device(KEYS, USER, NOW)


def attempt(home: GateHome, device: str = "", password: str = WRONG, **more: str) -> Admitted | Rejected:
    fields = {"name": "ada", "address": "192.0.2.1", **more}
    return signing_in.sign_in(home.accounts, Attempt(password=password, device=device, **fields))


def signed_in(home: GateHome, **more: str) -> str:
    """The device cookie after a sign-in."""
    result = attempt(home, password=PASSWORD, **more)
    assert isinstance(result, Admitted)
    return result.device


def attack(home: GateHome, tries: int = 8) -> None:
    """Strangers lock the account and the owner's own address."""
    for number in range(tries):
        attempt(home, address="192.0.2.1" if number % 2 else f"203.0.113.{number}")


@pytest.fixture
def device(gate_home: GateHome) -> str:
    gate_home.add()
    gate_home.add("bob")
    return signed_in(gate_home)


def test_strangers_never_lock_a_known_browser_out(gate_home: GateHome, device: str) -> None:
    for _ in range(30):
        attack(gate_home)
        assert isinstance(attempt(gate_home, device, PASSWORD), Admitted)
        gate_home.clock.turn(60)


def test_a_new_browser_waits_under_attack(gate_home: GateHome, device: str) -> None:
    attack(gate_home)
    assert attempt(gate_home, password=PASSWORD, address="198.51.100.1") == Rejected(15)
    attempt(gate_home, device, PASSWORD)
    assert attempt(gate_home, password=PASSWORD, address="198.51.100.1") == Rejected(15), (
        "it clears nobody else's count"
    )


def test_its_own_failures_count_there_and_nowhere_else(gate_home: GateHome, device: str) -> None:
    for _ in range(5):
        assert attempt(gate_home, device) == Rejected(0)
    assert attempt(gate_home, device, PASSWORD) == Rejected(15)
    assert isinstance(attempt(gate_home, password=PASSWORD), Admitted), "neither the account nor the address waits"
    gate_home.clock.turn(15)
    assert isinstance(attempt(gate_home, device, PASSWORD), Admitted)
    assert attempt(gate_home, device) == Rejected(0), "a sign-in there forgets them"


def test_it_is_known_for_one_account(gate_home: GateHome, device: str) -> None:
    for number in range(5):
        attempt(gate_home, name="bob", address=f"203.0.113.{number}")
    assert attempt(gate_home, device, PASSWORD, name="bob") == Rejected(15)
    assert isinstance(attempt(gate_home, device, PASSWORD), Admitted)


@pytest.mark.parametrize("change", ["by the user", "by a super_admin", "reset"])
def test_another_password_makes_every_known_browser_a_new_one(gate_home: GateHome, device: str, change: str) -> None:
    if change == "by the user":
        found = session_store.find(gate_home.accounts.store, key_of(gate_home.sign_in()), gate_home.clock())
        assert found is not None
        own_account.change_password(gate_home.accounts, found, OPERATOR, PASSWORD, OTHER_PASSWORD)
    elif change == "by a super_admin":
        user_admin.reset_user(gate_home.accounts, OPERATOR, "ada", OTHER_PASSWORD)
    else:
        user_admin.reset_user(gate_home.accounts, OPERATOR, "ada")
    with gate_home.accounts.store.reading() as tx:
        user = tx.one("find_user", name_key="ada")
    assert known_device(gate_home.accounts.keys, user, device, gate_home.clock()) is None
    if change != "reset":
        attack(gate_home)
        assert attempt(gate_home, device, OTHER_PASSWORD, address="198.51.100.1") == Rejected(15)


def test_a_stolen_cookie_opens_nothing_and_saves_no_code(gate_home: GateHome, device: str) -> None:
    assert session_store.find(gate_home.accounts.store, key_of(device), gate_home.clock()) is None
    assert attempt(gate_home, device, "") == Rejected(0)


def test_strangers_do_not_keep_a_user_from_their_own_password(gate_home: GateHome, device: str) -> None:
    token = gate_home.sign_in()
    found = session_store.find(gate_home.accounts.store, key_of(token), gate_home.clock())
    assert found is not None
    attack(gate_home)
    for _ in range(5):
        with pytest.raises(PasswordRefused):
            own_account.change_password(gate_home.accounts, found, OPERATOR, WRONG, OTHER_PASSWORD)
    with pytest.raises(AccountRefused, match="too many"):
        own_account.change_password(gate_home.accounts, found, OPERATOR, PASSWORD, OTHER_PASSWORD)
    gate_home.clock.turn(15)
    own_account.change_password(gate_home.accounts, found, OPERATOR, PASSWORD, OTHER_PASSWORD)
    assert device


def test_the_browser_keeps_the_cookie_when_it_signs_out(gate_home: GateHome) -> None:
    gate_home.add()
    client = gate_home.client()
    post_login(client)
    client.post("/logout", headers={"origin": HOST})
    attack(gate_home)
    stranger = gate_home.client()
    refused = post_login(stranger)
    assert refused.status_code == 429
    assert "A browser that you signed in with before waits for nobody else" in refused.text
    assert client.cookies["etl_device"]
    assert post_login(client).status_code == 303
    assert form_of(refused)


def test_it_is_known_for_ninety_days() -> None:
    assert known_device(KEYS, USER, COOKIE, NOW + DEVICE_SECONDS - 1) is not None
    assert known_device(KEYS, USER, COOKIE, NOW + DEVICE_SECONDS) is None


@given(st.integers(0, len(COOKIE) - 1), st.characters())
def test_no_other_cookie_is_known(place: int, other: str) -> None:
    forged = COOKIE[:place] + other + COOKIE[place + 1 :]
    assert known_device(KEYS, USER, forged, NOW) is None or forged == COOKIE


@given(st.text(max_size=300))
def test_no_text_breaks_it(given_text: str) -> None:
    assert known_device(KEYS, USER, given_text, NOW) is None


@pytest.mark.parametrize("user", [None, {"id": 8, "password_hash": "a hash"}, {"id": 7, "password_hash": "new"},
                                  {"id": 7, "password_hash": None}])  # fmt: skip
def test_it_is_worth_nothing_for_anybody_else(user: Row | None) -> None:
    assert known_device(KEYS, user, COOKIE, NOW) is None
    assert known_device(Keys(b"q" * 32), USER, COOKIE, NOW) is None
