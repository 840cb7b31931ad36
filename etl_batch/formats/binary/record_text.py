"""Fields that hold text, in any encoding, or raw bytes."""

from __future__ import annotations

import codecs
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_nulls import without_nulls
from etl_batch.formats.binary.records import DecodedField, Flags, NullTexts, Records, unless_null, valid_rows
from etl_batch.formats.single_byte import single_byte_table
from etl_batch.kernels import decode
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.kernels.compile import Kernel
from etl_batch.layouts.layout import FILLS, TRIMS

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

#: encodings whose bytes are UTF-8 as they are: the kind of their columns, and what finds the bad ones
_IN_PLACE = {"utf-8": (Kind.FIXED_TEXT, decode.check_utf8), "ascii": (Kind.ASCII_TEXT, decode.check_ascii)}


def decode_bytes(field: Field, records: Records) -> DecodedField:
    """Raw bytes, shown as hexadecimal."""
    column = Column(
        Kind.HEX, records.address(field), records.stride, width=field.length, valid=valid_rows(field, records, None),
        owners=(records.bytes,),
    )  # fmt: skip
    return DecodedField(field, column)


def decode_text(field: Field, records: Records) -> DecodedField:
    """Text of the field's encoding, without its padding."""
    name = codecs.lookup(field.encoding).name
    reason = f"the text is not {field.encoding}"
    if field.trim != TRIMS[0]:
        column, bad = _decoded_one_by_one(field, records)
        return DecodedField(field, column, partial(unless_null, bad, column.valid), reason)
    if name in _IN_PLACE:
        kind, check = _IN_PLACE[name]
        column = Column(
            kind, records.address(field), records.stride, width=field.length,
            valid=_text_valid(field, records, 0x20), owners=(records.bytes,),
        )  # fmt: skip
        return DecodedField(field, column, partial(_checked, check, field, records, column.valid), reason, is_seen=True)
    table = single_byte_table(name)
    column, bad = _transcoded(field, records, table) if table is not None else _decoded_one_by_one(field, records)
    return DecodedField(field, column, partial(unless_null, bad, column.valid), reason)


def _checked(check: Kernel, field: Field, records: Records, valid: Flags | None) -> Flags | None:
    bad = np.zeros(records.rows, dtype=np.uint8)
    check(records.address(field), records.stride, field.length, records.rows, bad)
    return unless_null(bad, valid)


def _text_valid(field: Field, records: Records, blank: int) -> Flags | None:
    if field.nulls:
        return _text_beside(field, records, blank)
    return _text_but(field.null, field, records, blank) if isinstance(field.null, str) else None


def _text_beside(field: Field, records: Records, blank: int) -> Flags:
    """As `_text_valid`, of a field with several nulls."""
    valid = without_nulls(field, records.bytes)
    at_once = replace(records, null_texts=None)
    for null in (field.null, *field.nulls):
        if isinstance(null, str) and null not in FILLS:
            valid &= _text_but(null, field, at_once, blank)
    return valid


def _text_but(null: str, field: Field, records: Records, blank: int) -> Flags:
    """0 where the text is that."""
    valid = np.empty(records.rows, dtype=np.uint8)
    text = np.frombuffer(null.encode(field.encoding), np.uint8).copy()
    null_texts = records.null_texts or NullTexts()
    null_texts.add((records.address(field), records.stride, field.length, blank), text, valid)
    if records.null_texts is None:
        null_texts.find(records.rows)
    return valid


def gathered_text(field: Field, records: Records, valid: Flags | None) -> Column:
    """Texts of UTF-8 side by side, without their padding, as Arrow wants them."""
    offsets = np.empty(records.rows + 1, dtype=np.int32)
    text = np.empty(records.rows * field.length, dtype=np.uint8)
    decode.gather_text(records.address(field), records.stride, field.length, records.rows, offsets, text.ctypes.data)
    return _text_column(offsets, text, valid)


def _text_column(offsets: Array, text: Array, valid: Flags | None) -> Column:
    return Column(
        Kind.TEXT, offsets.ctypes.data, offsets.itemsize, extra=text.ctypes.data, valid=valid, owners=(offsets, text)
    )


def _transcoded(field: Field, records: Records, table: npt.NDArray[np.uint32]) -> tuple[Column, Flags]:
    blank = " ".encode(field.encoding)[0]
    offsets = np.empty(records.rows + 1, dtype=np.int32)
    text = np.empty(3 * records.rows * field.length + 4, dtype=np.uint8)
    bad = np.zeros(records.rows, dtype=np.uint8)
    decode.transcode_text(
        records.address(field), records.stride, field.length, records.rows,
        np.uint8(blank), table, offsets, text.ctypes.data, bad,
    )  # fmt: skip
    return _text_column(offsets, text, _text_valid(field, records, blank)), bad


def _decoded_one_by_one(field: Field, records: Records) -> tuple[Column, Flags]:
    """Codecs of several bytes a character, and other ways to trim: Python's own decoder, a value at a time."""
    bad = np.zeros(records.rows, dtype=np.uint8)
    nulls = {field.null, *field.nulls} - {None, *FILLS}
    valid = without_nulls(field, records.bytes) if field.nulls else None
    if valid is None and nulls:
        valid = np.ones(records.rows, dtype=np.uint8)
    pieces: list[bytes] = []
    for row, raw in enumerate(np.ascontiguousarray(records.raw(field))):
        try:
            whole = raw.tobytes().decode(field.encoding)
            pieces.append(_trimmed(whole, field.trim).encode())
            if valid is not None and pieces[-1].decode() in nulls:
                valid[row] = 0
        except UnicodeError:
            bad[row] = 1
            pieces.append(b"")
    offsets = np.zeros(records.rows + 1, dtype=np.int32)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    return _text_column(offsets, np.frombuffer(b"".join(pieces) + b"\0", np.uint8), valid), bad


def _trimmed(whole: str, trim: str) -> str:
    if trim == "none":
        return whole
    text = whole.rstrip("\0")
    text = text if text != whole else text.rstrip(" ")
    return text.lstrip(" ") if trim == "both" else text
