"""Recovery codes, each of which stands for the authenticator app once: how they look. Rules only."""

from __future__ import annotations

import secrets

CODES = 10  #: made at once
FEW = 3  #: left: time to make new ones
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  #: none of which is easily taken for another (Crockford's base 32)
_LENGTH = 16  #: 80 bits: nobody finds one by trying, not even who has the store
_GROUP = 4
_READ_AS = str.maketrans("OIL", "011")


def new_codes() -> tuple[str, ...]:
    """As many codes as a user gets, as they are shown: `7Q2K-0M9D-XW4T-HB3C`."""
    found: dict[str, None] = {}
    while len(found) < CODES:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        found["-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))] = None
    return tuple(found)


def read_code(typed: str) -> str | None:
    """A code as it is hashed, however it was typed; None: it can be none."""
    if len(typed) > _LENGTH * 4:
        return None
    letters = "".join(typed.replace("-", "").split()).upper().translate(_READ_AS)
    return letters if len(letters) == _LENGTH and set(letters) <= set(_LETTERS) else None
