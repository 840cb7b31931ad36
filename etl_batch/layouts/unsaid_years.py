"""Years of two digits of which nobody said in which century they are: asked, with the first values in each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from etl_batch.errors import Ambiguous
from etl_batch.layouts.layout import Field, Layout, Written, first_fields
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.written_dates import has_short_year
from etl_batch.text.encodings import is_ebcdic

LOOKED_AT = 20  #: records
_SHOWN = 3
_CENTURIES = (1900, 1950, 2000)


def unsaid_year(layout: Layout) -> tuple[Field, bool] | None:
    """The first field with such years, and whether it is of one of several types of records; None: there is none."""
    for one in (layout, *(kind.layout for kind in layout.records)):
        for field in first_fields(one.fields):
            if has_short_year(field) and field.written is not None and field.written.form.century is None:
                return field, bool(layout.records)
    return None


def refuse_unsaid_year(field: Field, found: RawRecords | None, called: str) -> None:
    """Ask in which century years of two digits are, with the first values in each reading.

    Args:
        field: see `unsaid_year`.
        found: the first records of the file; None: not all of them have the field.
        called: the file, for messages.

    Raises:
        Ambiguous: always.
    """
    raws = [] if found is None else [found.field(number, field) for number in range(found.count)]
    dates = [date for date in (_date(field, raw) for raw in raws) if date is not None][:_SHOWN]
    readings = "; ".join(f"{first}: {', '.join(_years(dates, first))}" for first in _CENTURIES)
    raise Ambiguous(
        f"{called}: years of field {field.name!r} have two digits, and nothing says in which century they are"
        + (f" (its first values, by the first year that they may stand for, {readings})" if dates else ""),
        mend="say the first of the hundred years that they stand for: --century 1950, or century = 1950 in the layout",
    )


def _years(dates: Sequence[datetime], first: int) -> Iterator[str]:
    for date in dates:
        year = first + (date.year - first) % 100
        yield f"{year:04}{date:-%m-%d}"


def _date(field: Field, raw: bytes) -> datetime | None:
    """A date as Python reads it: near enough to be shown; None: it is none."""
    if field.written is None:
        return None
    try:
        return datetime.strptime(_characters(field, field.written, raw), field.written.form.text)  # noqa: DTZ007 - a day
    except (UnicodeError, ValueError):
        return None


def _characters(field: Field, written: Written, raw: bytes) -> str:
    match written.stored:
        case "":
            return raw.decode(field.encoding).strip(" ")
        case "packed":
            digits = raw.hex()[:-1] if field.signed else raw.hex()
        case "zoned":
            digits = "".join(str(byte & 0x0F) for byte in raw if is_ebcdic(field.encoding) or byte >= ord("0"))
        case _:
            digits = str(int.from_bytes(raw, "big" if field.big_endian else "little"))
    return digits.lstrip("0").zfill(written.form.digits or 0)
