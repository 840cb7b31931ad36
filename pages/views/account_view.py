"""The own account: password, second factor, sessions."""

from __future__ import annotations

import functools
from collections.abc import Callable

import segno
import streamlit as st

from auth import own_account, totp
from auth.accounts import Accounts
from auth.opening import accounts_of
from auth.own_account import NewFactor
from auth.passwords import SHORTEST, SHORTEST_WITH_TOTP
from auth.sessions import IDLE_SECONDS, LIFE_SECONDS, Session
from auth.users import User
from etl_batch.environment import home_folder
from etl_batch.errors import EtlError
from etl_batch.ui.errors import show_error
from etl_batch.values import Actor
from pages.views.flash import flash, literal, show_flash, when
from pages.views.recovery_codes import keep_codes, show_codes_left, show_new_codes

_SECRET = "new_totp_secret"  # noqa: S105 - where it is kept, not what it is


def account_view(actor: Actor, session: Session) -> None:
    """Show the account of the signed-in user."""
    st.title("Account")
    st.markdown(f"Signed in as **{literal(session.name)}**, {session.role}.")
    show_flash()
    try:
        accounts = accounts_of(home_folder(None))
        user = own_account.own_user(accounts, session)
        sessions = own_account.own_sessions(accounts, session)
    except EtlError as error:
        show_error(error)
        return
    with st.container(border=True):
        _password(accounts, actor, session, user)
    with st.container(border=True):
        _second_factor(accounts, actor, session, user)
    with st.container(border=True):
        _sessions(accounts, actor, session, sessions)


def _password(accounts: Accounts, actor: Actor, session: Session, user: User) -> None:
    st.subheader("Password")
    if not user.has_password:
        st.markdown("You sign in through your organisation's provider; there is no password here.")
        return
    shortest = SHORTEST_WITH_TOTP if user.has_totp else SHORTEST
    with st.form("password", border=False, clear_on_submit=True):
        current = st.text_input("Current password", type="password", autocomplete="current-password")
        new = st.text_input(
            "New password", type="password", autocomplete="new-password",
            help=f"{shortest} characters or more, any you like. A sentence of four or more unrelated words is good.",
        )  # fmt: skip
        again = st.text_input("The new password again", type="password", autocomplete="new-password")
        if not st.form_submit_button("Change the password"):
            st.markdown("You are signed out everywhere afterwards, here too.")
            return
    if new != again:
        st.error("The two new passwords are not the same.", icon=":material/error:")
        return
    try:
        own_account.change_password(accounts, session, actor, current, new)
    except EtlError as error:
        show_error(error)
        return
    st.success("The password is changed. Sign in with the new one.", icon=":material/check_circle:")
    st.markdown("[Sign in](/login)")
    st.stop()


def _second_factor(accounts: Accounts, actor: Actor, session: Session, user: User) -> None:
    st.subheader("One-time codes")
    if show_new_codes(session):
        return
    if not user.has_password:
        st.markdown("Your organisation's provider takes care of a second factor.")
    elif user.has_totp:
        _turn_off(accounts, actor, session)
        show_codes_left(accounts, actor, session, user)
    elif _SECRET in st.session_state:
        _turn_on(accounts, actor, session)
    else:
        st.markdown("Off. With an authenticator app on your telephone a stolen password is worth nothing.")
        if st.button("Set up an authenticator app"):
            st.session_state[_SECRET] = totp.new_secret()
            st.rerun()


def _turn_on(accounts: Accounts, actor: Actor, session: Session) -> None:
    secret: str = st.session_state[_SECRET]
    st.markdown("Scan this with the app, or type the key into it. Then prove that it works.")
    code = segno.make(totp.address(secret, session.name), error="m").svg_data_uri(scale=5, border=4, light="#fff")
    st.html(f'<img src="{code}" width="220" height="220" alt="QR code with the key below">')
    st.code(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), language=None, wrap_lines=True)
    with st.form("turn_on", border=False):
        shown = st.text_input("Code that the app shows", max_chars=10, autocomplete="one-time-code")
        password = st.text_input("Your password", type="password", autocomplete="current-password")
        is_wanted = st.form_submit_button("Turn codes on")
    if st.button("Not now"):
        del st.session_state[_SECRET]
        st.rerun()
    if not is_wanted:
        return
    try:
        codes = own_account.turn_totp_on(accounts, session, actor, password, NewFactor(secret, shown))
    except EtlError as error:
        show_error(error)
        return
    del st.session_state[_SECRET]
    keep_codes(session, codes)
    flash("From now on every sign-in asks for a code.")
    st.rerun()


def _turn_off(accounts: Accounts, actor: Actor, session: Session) -> None:
    st.markdown("On: every sign-in asks for a code of your authenticator app.")
    with st.form("turn_off", border=False, clear_on_submit=True):
        password = st.text_input("Your password", type="password", autocomplete="current-password")
        if not st.form_submit_button("Turn codes off"):
            return
    try:
        own_account.turn_totp_off(accounts, session, actor, password)
    except EtlError as error:
        show_error(error)
        return
    flash("Sign-in asks for the password only.")
    st.rerun()


def _sessions(accounts: Accounts, actor: Actor, session: Session, sessions: list[Session]) -> None:
    st.subheader("Where you are signed in")
    for other in sessions:
        is_this = other.key == session.key
        text, action = st.columns([4, 1], vertical_alignment="center")
        text.text(f"{'This browser' if is_this else _agent(other)}, from {other.address or 'this machine'}")
        text.markdown(f"Since {when(other.created_at)}, last used {when(other.seen_at)}")
        if not is_this and action.button("End", key=f"end {other.key}", help="Sign that browser out"):
            end = functools.partial(own_account.end_own_session, accounts, session, actor, other.key)
            _try(end, "That session has ended.")
    if len(sessions) > 1 and st.button("End all others"):
        _try(lambda: own_account.end_other_sessions(accounts, session, actor), "You are signed in here only.")
    st.markdown(
        f"A session ends {IDLE_SECONDS // 60} minutes after you last did something, and {LIFE_SECONDS // 3600} hours "
        "after you signed in."
    )


def _try(action: Callable[[], object], done: str) -> None:
    try:
        action()
    except EtlError as error:
        show_error(error)
        return
    flash(done)
    st.rerun()


def _agent(session: Session) -> str:
    """A browser and its system, in two words; what it calls itself is a stranger's text and is not repeated."""
    agent = session.agent or ""
    browsers = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "Mac OS": "macOS", "Linux": "Linux"}
    browser = next((name for sign, name in browsers.items() if sign in agent), "A browser")
    system = next((name for sign, name in systems.items() if sign in agent), "")
    return f"{browser} on {system}" if system else browser
