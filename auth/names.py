"""Names of users: which may be, which are the same, and which look the same. Rules only.

What may be is asked when an account is made, and never again: who has an account keeps it.
"""

from __future__ import annotations

import hashlib
import unicodedata

from etl_batch.errors import AccountRefused

LONGEST = 64  #: characters
#: SHA-256 of the user name that an early document of this product printed beside a password.
_PRINTED = "1fbce49020eed22ee7977d5b9941aef61ee79f0c4864edc2d1d6421c10c47017"
_MEND = "give 1 to 64 letters, digits, spaces and . _ - @ ', with a letter or digit at both ends"
#: Letters and marks that show nothing (Default_Ignorable_Code_Point of Unicode); other kinds are refused anyhow.
_UNSEEN = frozenset(
    (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, *range(0xFE00, 0xFE10), 0xFFA0)
) | frozenset(range(0xE0100, 0xE01F0))
#: Pairs that look alike in most typefaces, which UTS 39 has in its list and the library leaves out.
_ALIKE = (("m", "rn"), ("w", "vv"))


def name_key(name: str) -> str:
    """The name as it is compared: `Zoë`, `ZOË` and look-alike widths are one user."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).casefold())


def look_of(name: str) -> str:
    """What names that look alike have in common, across scripts (the skeleton of UTS 39). For comparison only."""
    from disarm import skeleton_key

    look = skeleton_key(unicodedata.normalize("NFKC", name.strip()), digit_policy="tr39")
    for letters, other in _ALIKE:
        look = look.replace(letters, other)
    return look or name_key(name)


def checked_name(given: str) -> str:
    """The name of a new user as it is kept: one form of each character, no wide or otherwise styled ones.

    Raises:
        AccountRefused: with the reason.
    """
    name = unicodedata.normalize("NFKC", given.strip())
    if not name or len(name) > LONGEST:
        raise AccountRefused(f"a name of {len(name)} characters cannot be a user's", mend=_MEND)
    for character in name:
        is_named = unicodedata.category(character)[0] in "LMN" and ord(character) not in _UNSEEN
        if not is_named and character not in " ._-@'":
            raise AccountRefused(f"the name {name!r} holds {character!r}", mend=_MEND)
    if not (name[0].isalnum() and (name[-1].isalnum() or unicodedata.category(name[-1])[0] == "M")):
        raise AccountRefused(f"the name {name!r} begins or ends with a sign", mend=_MEND)
    if "  " in name:
        raise AccountRefused(f"the name {name!r} has two spaces side by side", mend="give one, which looks the same")
    if not _is_of_one_script(name):
        raise AccountRefused(
            f"the name {name!r} mixes scripts, so that it could be taken for another", mend="write it in one script"
        )
    if hashlib.sha256(name_key(name).encode()).hexdigest() == _PRINTED:
        raise AccountRefused("this name was printed as an example, with a password", mend="choose another name")
    return name


def _is_of_one_script(name: str) -> bool:
    """Whether letters are of one writing system (UTS 39; Japanese is one), and digits of one kind."""
    from disarm import detect_scripts, is_mixed_script

    digits = {
        ord(character) - unicodedata.decimal(character) for character in name if unicodedata.category(character) == "Nd"
    }
    if is_mixed_script(name) or len(digits) > 1:
        return False
    letters = [character for character in name if unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lo"}]
    # Of rare scripts the library does not know the name; the letters say it with the first word of theirs.
    unknown = {unicodedata.name(letter, "?").split()[0] for letter in letters if not detect_scripts(letter)}
    return not unknown or (len(unknown) == 1 and not detect_scripts(name))
