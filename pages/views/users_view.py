"""The accounts of everybody."""

from __future__ import annotations

import os
from collections.abc import Callable

import streamlit as st

from auth import user_admin
from auth.accounts import Accounts
from auth.links import USER_LINK_SECONDS
from auth.opening import accounts_of, base_url
from auth.paths_of_the_gate import SETUP
from auth.roles import Role
from auth.settings import read_settings
from auth.user_admin import Invited
from auth.users import User
from etl_batch.environment import home_folder
from etl_batch.errors import EtlError
from etl_batch.ui.errors import show_error
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table
from etl_batch.values import Actor
from pages.views.flash import flash, literal, show_flash, when

_LINK = "invitation_link"
_ASKED = "reset_of_invited"  #: whose open invitation a click would void
_ROLES = {
    Role.SUPER_ADMIN: "super_admin: everything",
    Role.ANALYST: "analyst: reports, results, estimates, the machine",
    Role.AUDITOR: "auditor: the audit log, and what jobs were run",
}


def users_view(actor: Actor) -> None:
    """Show all accounts, and what can be done with each.

    Args:
        actor: who looks; the services check that they may.
    """
    st.title("Users")
    show_flash()
    _show_link()
    try:
        accounts = accounts_of(home_folder(None))
        users = user_admin.list_users(accounts, actor)
    except EtlError as error:
        show_error(error)
        return
    show_table(Table(_COLUMNS, [_row(user) for user in users]), key="users_table", alt="All accounts")
    invite, change = st.columns(2, gap="large")
    with invite, st.container(border=True):
        _invite(accounts, actor)
    with change, st.container(border=True):
        _change(accounts, actor, users)


_COLUMNS = (
    *(Column(name=name, title=name) for name in ("Name", "Role", "State", "Second factor", "Downloads")),
    Column(name="Sessions", title="Sessions", kind="count"),
    *(Column(name=name, title=name) for name in ("Last signed in", "Made")),
)


def _row(user: User) -> dict[str, str | int]:
    return {
        "Name": user.name,
        "Role": str(user.role),
        "State": user.state,
        "Second factor": f"codes, {user.recovery_codes} for recovery"
        if user.has_totp
        else "provider"
        if user.is_from_provider
        else "none",
        "Downloads": _downloads(user),
        "Sessions": user.sessions,
        "Last signed in": when(user.signed_in_at),
        "Made": when(user.created_at),
    }


def _downloads(user: User) -> str:
    """What the user may take away."""
    if user.role is Role.AUDITOR:
        return "none"
    return "allowed" if user.may_download or user.role is Role.SUPER_ADMIN else "taken away"


def _invite(accounts: Accounts, actor: Actor) -> None:
    st.subheader("Invite somebody")
    with st.form("invite", border=False, clear_on_submit=True):
        name = st.text_input("Name", max_chars=64, help="1 to 64 letters of one script, digits, spaces and . _ - @ '")
        role = st.selectbox("Role", list(_ROLES), index=1, format_func=lambda choice: _ROLES[choice])
        is_wanted = st.form_submit_button("Make the account")
    st.markdown("You get a link to pass on. With it they choose their own password.")
    if is_wanted:
        _do(lambda: _keep_link(user_admin.create_user(accounts, actor, name, role)), "The account is made.")


def _change(accounts: Accounts, actor: Actor, users: list[User]) -> None:
    st.subheader("Change an account")
    by_name = {user.name: user for user in users}
    user = by_name[st.selectbox("User", list(by_name), key="changed_user")]
    choice, button = st.columns([3, 2], vertical_alignment="bottom")
    role = choice.selectbox(
        "New role",
        list(_ROLES),
        index=list(_ROLES).index(user.role),
        format_func=str,
        key=f"role of {user.id} {user.role}",
    )
    if button.button("Change role", disabled=role == user.role, width="stretch"):
        _do(lambda: user_admin.change_role(accounts, actor, user.name, role), f"{user.name} is {role} now.")
    if user.is_disabled:
        if st.button("Enable", help="Let them sign in again", width="stretch"):
            _do(
                lambda: user_admin.set_disabled(accounts, actor, user.name, disabled=False), f"{user.name} can sign in."
            )
    elif st.button("Disable", help="They cannot sign in until you enable them", width="stretch"):
        _do(lambda: user_admin.set_disabled(accounts, actor, user.name, disabled=True), f"{user.name} is shut out.")
    _reset(accounts, actor, user)
    if st.button("End all sessions", help="Sign them out everywhere", width="stretch", disabled=not user.sessions):
        _do(lambda: user_admin.end_sessions(accounts, actor, user.name), f"{user.name} is signed out everywhere.")
    st.markdown("Each of these signs them out everywhere, at once. One super_admin always remains.")
    if user.role is Role.ANALYST:
        _change_downloads(accounts, actor, user)


def _change_downloads(accounts: Accounts, actor: Actor, user: User) -> None:
    """Whether an analyst may take away what they see; that signs nobody out."""
    if user.may_download:
        title, help_text = "Take downloads away", "They still see results, but can take no rows, answers or files away"
        said = f"{user.name} can take nothing away any more."
    else:
        title, help_text = "Allow downloads", "They may take rows, answers and outputs away again"
        said = f"{user.name} can download results again."
    if st.button(title, help=help_text, width="stretch"):
        may_now = not user.may_download
        _do(lambda: user_admin.set_may_download(accounts, actor, user.name, may_download=may_now), said)


def _reset(accounts: Accounts, actor: Actor, user: User) -> None:
    """A new link, at once; where it voids an open one, only after asking."""
    if st.button("Reset the password", help="The old one and the second factor stop working", width="stretch"):
        if user.invited_until is None:
            _do(lambda: _keep_link(user_admin.reset_user(accounts, actor, user.name)), _needs_one(user))
        else:
            st.session_state[_ASKED] = user.id
    if st.session_state.get(_ASKED) != user.id or user.invited_until is None:
        return
    st.warning(
        f"{literal(user.name)} has an open invitation until {when(user.invited_until)}. A new link voids the one "
        "that they have.", icon=":material/warning:",
    )  # fmt: skip
    replace, keep = st.columns(2)
    if replace.button("Replace the link", width="stretch"):
        del st.session_state[_ASKED]
        _do(
            lambda: _keep_link(user_admin.reset_user(accounts, actor, user.name, may_void=True)),
            f"{_needs_one(user)} The link of before is void.",
        )
    if keep.button("Keep it", width="stretch"):
        del st.session_state[_ASKED]
        st.rerun()


def _needs_one(user: User) -> str:
    return f"{user.name} needs a new password."


def _keep_link(made: Invited) -> None:
    if made.token is not None:
        host = st.context.headers.get("Host") if not os.environ.get("ETL_PUBLIC_URL") else None
        base = f"http://{host}" if host else base_url(read_settings(os.environ))
        st.session_state[_LINK] = (made.user.name, f"{base}{SETUP}?token={made.token}")


def _show_link() -> None:
    if _LINK not in st.session_state:
        return
    name, link = st.session_state[_LINK]
    with st.container(border=True):
        st.markdown(
            f"**The link for {literal(name)}**, shown only now. It works once, within {USER_LINK_SECONDS // 3600} h:"
        )
        st.code(link, language=None, wrap_lines=True)
        if st.button("I have passed it on"):
            del st.session_state[_LINK]
            st.rerun()


def _do(action: Callable[[], object], done: str) -> None:
    try:
        action()
    except EtlError as error:
        show_error(error)
        return
    flash(literal(done))
    st.rerun()
