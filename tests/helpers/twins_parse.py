"""The slow, obvious twins of the helpers that read cells; None: the cell is refused."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

from etl_batch.kernels import classify_cell as classes
from tests.helpers import twins

_PLAIN = r"([0-9]+\.?[0-9]*|\.[0-9]+)"
_UNSIGNED = re.compile(r"\+?[0-9]+", re.ASCII)
_SIGNED = re.compile(r"[+-]?[0-9]+", re.ASCII)
_DECIMAL = re.compile(rf"[+-]?{_PLAIN}", re.ASCII)
_NUMBER = re.compile(rf"[+-]?{_PLAIN}([eE][+-]?[0-9]+)?", re.ASCII)
_NAMED = re.compile(r"[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)
_HEX = re.compile(r"([0-9a-fA-F]{2})*", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)
_BOOLS = {"true": 1, "True": 1, "TRUE": 1, "1": 1, "false": 0, "False": 0, "FALSE": 0, "0": 0}


def _text(cell: bytes) -> str:
    return cell.decode("latin-1")


def unsigned(cell: bytes) -> int | None:
    """Up to 2^64 - 1."""
    value = int(cell) if _UNSIGNED.fullmatch(_text(cell)) else -1
    return value if 0 <= value < 2**64 else None


def signed(cell: bytes) -> int | None:
    """Of 64 bits."""
    if not _SIGNED.fullmatch(_text(cell)):
        return None
    value = int(cell)
    return value if -(2**63) <= value < 2**63 else None


def decimal(cell: bytes, precision: int, scale: int) -> int | None:
    """The unscaled integer."""
    if not _DECIMAL.fullmatch(_text(cell)):
        return None
    value = Fraction(_text(cell)) * 10**scale
    return int(value) if value.denominator == 1 and abs(value) < 10**precision else None


def bool_value(cell: bytes) -> int | None:
    """0 or 1."""
    return _BOOLS.get(_text(cell))


def hex_bytes(cell: bytes) -> bytes | None:
    """Raw bytes."""
    return bytes.fromhex(_text(cell)) if _HEX.fullmatch(_text(cell)) else None


def float64(cell: bytes) -> float | None:
    """As Python reads it."""
    text = _text(cell)
    return float(text) if _NUMBER.fullmatch(text) or _NAMED.fullmatch(text) else None


def float32(cell: bytes) -> float | None:
    """The nearest 32-bit float, ties to even, by fractions."""
    rough = float64(cell)
    if rough is None or not math.isfinite(rough):
        return rough
    if not 1e-60 < abs(rough) < 1e60:
        return math.copysign(math.inf if abs(rough) > 1 else 0.0, rough)
    exact = abs(Fraction(_text(cell)))
    exponent = math.frexp(rough)[1] - 1
    # Rounded to 64 bits, it may have become the next power of two.
    exponent = max(exponent - (Fraction(2) ** exponent > exact), -126)
    unit = Fraction(2) ** (exponent - 23)
    value = round(exact / unit) * unit
    return math.copysign(math.inf if value >= 2**128 else float(value), rough)


def date_days(cell: bytes) -> int | None:
    """Days from 1970-01-01."""
    if not _DATE.fullmatch(_text(cell)):
        return None
    try:
        return (date.fromisoformat(_text(cell)) - date(1970, 1, 1)).days
    except ValueError:
        return None


def timestamp_ticks(cell: bytes, per_second: int, *, zoned: bool) -> int | None:
    """Ticks from 1970-01-01 in UTC."""
    match = _TIMESTAMP.fullmatch(_text(cell))
    if not match:
        return None
    day, hour, minute, second, fraction, zone = match.groups()
    if zone and not zoned:
        return None
    try:
        plain = datetime.fromisoformat(f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}")
        moment = plain.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    ticks = (since.days * 86_400 + since.seconds + Fraction(f"0.{fraction or 0}")) * per_second
    return int(ticks) if ticks.denominator == 1 and -(2**63) <= ticks < 2**63 else None


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if text[0] == "-" else ahead)


def cell_class(cell: bytes) -> int:
    """What the cell is."""
    if not cell:
        return int(classes.EMPTY)
    text = _text(cell)
    for value in (signed(cell), unsigned(cell)):
        if value is not None and twins.integer_text(value) == text:
            more = classes.NEGATIVE if value < 0 else classes.UNSIGNED if value >= 2**63 else 0
            return int(classes.INTEGER | more)
    number = float64(cell)
    if number is not None and twins.float64_text(number) == text:
        return int(classes.FLOAT)
    return int(classes.NUMBER if _NUMBER.fullmatch(text) else classes.TEXT)
