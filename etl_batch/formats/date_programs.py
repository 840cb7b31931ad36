"""Formats of dates as kernels are told them: of cells of a CSV, and of fields of records. Pure."""

from __future__ import annotations

from etl_batch.kernels.cell_meaning import TWO_DIGITS, Part
from etl_batch.text.date_formats import DateFormat

_PARTS = {
    "%d": Part.DAY, "%m": Part.MONTH, "%Y": Part.YEAR, "%y": Part.SHORT_YEAR, "%b": Part.MONTH_NAME,
    "%B": Part.MONTH_NAME, "%H": Part.HOUR, "%M": Part.MINUTE, "%S": Part.SECOND, "%f": Part.FRACTION,
    "%I": Part.HOUR_OF_TWELVE, "%p": Part.HALF_DAY, "%z": Part.ZONE,
}  # fmt: skip


def program_of(form: DateFormat) -> bytes:
    """A format as a kernel is told it."""
    return b"".join(_coded(form, place, part) for place, part in enumerate(form.parts)) + bytes([Part.END])


def _coded(form: DateFormat, place: int, part: str) -> bytes:
    if part not in _PARTS:
        return part.encode()
    if part == "%y" and form.century is not None:
        return bytes([Part.YEAR_SINCE]) + form.century.to_bytes(2, "little")
    return bytes([_PARTS[part] + form.is_exact(place) * TWO_DIGITS])
