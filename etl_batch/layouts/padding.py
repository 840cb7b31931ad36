"""What stands behind the end of a record that is shorter than others: values that every decoder takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from etl_batch.layouts.layout import LEADING, Field, Layout, Written
from etl_batch.layouts.written_dates import sample_date
from etl_batch.text.encodings import is_ebcdic

_PLUS = {True: "c", False: ""}  #: behind packed digits, by whether they have a sign


def padding_of(layout: Layout) -> bytes:
    """The bytes that a record gets where it has none, place by place: blanks in texts, zero in numbers."""
    return _of_fields(layout.fields, 0, layout.record_size)


def _of_fields(fields: Iterable[Field], start: int, size: int) -> bytes:
    padding = bytearray(size)
    for field in fields:
        at = field.offset - start
        padding[at : at + field.length] = padding_of_field(field)
    return bytes(padding)


def padding_of_field(field: Field) -> bytes:
    """A value of a field that says nothing."""
    if (table := field.table) is not None:
        return _of_fields(table.fields, field.offset, table.step) * table.times
    if field.type == "str":
        blank = " ".encode(field.encoding)
        return (blank * field.length)[: field.length]
    if field.written is not None:
        return _of_date(field, field.written)
    if field.text:
        return "0".encode("cp037" if is_ebcdic(field.encoding) else "ascii") * field.length
    return _of_digits(field, field.type, "0")


def _of_date(field: Field, written: Written) -> bytes:
    sample = sample_date(written)
    if written.stored:
        return _of_digits(field, written.stored, sample)
    return sample.encode(field.encoding).ljust(field.length, " ".encode(field.encoding))[: field.length]


def _of_digits(field: Field, kind: str, digits: str) -> bytes:
    if kind == "packed":
        return bytes.fromhex((digits + _PLUS[field.signed]).zfill(2 * field.length))
    if kind == "zoned":
        places = field.length - field.has_own_sign
        number, sign = digits.zfill(places), "+" if field.has_own_sign else ""
        text = sign + number if field.sign.startswith(LEADING) else number + sign
        return text.encode("cp037" if is_ebcdic(field.encoding) else "ascii")
    return int(digits).to_bytes(field.length, "big" if field.big_endian else "little")
