"""Sessions in the store."""

from __future__ import annotations

from auth.roles import Role
from auth.sessions import IDLE_SECONDS, LIFE_SECONDS, Session, key_of, new_token
from auth.store import AccountStore, Row, Transaction


def start(tx: Transaction, user_id: int, now: float, *, address: str | None = None, agent: str | None = None) -> str:
    """Begin a session, and forget those that are over.

    Returns:
        Its token, which is kept nowhere else.
    """
    token = new_token()
    tx.change("forget_sessions", **_limits(now))
    tx.change("signed_in", id=user_id, now=now)
    tx.change("add_session", key=key_of(token), user_id=user_id, now=now, address=address, agent=agent)
    return token


def find(store: AccountStore, key: str, now: float) -> Session | None:
    """The session of this key, if it is live at this moment."""
    with store.reading() as tx:
        row = tx.one("find_session", key=key)
    session = _session(row) if row else None
    return session if session and session.is_live(now) else None


def touch(store: AccountStore, session: Session, now: float) -> None:
    """The user did something."""
    if session.is_worth_touching(now):
        with store.writing() as tx:
            tx.change("touch_session", key=session.key, now=now)


def of_user(store: AccountStore, user_id: int, now: float) -> list[Session]:
    """The live sessions of a user, the one used last first."""
    with store.reading() as tx:
        return [_session(row) for row in tx.all("sessions_of_user", user_id=user_id, **_limits(now))]


def _limits(now: float) -> dict[str, float]:
    return {"created_after": now - LIFE_SECONDS, "seen_after": now - IDLE_SECONDS}


def _session(row: Row) -> Session:
    return Session(
        key=row["key"], user_id=row["user_id"], name=row["name"], role=Role(row["role"]),
        created_at=row["created_at"], seen_at=row["seen_at"], address=row["address"], agent=row["agent"],
        disabled=bool(row["disabled"]), may_download=bool(row["may_download"]),
    )  # fmt: skip
