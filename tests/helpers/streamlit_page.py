"""A home with users and live sessions, for tests of pages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from auth import session_store
from auth.identity import ADDRESS_KEY, SESSION_KEY
from auth.names import name_key
from auth.sessions import key_of
from auth.store import store_of
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.values import Actor

PROJECT = Path(__file__).parents[2]
ADDRESS = "192.0.2.7"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a live session."""

    home: Path
    name: str
    role: str
    user_id: int
    token: str  #: for the cookie

    @property
    def key(self) -> str:
        """Of the session."""
        return key_of(self.token)

    @property
    def identity(self) -> dict[str, Any]:
        """What the gate would hand to Streamlit: for `AppTest.user`."""
        return {SESSION_KEY: self.key, ADDRESS_KEY: ADDRESS}

    @property
    def actor(self) -> Actor:
        """For services that are called directly."""
        return Actor(name=self.name, os_user="test", role=self.role, ip=ADDRESS)


def sign_in(home: Path, role: str = SUPER_ADMIN, name: str | None = None) -> SignedIn:
    """Make a user of the role, where there is none of this name, and sign them in. The caller sets ETL_HOME."""
    for folder in ("data", "output", "report"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    name, now = name or f"test {role}", time.time()
    with store_of(home).writing() as tx:
        user = tx.one("find_user", name_key=name_key(name)) or tx.one(
            "add_user",
            name=name,
            name_key=name_key(name),
            role=role,
            password_hash="no password",
            subject=None,
            now=now,
        )
        assert user is not None
        token = session_store.start(tx, user["id"], now, address=ADDRESS, agent="tests")
    return SignedIn(home, name, role, user["id"], token)


def end_session(user: SignedIn) -> None:
    """As if somebody had signed out."""
    with store_of(user.home).writing() as tx:
        tx.change("end_session", key=user.key)


def page(file: str, user: SignedIn | None = None, **query: str) -> AppTest:
    """A page file opened cold, by a stranger or by a user; not run yet.

    Args:
        file: beneath the project, such as `pages/account.py`; `app.py` goes through the router.
        user: who is signed in.
        query: the parameters in the address.
    """
    test = AppTest.from_file(str(PROJECT / file), default_timeout=180)
    test.user = user.identity if user else {}
    for name, value in query.items():
        test.query_params[name] = value
    return test
