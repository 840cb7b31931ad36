"""What every page asks first: who is there, and may they?

The gate hands the verified session to Streamlit when a page connects. That was then: a session may end, a role may
change while the page stays open. So the session is read again on every run, in every fragment and callback.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from auth import session_store
from auth.identity import ADDRESS_KEY, SESSION_KEY
from auth.sessions import Session
from auth.store import store_of
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.environment import home_folder, operator
from etl_batch.errors import EtlError, Forbidden
from etl_batch.permissions import Permission, may, permit
from etl_batch.values import Actor


def require(permission: Permission) -> Actor:
    """Let only those go on whose role has the permission.

    Call it first on every page, and again in every fragment and callback that does or shows something.

    Returns:
        The signed-in user, for the services to check again.
    """
    actor = signed_in()
    if not may(actor.role, permission, actor.withheld):
        _record_denial(actor, permission)
        st.error(
            f"Your role, {actor.role}, may not {permission}. Ask a super_admin for the role.", icon=":material/block:"
        )
        st.stop()
    return actor


def signed_in() -> Actor:
    """Let only signed-in users go on.

    Returns:
        The signed-in user, with the role that they have at this moment.
    """
    session = current_session()
    address = st.user.get(ADDRESS_KEY) or session.address
    return Actor(
        name=session.name,
        os_user=operator(None).os_user,
        role=str(session.role),
        ip=address if isinstance(address, str) else None,
        session=session.key,
        withheld=session.withheld,
    )


def later(permission: Permission) -> Callable[[], Actor]:
    """Who is there when a download is made: its button is pressed after the page was shown, and outside of any page.

    Returns:
        What tells the user as they are when it is called; it raises Forbidden when the session has ended, or the role
        has not the permission any more.
    """
    shown_to, key = require(permission), st.user.get(SESSION_KEY)

    def now() -> Actor:
        session = session_store.find(store_of(home_folder(None)), str(key), time.time())
        if session is None:
            raise Forbidden("the session has ended", mend="sign in again")
        actor = replace(shown_to, role=str(session.role), withheld=session.withheld)
        permit(actor, permission)
        return actor

    return now


def current_session() -> Session:
    """The session of this page as it is now; where there is none that lives, the script ends with a way to sign in."""
    key = st.user.get(SESSION_KEY)
    try:
        home = home_folder(None)
        session = session_store.find(store_of(home), key, time.time()) if isinstance(key, str) and key else None
    except EtlError as error:
        st.error(f"The accounts cannot be read: {error.what_to_do} ({error.code}).", icon=":material/error:")
        st.stop()
    if session is None:
        st.error("You are not signed in, or your session has ended.", icon=":material/lock:")
        st.markdown("[Sign in again](/login)")
        st.stop()
    return session


def _record_denial(actor: Actor, permission: Permission) -> None:
    event = Event(action=Action.ACCESS_DENIED, target=str(permission), outcome=Outcome.REFUSED)
    try:
        AuditLog(home_folder(None)).record(actor, event)
    except EtlError as error:
        st.error(f"{error} ({error.code})", icon=":material/error:")
        st.stop()
