"""What stands behind the end of a record that is shorter than others: values that every decoder takes. Pure."""

from __future__ import annotations

from etl_batch.layouts.layout import LEADING, Field, Layout
from etl_batch.text.encodings import is_ebcdic

_POSITIVE = 0x0C


def padding_of(layout: Layout) -> bytes:
    """The bytes that a record gets where it has none, place by place: blanks in texts, zero in numbers."""
    padding = bytearray(layout.record_size)
    for field in layout.fields:
        padding[field.offset : field.offset + field.length] = padding_of_field(field)
    return bytes(padding)


def padding_of_field(field: Field) -> bytes:
    """A value of a field that says nothing."""
    if field.type == "str":
        blank = " ".encode(field.encoding)
        return (blank * field.length)[: field.length]
    if field.text:
        return "0".encode("cp037" if is_ebcdic(field.encoding) else "ascii") * field.length
    if field.type == "packed" and field.signed:
        return bytes(field.length - 1) + bytes([_POSITIVE])
    if field.type == "zoned":
        digits, sign = "0" * field.digits, "+" if field.has_own_sign else ""
        written = sign + digits if field.sign.startswith(LEADING) else digits + sign
        return written.encode("cp037" if is_ebcdic(field.encoding) else "ascii")
    return bytes(field.length)
