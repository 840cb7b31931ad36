"""Users whom the organisation's provider vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auth.accounts import Accounts
from auth.new_users import NewUser, add_user
from auth.oidc_settings import Provider
from auth.roles import Role
from auth.signing_in import Admitted, Attempt, begin_session, visitor
from auth.store import Row, Transaction
from etl_batch.audit.events import Action, Event
from etl_batch.errors import AccountRefused


def admit(accounts: Accounts, provider: Provider, claims: Mapping[str, Any], attempt: Attempt) -> Admitted:
    """Begin a session for the user whom verified claims describe; an account is made, its role follows the provider.

    Raises:
        AccountRefused: the user has no role here, is disabled, or has a name that somebody else has here.
    """
    role = provider.role_of(claims)
    if role is None:
        raise AccountRefused(
            "your groups have no role in this console", mend="ask whoever runs the console to map one of them"
        )
    subject = f"{provider.issuer} {claims['sub']}"
    name = str(claims.get(provider.name_claim) or claims.get("email") or claims["sub"])
    with accounts.store.writing() as tx:
        row = tx.one("find_user_by_subject", subject=subject) or _made(accounts, tx, attempt, (name, role, subject))
        if row["disabled"]:
            raise AccountRefused("this account is disabled", mend="ask a super_admin")
        if row["role"] != role:
            row = _moved(accounts, tx, attempt, row, role)
        return begin_session(accounts, tx, row, attempt, "provider")


def _made(accounts: Accounts, tx: Transaction, attempt: Attempt, account: tuple[str, Role, str]) -> Row:
    name, role, subject = account
    new = NewUser(name=name, role=role, subject=subject)
    row = add_user(tx, new, accounts.clock(), mend="ask a super_admin to mend it, or change your name there")
    event = Event(action=Action.USER_CREATED, target=row["name"], detail={"role": role, "by": "provider"})
    accounts.record(visitor(attempt, row["name"], role), event)
    return row


def _moved(accounts: Accounts, tx: Transaction, attempt: Attempt, row: Row, role: Role) -> Row:
    tx.change("set_role", id=row["id"], role=role)
    if row["role"] == Role.SUPER_ADMIN and not tx.number("count_super_admins"):
        raise AccountRefused(
            "the provider takes the role from the last super_admin who can sign in",
            mend="make another user a super_admin first",
        )
    tx.change("end_sessions_of_user", user_id=row["id"], but=None)
    detail = {"role": str(role), "before": str(row["role"]), "by": "provider"}
    accounts.record(
        visitor(attempt, row["name"], role), Event(action=Action.USER_CHANGED, target=row["name"], detail=detail)
    )
    return tx.one("find_user_by_id", id=row["id"]) or row
