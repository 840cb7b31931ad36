"""How the records of a file are told from each other, as far as anybody says it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass

_MOST_AT, _MOST_BYTES, _MOST_ADJUST = 32_760, 8, 1 << 20
_NUMBERS = {"at": (0, _MOST_AT), "bytes": (1, _MOST_BYTES), "adjust": (-_MOST_ADJUST, _MOST_ADJUST), "head": (0, 255)}
_WORDS: dict[str, tuple[str, bool]] = {
    "big": ("is_big", True), "little": ("is_big", False),
    "self": ("includes_itself", True), "data": ("includes_itself", False),
}  # fmt: skip
_MEND = (
    "give big or little, and self (it counts itself) or data (it does not), such as --rdw big,self; "
    "at=N, bytes=N, adjust=N and head=N say where it stands"
)


class RecordFormat(StrEnum):
    """How records follow each other, in the words of z/OS."""

    AUTO = "auto"  #: as the layout or the bytes say
    F = "F"  #: of one length
    FB = "FB"  #: the same
    V = "V"  #: in front of each stands its length (RDW)
    VB = "VB"  #: the same in blocks, each with its length in front (BDW)
    VS = "VS"  #: as V, in segments: a record may be several
    VBS = "VBS"  #: segments in blocks
    MF = "MF"  #: variable records of Micro Focus COBOL, which begin with a header of 128 bytes
    LENGTH_FIELD = "length-field"  #: each has its length as one of its fields
    TEXT = "text"  #: they are lines


FIXED = frozenset({RecordFormat.F, RecordFormat.FB})


class ShortRecords(StrEnum):
    """What a record of variable length is that ends before its last field."""

    AUTO = "auto"  #: as the layout says, else an error
    ERROR = "error"  #: a bad row
    NULL = "null"  #: its missing fields have no value


class DependingOn(StrEnum):
    """What becomes of what stands behind a table whose occurrences a field counts."""

    AUTO = "auto"  #: as the layout or the lengths of records say
    FIXED = "fixed"  #: it stays where it is: records have room for all occurrences
    MOVING = "moving"  #: it follows the last occurrence that there is


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLength:
    """What somebody said of the length that stands in each record; None: nothing."""

    is_big: bool | None = None  #: its highest byte comes first
    includes_itself: bool | None = None  #: it counts its own bytes, too
    at: int | None = None  #: bytes from where the record begins
    bytes: int | None = None  #: of the length itself
    adjust: int | None = None  #: what is added to it
    head: int | None = None  #: bytes in front of each record that are none of its own

    @classmethod
    def parse(cls, text: str | None) -> SaidLength:
        """Of `big,self`.

        Raises:
            ConfigError: it is nothing of the kind.
        """
        said: dict[str, Any] = {}
        for part in [] if text is None else text.split(","):
            name, value = _of_word(part.strip().lower(), text or "")
            if name in said:
                raise ConfigError(f"--rdw is {text!r}: {part.strip()!r} is said beside another of its kind", mend=_MEND)
            said[name] = value
        found = cls(**said)
        found.refuse_impossible(f"--rdw is {text!r}")
        return found

    def refuse_impossible(self, what: str) -> None:
        """Refuse numbers out of their ranges.

        Raises:
            ConfigError: naming the first.
        """
        for name, (low, high) in _NUMBERS.items():
            number = getattr(self, name)
            if number is not None and not low <= number <= high:
                raise ConfigError(f"{what}: {name} is {number}; give {low} to {high}", mend=_MEND)


def _of_word(word: str, text: str) -> tuple[str, bool | int]:
    """The field that a word of `--rdw` sets, and to what."""
    if word in _WORDS:
        return _WORDS[word]
    name, _, number = word.partition("=")
    digits = number.removeprefix("-")
    if name in _NUMBERS and digits.isascii() and digits.isdigit() and len(digits) <= len(str(_MOST_ADJUST)):
        return name, int(number)
    raise ConfigError(f"--rdw is {text!r}: {word!r} says nothing of a length", mend=_MEND)
