"""What a cell means, as a record of words for each column: what kernels that read cells are told. Loads no Numba."""

from __future__ import annotations

from enum import IntEnum


class Meaning(IntEnum):
    """What the cells of a column are."""

    AS_IS = 0  #: nobody looks at them
    TEXT = 1  #: any text; blanks around it and words for nothing may be taken away
    NUMBER = 2
    MOMENT = 3  #: a date, or a date and a time
    BOOL = 4
    PERCENT = 5
    MONEY = 6


class Part(IntEnum):
    """A part of a format of dates, in the order of `strftime`; any other byte stands for itself."""

    END = 0
    DAY = 1
    MONTH = 2
    YEAR = 3
    SHORT_YEAR = 4
    MONTH_NAME = 5
    HOUR = 6
    MINUTE = 7
    SECOND = 8
    FRACTION = 9
    HOUR_OF_TWELVE = 10
    HALF_DAY = 11
    ZONE = 12
    YEAR_SINCE = 13  #: as SHORT_YEAR; the first year that it may stand for follows, the lower byte first


TWO_DIGITS = 16  #: added to a part: exactly two digits, for more follow or stand before
FIRST_LITERAL = 32


class Seen(IntEnum):
    """What numbers of a column look like as they are written: bits, or-ed over all its cells."""

    WHOLE = 1  #: an integer
    FRACTION = 2  #: as we would write a float
    ODD = 4  #: with zeros that we would not write, or of more digits than a float keeps


#: fields of a column's record
KIND = 0  #: a `Meaning`
MARK = 1  #: what does not fit is marked, so that its declared type refuses it; 0: it is copied as it is
TRIM = 2  #: blanks around a cell are no part of it
NULLS = 3  #: address of words that stand for nothing, as `packed` has them; 0: there are none
PROVES = 4  #: it is a proposal: only what shows its type beyond doubt fits
DECIMAL, THOUSANDS = 5, 6  #: bytes; thousands 0: nothing stands between them; a blank: any of three blanks
RIVAL_DECIMAL, RIVAL_THOUSANDS = 7, 8  #: of the second candidate
FORMATS = 9  #: address of the addresses of formats of dates, each of which ends with `Part.END`
CANDIDATES = 10  #: how many notations or formats there are; cells are written by the first
WORDS = 11  #: address of the words for true and for false
#: what the kernel keeps
SURVIVORS = 12  #: bits: the candidates that all cells keep to
WHOLE_DIGITS, SCALE = 13, 14  #: the most digits before the point, and behind it
SEEN = 15  #: bits of `Seen`
OFFSET, OFFSETS = 16, 17  #: the zone of the first cell with one, as a number of its own, and whether there are others
MISFIT_ROW, MISFIT_BYTES, MISFIT_TEXT = 18, 19, 20  #: the first that did not fit: its row from 1, its length, its start
MISFIT_SHOWN = 64  #: bytes of it
RULE_WORDS = MISFIT_TEXT + MISFIT_SHOWN // 8

END_OF_WORDS = 0xFFFFFFFF  #: in the place of the length of a word


def packed(words: list[bytes]) -> bytes:
    """Words for a kernel: each behind its length."""
    parts = [len(word).to_bytes(4, "little") + word for word in words]
    return b"".join(parts) + END_OF_WORDS.to_bytes(4, "little")
