"""Which passwords are good enough. Rules only."""

from __future__ import annotations

import functools
import hashlib
import threading
import unicodedata

from etl_batch.errors import PasswordRefused

SHORTEST = 15  #: characters
SHORTEST_WITH_TOTP = 12  #: where a second factor is asked for as well
LONGEST_BYTES = 1024  #: in UTF-8
_GOOD_SCORE = 3  #: of zxcvbn: safely unguessable even offline needs more than 10^8 tries
_OWN_CHARACTERS = 8  #: letters and digits that must remain without the words of the user and the product
_RATED = 72  #: characters that zxcvbn rates
_PRODUCT_WORDS = (
    "quantum",
    "etl",
    "console",
    "pipeline",
    "super_admin",
    "superadmin",
    "analyst",
    "auditor",
    "streamlit",
)
_RATING = threading.Lock()  #: zxcvbn keeps the words of a call in a variable of its module
#: SHA-256 of the password that an early document of this product printed as an example, in lower case, and its length.
_PRINTED = ("1d4da7a817cc4ac705dfc0aca3aa4f65b0efe68aa6613b24761f169872198dfd", 9)


def normalised(password: str) -> str:
    """The password as it counts: combining characters joined, so that two keyboards mean the same."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, *, name: str, has_totp: bool = False) -> None:
    """Let a new password pass, or say why not. No kinds of characters are asked for; length and rarity are.

    Args:
        password: as it was typed.
        name: of its user, who will not hide behind it.
        has_totp: whether a one-time code is asked for besides.

    Raises:
        PasswordRefused: with the reason; the password is not in it.
    """
    text = normalised(password)
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise PasswordRefused("the password holds half a character (an unpaired surrogate)") from None
    shortest = SHORTEST_WITH_TOTP if has_totp else SHORTEST
    if len(text) < shortest:
        raise PasswordRefused(f"the password has {len(text)} characters; {shortest} is the least")
    if len(encoded) > LONGEST_BYTES:
        raise PasswordRefused(f"the password has {len(encoded)} bytes; {LONGEST_BYTES} is the most")
    if _holds_the_printed_one(text) or text.casefold() in _common():
        raise PasswordRefused("the password is on the lists of common passwords")
    if _too_easy(text, name):
        raise PasswordRefused("the password is easy to guess")


def _holds_the_printed_one(text: str) -> bool:
    digest, length = _PRINTED
    small = text.casefold()
    parts = (small[at : at + length] for at in range(len(small) - length + 1))
    return any(hashlib.sha256(part.encode()).hexdigest() == digest for part in parts)


def _too_easy(text: str, name: str) -> bool:
    from zxcvbn import zxcvbn

    words = [name, *name.replace("@", " ").replace(".", " ").split(), *_PRODUCT_WORDS]
    rest = text.casefold()
    for word in sorted({word.casefold() for word in words if len(word) > 2}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if sum(character.isalnum() for character in rest) < _OWN_CHARACTERS:
        return True
    with _RATING:
        return all(zxcvbn(part, words)["score"] < _GOOD_SCORE for part in {text[:_RATED], text[-_RATED:]})


@functools.cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
