"""The pages of the accounts, by every role."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from auth import links, session_store, signing_in, user_admin
from auth.accounts import Accounts
from auth.hashing import PasswordHasher
from auth.keys import load_keys
from auth.recovery import CODES
from auth.roles import Role
from auth.signing_in import Admitted, Attempt, Rejected
from auth.store import store_of
from auth.totp import new_secret
from pages.views import account_view, users_view
from tests.helpers.gate import CHEAP_ROUNDS, OPERATOR, OTHER_PASSWORD, PASSWORD
from tests.helpers.streamlit_page import SignedIn, end_session, page, sign_in


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Of a home that the pages see, with a cheap hash."""
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    store = store_of(tmp_path)
    keys = load_keys(store)
    made = Accounts(store=store, keys=keys, hasher=PasswordHasher(keys, CHEAP_ROUNDS))
    for view in (account_view, users_view):
        monkeypatch.setattr(view, "accounts_of", lambda _home: made)
    return made


def texts(test: AppTest) -> str:
    return "\n".join(
        str(element.value) for element in [*test.markdown, *test.error, *test.success, *test.text, *test.code]
    )


def click(test: AppTest, label: str) -> AppTest:
    return next(element for element in test.button if element.label == label).click().run()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_users_are_for_super_admins(accounts: Accounts, tmp_path: Path, role: Role) -> None:
    sign_in(tmp_path)
    test = page("pages/users.py", sign_in(tmp_path, role)).run()
    assert f"Your role, {role}, may not manage users" in texts(test)
    assert not test.dataframe
    assert not test.button
    assert (tmp_path / ".secrets" / "etl_audit.log").read_text().count("access_denied") == 1
    assert accounts.store.home == tmp_path


def test_inviting_shows_a_link_once(accounts: Accounts, tmp_path: Path) -> None:
    test = page("pages/users.py", sign_in(tmp_path)).run()
    test.text_input[0].set_value("Grace Hopper")
    click(test, "Make the account")
    assert "/setup?token=" in test.code[0].value
    assert "Grace Hopper" in [user.name for user in user_admin.list_users(accounts, OPERATOR)]
    click(test, "I have passed it on")
    assert not test.code


def test_a_second_invitation_asks_before_it_voids_the_first(accounts: Accounts, tmp_path: Path) -> None:
    test = page("pages/users.py", sign_in(tmp_path)).run()
    test.text_input[0].set_value("Grace Hopper")
    click(test, "Make the account")
    first = test.code[0].value.partition("token=")[2]
    click(test, "I have passed it on")
    next(element for element in test.selectbox if element.label == "User").set_value("Grace Hopper").run()
    for choice, is_void in (("Keep it", False), ("Replace the link", True)):
        click(test, "Reset the password")
        assert "has an open invitation until" in test.warning[0].value
        assert links.invitation(accounts, first) is not None
        click(test, choice)
        assert (links.invitation(accounts, first) is None) == is_void
        assert not test.warning
    assert "The link of before is void" in texts(test).replace("\\", "")
    assert test.code[0].value.partition("token=")[2] != first


@pytest.mark.parametrize(
    ("label", "is_done"),
    [
        ("Disable", lambda user: user.is_disabled),
        ("Reset the password", lambda user: not user.has_password),
        ("End all sessions", lambda user: user.sessions == 0),
    ],
)
def test_changing_an_account(accounts: Accounts, tmp_path: Path, label: str, is_done: Callable[[object], bool]) -> None:
    target = sign_in(tmp_path, Role.ANALYST, "bob")
    test = page("pages/users.py", sign_in(tmp_path)).run()
    next(element for element in test.selectbox if element.label == "User").set_value("bob").run()
    click(test, label)
    assert not test.exception
    assert is_done(next(user for user in user_admin.list_users(accounts, OPERATOR) if user.name == "bob"))
    assert session_store.find(accounts.store, target.key, accounts.clock()) is None


def test_the_last_super_admin_cannot_lock_everybody_out(accounts: Accounts, tmp_path: Path) -> None:
    test = page("pages/users.py", sign_in(tmp_path)).run()
    click(test, "Disable")
    assert "last super\\_admin" in texts(test)
    assert not user_admin.list_users(accounts, OPERATOR)[0].is_disabled


def test_a_click_after_the_session_does_nothing(accounts: Accounts, tmp_path: Path) -> None:
    user = sign_in(tmp_path)
    sign_in(tmp_path, Role.ANALYST, "bob")
    test = page("pages/users.py", user).run()
    end_session(user)
    click(test, "Disable")
    assert "your session has ended" in texts(test)
    assert not any(one.is_disabled for one in user_admin.list_users(accounts, OPERATOR))


def with_password(accounts: Accounts, tmp_path: Path) -> SignedIn:
    user = sign_in(tmp_path)
    user_admin.reset_user(accounts, OPERATOR, user.name, PASSWORD)
    return sign_in(tmp_path)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ((PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD), "The password is changed"),
        ((PASSWORD, OTHER_PASSWORD, "another"), "not the same"),
        (("wrong", OTHER_PASSWORD, OTHER_PASSWORD), "current password is not right"),
        ((PASSWORD, "short", "short"), "15 is the least"),
    ],
)
def test_changing_the_password(accounts: Accounts, tmp_path: Path, fields: tuple[str, ...], said: str) -> None:
    test = page("pages/account.py", with_password(accounts, tmp_path)).run()
    for field, value in zip(test.text_input, fields, strict=False):
        field.set_value(value)
    click(test, "Change the password")
    assert not test.exception
    assert said in texts(test).replace("\\", "")


def test_setting_codes_up(accounts: Accounts, tmp_path: Path) -> None:
    import pyotp

    test = page("pages/account.py", with_password(accounts, tmp_path)).run()
    click(test, "Set up an authenticator app")
    secret = test.session_state["new_totp_secret"]
    next(element for element in test.text_input if element.label == "Code that the app shows").set_value(
        pyotp.TOTP(secret).now()
    )
    next(element for element in test.text_input if element.label == "Your password").set_value(PASSWORD)
    click(test, "Turn codes on")
    assert "From now on every sign-in asks for a code" in texts(test)
    assert len(test.code[0].value.split()) == CODES
    click(test, "I have kept them")
    assert not test.code
    next(element for element in test.text_input if element.label == "Your password").set_value(PASSWORD)
    click(test, "Turn codes off")
    assert "asks for the password only" in texts(test)


def test_recovery_codes_are_shown_once_and_only_to_whom_they_belong(accounts: Accounts, tmp_path: Path) -> None:
    user, secret = with_password(accounts, tmp_path), new_secret()
    with accounts.store.writing() as tx:
        tx.change("set_totp", id=user.user_id, secret=accounts.keys.seal(secret), step=0)
    test = page("pages/account.py", user).run()
    assert "0 recovery codes are left" in test.warning[0].value
    next(element for element in test.text_input if element.label == "Your password, for new codes").set_value(PASSWORD)
    click(test, "Make new recovery codes")
    codes = test.code[0].value.split()
    assert len(codes) == CODES
    test.user = sign_in(tmp_path, Role.ANALYST, "bob").identity
    test.run()
    assert not test.code
    test.user = user.identity
    test.run()
    assert not test.code
    assert f"{CODES} recovery codes are left" in texts(test)
    attempt = Attempt(name=user.name, password=PASSWORD, code=codes[3])
    assert isinstance(signing_in.sign_in(accounts, attempt), Admitted)
    assert isinstance(signing_in.sign_in(accounts, attempt), Rejected)
    assert f"{CODES - 1} recovery codes are left" in texts(test.run())
    factors = list(page("pages/users.py", user).run().dataframe[0].value["Second factor"])
    assert factors == ["none", f"codes, {CODES - 1} for recovery"]


def test_own_sessions(accounts: Accounts, tmp_path: Path) -> None:
    first, second = sign_in(tmp_path), sign_in(tmp_path)
    test = page("pages/account.py", second).run()
    click(test, "End all others")
    assert session_store.find(accounts.store, first.key, accounts.clock()) is None
    assert session_store.find(accounts.store, second.key, accounts.clock()) is not None
