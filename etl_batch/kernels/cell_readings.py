"""How a cell of a CSV can be read. Loads no Numba."""

from __future__ import annotations

from enum import IntEnum


class Reading(IntEnum):
    """What the text of a cell becomes. `width` and `extra` stand beside it in the table that `read_run` takes."""

    SIGNED = 0  #: an integer of `width` bytes
    UNSIGNED = 1
    FLOAT = 2  #: of `width` bytes
    BOOL = 3  #: a byte, 0 or 1
    DATE = 4  #: int32 days
    TIMESTAMP = 5  #: int64, `extra` ticks a second; the text may name its zone
    LOCAL_TIMESTAMP = 6  #: the same, without a zone
    DECIMAL = 7  #: two uint64, low word first; `extra` digits behind the point, `width` digits at all
    FIXED_BYTES = 8  #: `width` bytes, from hexadecimal
    BYTES = 9  #: offsets and bytes, from hexadecimal
    TEXT = 10  #: offsets and bytes
    SKIPPED = 11  #: not looked at
    PLACE = 12  #: where a text lies, its offset and its length (uint32); `used` counts those with doubled quotes within


class Class(IntEnum):
    """What the cells of a column look like: bits, or-ed over all its cells."""

    EMPTY = 1  #: null
    INTEGER = 2  #: as we would write an integer of 64 bits
    NEGATIVE = 4  #: and below 0
    UNSIGNED = 8  #: and above the signed ones
    FLOAT = 16  #: as we would write a float of 64 bits
    NUMBER = 32  #: a number, but not as we would write it: 007, +5, 1.50
    TEXT = 64


def number_word(seen: int) -> str:
    """The type of numbers of cells that all look so, if writing their values gives back their bytes; empty: none.

    Args:
        seen: bits of `Class`.
    """
    seen &= ~Class.EMPTY
    if seen and not seen & ~(Class.INTEGER | Class.NEGATIVE | Class.UNSIGNED):
        if not seen & Class.UNSIGNED:
            return "i64"
        return "" if seen & Class.NEGATIVE else "u64"
    return "f64" if seen == Class.FLOAT else ""


#: fields of a column in the table that `read_run` takes
READING, WIDTH, EXTRA, VALUES, VALID, BYTES, USED = range(7)
READ_FIELDS = 7
TEXT_SLACK = 32  #: bytes that are written behind a text, to be overwritten
