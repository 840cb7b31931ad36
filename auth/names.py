"""Names of users: which may be, and which are the same. Rules only."""

from __future__ import annotations

import hashlib
import unicodedata

from etl_batch.errors import AccountRefused

LONGEST = 64  #: characters
#: SHA-256 of the user name that an early document of this product printed beside a password.
_PRINTED = "1fbce49020eed22ee7977d5b9941aef61ee79f0c4864edc2d1d6421c10c47017"
_MEND = "give 1 to 64 letters, digits, spaces and . _ - @ ', with a letter or digit at both ends"


def name_key(name: str) -> str:
    """The name as it is compared: `Zoë`, `ZOË` and look-alike widths are one user."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())


def checked_name(given: str) -> str:
    """The name as it is kept.

    Raises:
        AccountRefused: with the reason.
    """
    name = unicodedata.normalize("NFC", given.strip())
    if not name or len(name) > LONGEST:
        raise AccountRefused(f"a name of {len(name)} characters cannot be a user's", mend=_MEND)
    for character in name:
        if unicodedata.category(character)[0] not in "LMN" and character not in " ._-@'":
            raise AccountRefused(f"the name {name!r} holds {character!r}", mend=_MEND)
    if not (name[0].isalnum() and (name[-1].isalnum() or unicodedata.category(name[-1])[0] == "M")):
        raise AccountRefused(f"the name {name!r} begins or ends with a sign", mend=_MEND)
    if hashlib.sha256(name_key(name).encode()).hexdigest() == _PRINTED:
        raise AccountRefused("this name was printed as an example, with a password", mend="choose another name")
    return name
