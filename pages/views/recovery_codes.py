"""Recovery codes on the account page: how many are left, new ones, shown once."""

from __future__ import annotations

import streamlit as st

from auth import own_account
from auth.accounts import Accounts
from auth.recovery import FEW
from auth.sessions import Session
from auth.users import User
from etl_batch.errors import EtlError
from etl_batch.ui.errors import show_error
from etl_batch.values import Actor

_SHOWN = "recovery_codes_shown"


def keep_codes(session: Session, codes: tuple[str, ...]) -> None:
    """Have the codes shown until the user says that they are kept; to nobody who signs in here after them."""
    st.session_state[_SHOWN] = (session.key, codes)


def show_new_codes(session: Session) -> bool:
    """The codes that were made just now; whether there are any."""
    owner, codes = st.session_state.get(_SHOWN, ("", ()))
    if not codes or owner != session.key:
        st.session_state.pop(_SHOWN, None)
        return False
    st.markdown("**Your recovery codes**, shown only now. Each works once, in place of a code of the app.")
    st.code("\n".join(codes), language=None)
    st.markdown("Print them or put them into your password manager, not on the telephone that has the app.")
    if st.button("I have kept them"):
        del st.session_state[_SHOWN]
        st.rerun()
    return True


def show_codes_left(accounts: Accounts, actor: Actor, session: Session, user: User) -> None:
    """How many codes are left, and a form for new ones."""
    left = user.recovery_codes
    text = f"{left} recovery {'code is' if left == 1 else 'codes are'} left, for the day the app is out of reach."
    if left <= FEW:
        st.warning(f"{text} Make new ones now.", icon=":material/warning:")
    else:
        st.markdown(text)
    with st.form("recovery_codes", border=False, clear_on_submit=True):
        password = st.text_input("Your password, for new codes", type="password", autocomplete="current-password")
        if not st.form_submit_button("Make new recovery codes", help="The older ones are void from then on"):
            return
    try:
        codes = own_account.new_recovery_codes(accounts, session, actor, password)
    except EtlError as error:
        show_error(error)
        return
    keep_codes(session, codes)
    st.rerun()
