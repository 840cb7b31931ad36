"""Numbers as people read them: digits in groups, units beside them, a dash where nothing is known."""

from __future__ import annotations

import math
import re

UNKNOWN = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_MINUTE = 60  #: seconds
_SLOWEST_SHOWN = 0.001  #: MB/s
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_PLAIN_BELOW = 1e15  #: beyond it the digits of a float are no longer all its own


def count(number: int) -> str:
    """`1,469,307`."""
    return f"{number:,}".replace("-", _MINUS)


def counted(number: int, what: str) -> str:
    """`1 row`, `2 rows`, `1 stratum`, `2 strata`."""
    plural = {"stratum": "strata", "entry": "entries", "record batch": "record batches"}.get(what, f"{what}s")
    return f"{count(number)} {what if number == 1 else plural}"


def amount(value: float | None) -> str:
    """A total: whole from a thousand on, else to five digits."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < _PLAIN_BELOW:
        return f"{value:.4e}".replace("-", _MINUS)
    decimals = max(0, 4 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if decimals else text).replace("-", _MINUS)


def exact_amount(value: float | None, text: str | None) -> str:
    """An exact total with every digit it has; one that came without them as `amount` has it.

    Args:
        value: as a number; None: not known.
        text: its digits.
    """
    if value is None or text is None or not _PLAIN.fullmatch(text):
        return amount(value)
    whole, point, rest = text.removeprefix("-").partition(".")
    rest = "" if rest == "0" else rest  # of a float
    return f"{_MINUS if text[0] == '-' else ''}{int(whole):,}{point if rest else ''}{rest}"


def percent(share: float | None, digits: int = 3) -> str:
    """A share as a percentage, to so many digits: `0.532 %`."""
    if share is None or not math.isfinite(100 * share):
        return UNKNOWN
    return f"{amount_of_digits(100 * share, digits)} %"


def amount_of_digits(value: float, digits: int) -> str:
    """A number to so many significant digits, without an exponent where it can be read without."""
    if value == 0:
        return "0"
    if abs(value) >= 10**digits:
        return f"{value:,.0f}".replace("-", _MINUS) if abs(value) < _PLAIN_BELOW else f"{value:.1e}"
    if abs(value) < 1e-4:
        return f"{value:.1e}".replace("-", _MINUS)
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", _MINUS)


def data_size(size_bytes: float) -> str:
    """Bytes in powers of ten, as disks are sold: `96.8 MB`."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= scale:
            return f"{size_bytes / scale:,.{0 if size_bytes >= 100 * scale else 1}f} {unit}"
    return f"{size_bytes:.0f} B"


def rate(mb_s: float) -> str:
    """`310 MB/s`, `0.42 MB/s`: three digits, so that slow is not nothing."""
    if 0 < mb_s < _SLOWEST_SHOWN:
        return f"under {_SLOWEST_SHOWN} MB/s"
    return f"{amount_of_digits(mb_s, 3)} MB/s"


def about(seconds: float) -> str:
    """What is only expected: `about 2 s`, `about 4 min 05 s`, `under 1 s`; no digits that nobody knows."""
    whole = round(seconds)
    if seconds < 1:
        return "under 1 s"
    return f"about {whole} s" if whole < _MINUTE else f"about {duration(whole)}"


def duration(seconds: float) -> str:
    """`0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 03 min`."""
    if seconds < _MINUTE:
        return f"{seconds:.{2 if seconds < 10 else 1}f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
