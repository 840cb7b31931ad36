"""Names of months, English and German, whole and short, in any case."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import load
from etl_batch.kernels.numbers_text import U

#: the names of each month, in small letters
NAMES = (
    ("jan", "january", "januar", "jän", "jänner"),
    ("feb", "february", "februar", "febr"),
    ("mar", "march", "märz", "mär", "mrz", "maerz"),
    ("apr", "april"),
    ("may", "mai"),
    ("jun", "june", "juni"),
    ("jul", "july", "juli"),
    ("aug", "august"),
    ("sep", "september", "sept"),
    ("oct", "october", "okt", "oktober"),
    ("nov", "november"),
    ("dec", "december", "dez", "dezember"),
)
_ALL = [(name.encode(), number) for number, names in enumerate(NAMES, start=1) for name in names]
_FRONTS = np.array([int.from_bytes(name[:8], "little") for name, _ in _ALL], dtype=np.uint64)
_BACKS = np.array([int.from_bytes(name[8:], "little") for name, _ in _ALL], dtype=np.uint64)
_NUMBERS = np.array([number for _, number in _ALL], dtype=np.uint64)
_COUNT = U(len(_ALL))
_LONGEST = U(16)
_FIRST_LETTER, _LETTERS, _SMALL = np.uint8(ord("a")), np.uint8(26), np.uint8(0x20)
_LEAD = np.uint8(0xC3)  #: of the letters with two bytes, such as an a with two dots


@inlined
def month_named(at: np.uint64, end: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The month whose name begins there and goes on as far as letters do.

    Returns:
        The address behind it; its number, 0: it is no name of a month.
    """
    front, back, length = U(0), U(0), U(0)
    while at < end and length < _LONGEST:
        small = load(at, np.uint8) | _SMALL
        if load(at, np.uint8) == _LEAD and at + U(1) < end:
            small = _LEAD
        elif np.uint8(small - _FIRST_LETTER) >= _LETTERS and not (length > U(0) and load(at - U(1), np.uint8) == _LEAD):
            break
        if length < U(8):
            front |= U(small) << (U(8) * length)
        else:
            back |= U(small) << (U(8) * (length - U(8)))
        length += U(1)
        at += U(1)
    for place in range(_COUNT):
        if _FRONTS[U(place)] == front and _BACKS[U(place)] == back:
            return at, _NUMBERS[U(place)]
    return at, U(0)
