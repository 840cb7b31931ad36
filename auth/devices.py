"""Browsers that somebody has signed in with: their tries have a count of their own, which strangers cannot use up.

The cookie of such a browser (a "device cookie", OWASP) opens nothing. It is signed for one account and its password:
another account, another password or another hand than ours makes it worth nothing. Rules only, the clock is passed in.
"""

from __future__ import annotations

import hmac

from auth.keys import Keys
from auth.sessions import new_token
from auth.store import Row

DEVICE_SECONDS = 90 * 24 * 3600  #: since the last sign-in with that browser
_LONGEST = 200  #: characters that are read


def new_device(keys: Keys, user: Row, now: float) -> str:
    """What the cookie of a browser holds after a sign-in; empty: the account has no password to guess at."""
    if user["password_hash"] is None:
        return ""
    name, until = new_token(), int(now) + DEVICE_SECONDS
    return f"{name}.{until}.{_signature(keys, user, name, until)}"


def known_device(keys: Keys, user: Row | None, given: str, now: float) -> str | None:
    """The name of the browser, if somebody has signed in to this account with it.

    Args:
        keys: of this home.
        user: whose account is tried; None: nobody's.
        given: what the cookie holds.
        now: seconds since 1970.
    """
    name, _, rest = given[:_LONGEST].partition(".")
    until, _, signature = rest.partition(".")
    if user is None or user["password_hash"] is None or not (until.isascii() and until.isdigit()):
        return None
    is_ours = hmac.compare_digest(
        _signature(keys, user, name, int(until)).encode(), signature.encode("utf-8", "replace")
    )
    return name if is_ours and now < int(until) else None


def _signature(keys: Keys, user: Row, name: str, until: int) -> str:
    return keys.of_device(f"{user['id']}:{name}:{until}:{user['password_hash']}")
