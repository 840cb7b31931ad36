"""What can be wrong with a row of a CSV, and how the table of bad rows is laid out. Loads no Numba."""

from __future__ import annotations

from enum import IntEnum


class Problem(IntEnum):
    """What is wrong with a row."""

    NONE = 0
    CELLS = 1  #: too few or too many; the detail is how many
    BARE_QUOTE = 2
    TEXT_AFTER_QUOTE = 3
    UNCLOSED_QUOTE = 4
    LONE_RETURN = 5
    NUL_BYTE = 6
    NOT_UTF8 = 7
    TYPE = 8  #: a cell is not of its column's type; the detail is the column, from 0


#: what the kernels find of rows: their number, two things of their own, lines ended with CR and LF, with LF alone
FOUND_FIELDS = 5
CR_LF, LF_ALONE = 3, 4

#: the fields of a bad row; rows count from 0, places are bytes
ROW, START, STOP, PROBLEM, WHERE, DETAIL = range(6)
BAD_ROW_FIELDS = 6
