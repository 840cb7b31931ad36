"""Which passwords pass, and what the hash makes of those that could break it."""

from __future__ import annotations

import hashlib
import unicodedata

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import names, passwords
from auth.hashing import LEAST_ROUNDS, MOST_ROUNDS, PasswordHasher, calibrated_rounds, rounds_for
from auth.keys import Keys
from auth.passwords import check_password
from etl_batch.errors import AccountRefused, PasswordRefused
from tests.helpers.gate import CHEAP_ROUNDS, GateHome

HASHER = PasswordHasher(Keys(b"p" * 32), CHEAP_ROUNDS)
GOOD = "correct horse battery staple"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short but odd!", "14 characters; 15"),
        ("x" * 1025, "1025 bytes"),
        ("password1234567", "easy|common"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy"),
        ("ada lovelace ada lovelace", "easy"),
        ("quantum etl console", "easy"),
        ("half a character \ud800 in it", "half a character"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason_and_without_itself(password: str, reason: str) -> None:
    with pytest.raises(PasswordRefused, match=reason) as refused:
        check_password(password, name="ada lovelace")
    assert password not in str(refused.value)


def test_a_second_factor_allows_a_shorter_one() -> None:
    check_password("kx9#vTq2mZ!p", name="ada", has_totp=True)
    with pytest.raises(PasswordRefused, match="15 is the least"):
        check_password("kx9#vTq2mZ!p", name="ada")


def test_the_password_of_the_first_document_is_refused_wherever_it_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passwords._PRINTED[1] == 9
    assert len(passwords._PRINTED[0]) == 64
    burned = "Burned@1$"
    monkeypatch.setattr(passwords, "_PRINTED", (hashlib.sha256(burned.casefold().encode()).hexdigest(), len(burned)))
    with pytest.raises(PasswordRefused, match="common"):
        check_password(f"with {burned.upper()} somewhere in the middle", name="ada")


@pytest.mark.parametrize(
    "password",
    [
        "73 bytes and more: " + "correct horse battery staple " * 3,
        "a NUL \x00 in the middle of it",
        "combining characters e\u0301 o\u0308 u\u0302 here",
        "\u202etext that runs the other way\u202c",
        "\U0001f680 rockets and \U0001f40e horses \U0001f50b",
        "é" * 3 + " twelve more words than you would think",
    ],
)
def test_odd_passwords_work(password: str) -> None:
    check_password(password, name="ada")
    stored = HASHER.hash(password)
    assert HASHER.matches(password, stored)
    assert not HASHER.matches(password + "x", stored)
    assert not HASHER.matches(password[:-1], stored)


@given(st.text(min_size=1, max_size=200), st.text(max_size=200))
def test_only_the_same_text_matches(password: str, other: str) -> None:
    stored = HASHER.hash(password)
    assert HASHER.matches(password, stored)
    same = unicodedata.normalize("NFC", password) == unicodedata.normalize("NFC", other)
    assert HASHER.matches(other, stored) == same


def test_two_keyboards_mean_the_same() -> None:
    assert HASHER.matches("caf\u00e9 is a drink, they say", HASHER.hash("cafe\u0301 is a drink, they say"))


@given(st.text(max_size=2000))
def test_every_text_passes_or_is_refused(password: str) -> None:
    try:
        check_password(password, name="ada")
    except PasswordRefused:
        return
    assert HASHER.matches(password, HASHER.hash(password))


def test_the_pepper_counts() -> None:
    other = PasswordHasher(Keys(b"q" * 32), CHEAP_ROUNDS)
    assert not other.matches(GOOD, HASHER.hash(GOOD))


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nobody_matches_but_takes_the_same_work(stored: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[bytes] = []
    real = bcrypt.checkpw

    def counted(given: bytes, known: bytes) -> bool:
        rounds.append(known[:7])
        return real(given, known)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    assert not HASHER.matches(GOOD, stored)
    assert rounds == [b"$2b$04$"]


@pytest.mark.parametrize(("seconds", "rounds"), [(0.25, 12), (0.18, 12), (0.13, 13), (0.06, 14), (5.0, 12), (1e-9, 16)])
def test_the_cost_is_about_a_quarter_of_a_second(seconds: float, rounds: int) -> None:
    assert rounds_for(seconds) == rounds


def test_the_cost_is_measured_once_and_never_low(gate_home: GateHome) -> None:
    store = gate_home.accounts.store
    assert calibrated_rounds(store, lambda _: 0.1) == 13
    assert calibrated_rounds(store, lambda _: 1.0) == 13
    for written, used in (("4", LEAST_ROUNDS), ("31", MOST_ROUNDS), ("many", 12)):
        with store.writing() as tx:
            tx.change("set_setting", name="bcrypt_rounds", value=written)
        assert calibrated_rounds(store, lambda _: 1.0) == used


def test_the_real_cost() -> None:
    hasher = PasswordHasher(Keys(b"p" * 32), LEAST_ROUNDS)
    stored = hasher.hash(GOOD)
    assert stored.startswith("$2b$12$")
    assert hasher.matches(GOOD, stored)
    assert HASHER.is_outdated(stored)
    assert not hasher.is_outdated(stored)


@pytest.mark.parametrize(
    "name", ["", " ", "a" * 65, "a\nb", "<b>", "=1+1", "a/b", ".x", "x.", "a\x00b", "\u202eabc", "@x"]
)
def test_names_that_could_mislead_are_refused(name: str) -> None:
    with pytest.raises(AccountRefused):
        names.checked_name(name)


@pytest.mark.parametrize("name", ["ada", "Zoë", "O'Brien", "ada@example.org", "李雷", "a", "J. R. R. Tolkien", "नमस्ते"])
def test_names_of_people_pass(name: str) -> None:
    assert names.checked_name(f" {name} ") == unicodedata.normalize("NFC", name)


def test_the_name_of_the_first_document_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_PRINTED", hashlib.sha256(b"burned").hexdigest())
    with pytest.raises(AccountRefused, match="printed as an example"):
        names.checked_name("Burned")


@given(st.text(max_size=80))
def test_equal_names_stay_equal(name: str) -> None:
    key = names.name_key(name)
    assert names.name_key(name.strip()) == key
    assert names.name_key(unicodedata.normalize("NFD", name)) == key
