"""One field of many records: checked, as a column for the CSV kernel, and as an Arrow array."""

from __future__ import annotations

import codecs
import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from etl_batch.kernels import calendar_text, decode
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.sources.arrow_types import arrow_type

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.layouts import Field

Flags = npt.NDArray[np.uint8]  # shape (rows,): 1 where true

_INTEGER_KINDS = {
    "i8": Kind.I8, "i16": Kind.I16, "i32": Kind.I32, "i64": Kind.I64,
    "u8": Kind.U8, "u16": Kind.U16, "u32": Kind.U32, "u64": Kind.U64,
    "f32": Kind.F32, "f64": Kind.F64,
}  # fmt: skip
TICKS_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Records:
    """Whole records in memory, shape (rows, record_size), C order, as mapped or as copied."""

    bytes: npt.NDArray[np.uint8]

    @property
    def rows(self) -> int:
        """How many records."""
        return int(self.bytes.shape[0])

    @property
    def stride(self) -> int:
        """Bytes from one record to the next."""
        return int(self.bytes.shape[1])

    def address(self, field: Field) -> int:
        """Where the field of the first record lies."""
        return int(self.bytes.ctypes.data) + field.offset

    def raw(self, field: Field) -> npt.NDArray[np.uint8]:
        """The field's bytes, shape (rows, length)."""
        return self.bytes[:, field.offset : field.offset + field.length]

    def numbers(self, field: Field, code: str) -> Array:
        """The field as stored numbers of a NumPy type such as `i4`, shape (rows,), in place."""
        order = ">" if field.big_endian else "<"
        if not self.rows:  # NumPy refuses strides over nothing
            return np.empty(0, np.dtype(order + code))
        return np.ndarray((self.rows,), np.dtype(order + code), self.bytes.data, field.offset, (self.stride,))


@dataclass(frozen=True, slots=True)
class DecodedField:
    """A field of many records, ready to be written."""

    field: Field
    column: Column
    bad: Flags | None  #: rows whose value the type does not allow; None: none
    reason: str = ""  #: what is wrong with the bad ones


def decode_field(field: Field, records: Records) -> DecodedField:
    """Check a field and lay it out for the formatting kernel; in place where its bytes already suit."""
    if field.type in _INTEGER_KINDS:
        return _decode_number(field, records)
    return _DECODERS[field.type](field, records)


def arrow_array(decoded: DecodedField, records: Records) -> pa.Array:
    """The field as an Arrow array of `arrow_type`, with its nulls."""
    import pyarrow as pa

    field, column, rows = decoded.field, decoded.column, records.rows
    kind = arrow_type(field)
    validity = None if column.valid is None else pa.py_buffer(np.packbits(column.valid, bitorder="little").tobytes())
    if field.type == "str":
        if column.kind is Kind.FIXED_TEXT:
            column = _gathered_text(field, records, column.valid)
        offsets, text = column.owners
        return pa.Array.from_buffers(kind, rows, [validity, pa.py_buffer(offsets), pa.py_buffer(text)])
    if field.type == "bool":
        values: Array = np.packbits(records.raw(field)[:, 0] == 1, bitorder="little")
    elif field.type == "bytes":
        values = np.ascontiguousarray(records.raw(field))
    elif column.kind is Kind.DECIMAL_128:
        values = column.owners[0]
    elif field.type == "decimal":
        values = np.empty((rows, 2), dtype=np.int64)
        values[:, 0] = _dense(column, np.int64, rows)
        values[:, 1] = values[:, 0] >> 63
    elif field.type == "timestamp":
        to_micro = 1 if field.unit in {"us", "ns"} else TICKS_PER_SECOND["us"] // TICKS_PER_SECOND[field.unit]
        values = _dense(column, np.int64, rows) * to_micro
    else:
        values = _dense(column, kind.to_pandas_dtype() if field.type != "date" else np.int32, rows)
    return pa.Array.from_buffers(kind, rows, [validity, pa.py_buffer(values)])


def _dense(column: Column, kind: Any, rows: int) -> Array:  # noqa: ANN401 - a NumPy scalar type
    """The column's values side by side."""
    if not rows:
        return np.empty(0, np.dtype(kind))
    strided: Array = np.ndarray((rows,), np.dtype(kind), column.owners[0], column.width, (column.stride,))
    return np.ascontiguousarray(strided)


def _in_place(field: Field, records: Records, kind: Kind, **more: Any) -> Column:  # noqa: ANN401
    # For numbers, `width` is the offset within the owner, so that `_dense` finds them again.
    return Column(
        kind, records.address(field), records.stride, width=field.offset, owners=(records.bytes.data,), **more
    )


def _of(values: Array, kind: Kind, **more: Any) -> Column:  # noqa: ANN401
    return Column(kind, values.ctypes.data, values.strides[0], owners=(values,), **more)


def _valid(field: Field, records: Records, stored: Array | None) -> Flags | None:
    """1 where the value is there; None where the field has no null."""
    null = field.null
    if null is None:
        return None
    if isinstance(null, bytes):
        different: Array = (records.raw(field) != np.frombuffer(null, np.uint8)).any(axis=1)
        return different.view(np.uint8)
    if stored is None:
        return None
    if isinstance(null, float) and np.isnan(null):
        return (~np.isnan(stored)).view(np.uint8)
    return np.asarray(stored != stored.dtype.type(null)).view(np.uint8)


def _outside(values: Array, low: int, high: int, valid: Flags | None) -> Flags | None:
    """Rows out of range that are not null; None: none."""
    if len(values) == 0 or (values.min() >= low and values.max() <= high):
        return None
    bad = ((values < low) | (values > high)).view(np.uint8)
    return _unless_null(bad, valid)


def _unless_null(bad: Flags, valid: Flags | None) -> Flags | None:
    if valid is not None:
        bad = bad & valid
    return bad if bad.any() else None


def _decode_number(field: Field, records: Records) -> DecodedField:
    kind = _INTEGER_KINDS[field.type]
    stored = records.numbers(field, f"{field.type[0]}{field.length}")
    valid = _valid(field, records, stored)
    if field.big_endian and field.length > 1:
        column = _of(stored.astype(stored.dtype.newbyteorder("<")), kind, valid=valid)
    else:
        column = _in_place(field, records, kind, valid=valid)
    return DecodedField(field, column, None)


def _decode_bool(field: Field, records: Records) -> DecodedField:
    stored = records.numbers(field, "u1")
    valid = _valid(field, records, stored)
    bad = _outside(stored, 0, 1, valid)
    return DecodedField(field, _in_place(field, records, Kind.BOOL, valid=valid), bad, "a bool is 0 or 1")


def _decode_bytes(field: Field, records: Records) -> DecodedField:
    column = Column(
        Kind.HEX, records.address(field), records.stride, width=field.length, valid=_valid(field, records, None),
        owners=(records.bytes,),
    )  # fmt: skip
    return DecodedField(field, column, None)


def _integers(field: Field, records: Records, kind: Kind, dense: type[np.signedinteger[Any]], extra: int = 0) -> Column:
    """A signed integer field as a column of the width that the kernel takes."""
    stored = records.numbers(field, f"i{field.length}")
    valid = _valid(field, records, stored)
    if field.length == np.dtype(dense).itemsize and not field.big_endian:
        return _in_place(field, records, kind, valid=valid, extra=extra)
    return _of(stored.astype(dense), kind, valid=valid, extra=extra)


def _decode_timestamp(field: Field, records: Records) -> DecodedField:
    per_second = TICKS_PER_SECOND[field.unit]
    column = _integers(field, records, Kind.TIMESTAMP, np.int64, per_second)
    stored = records.numbers(field, f"i{field.length}")
    first = calendar_text.FIRST_DAY * _SECONDS_A_DAY * per_second
    last = (calendar_text.LAST_DAY + 1) * _SECONDS_A_DAY * per_second - 1
    bad = _outside(stored, max(first, -(2**63)), min(last, 2**63 - 1), column.valid)
    return DecodedField(field, column, bad, "a timestamp lies in the years 1 to 9999")


def _decode_date(field: Field, records: Records) -> DecodedField:
    stored = records.numbers(field, f"i{field.length}")
    valid = _valid(field, records, stored)
    bad = _outside(stored, calendar_text.FIRST_DAY, calendar_text.LAST_DAY, valid)
    column = _integers(field, records, Kind.DATE, np.int32)
    return DecodedField(field, column, bad, "a date lies in the years 1 to 9999")


def _decode_decimal(field: Field, records: Records) -> DecodedField:
    return DecodedField(field, _integers(field, records, Kind.DECIMAL_64, np.int64, field.scale), None)


def _decode_packed(field: Field, records: Records) -> DecodedField:
    values = np.empty((records.rows, 2), dtype=np.uint64)
    bad = np.zeros(records.rows, dtype=np.uint8)
    decode.decode_packed(records.address(field), records.stride, field.length, records.rows, values.ctypes.data, bad)
    return _wide(field, records, values, (bad, "a packed decimal has digits 0 to 9 and a sign of A to F"))


def _decode_zoned(field: Field, records: Records) -> DecodedField:
    values = np.empty((records.rows, 2), dtype=np.uint64)
    bad = np.zeros(records.rows, dtype=np.uint8)
    digits, last_digits = _zones("0".encode(field.encoding) == b"\xf0")
    decode.decode_zoned(
        records.address(field), records.stride, field.length, records.rows, digits, last_digits, values.ctypes.data, bad
    )
    return _wide(field, records, values, (bad, "a zoned decimal has digits, and its sign in the last one"))


def _wide(field: Field, records: Records, values: Array, check: tuple[Flags, str]) -> DecodedField:
    bad, reason = check
    if isinstance(field.null, int):
        low, high = field.null & (2**64 - 1), (field.null >> 64) & (2**64 - 1)
        valid: Flags | None = ((values[:, 0] != low) | (values[:, 1] != high)).view(np.uint8) | bad
    else:
        valid = _valid(field, records, None)
    column = _of(values, Kind.DECIMAL_128, valid=valid, extra=field.scale)
    return DecodedField(field, column, _unless_null(bad, valid), reason)


@cache
def _zones(ebcdic: bool) -> tuple[Flags, Flags]:
    """What each byte means in a zoned decimal: in front, and in the last place."""
    digits = np.full(256, decode.NOT_A_DIGIT, dtype=np.uint8)
    zone = 0xF0 if ebcdic else 0x30
    digits[zone : zone + 10] = range(10)
    last_digits = digits.copy()
    if ebcdic:
        plus, minus = (0xA0, 0xC0, 0xE0), (0xB0, 0xD0)
        places = [(start + digit, digit, start in minus) for start in plus + minus for digit in range(10)]
    else:  # the sign overpunched as on punched cards, or in bit 6 as most PC compilers do
        places = [(ord("{ABCDEFGHI"[digit]), digit, False) for digit in range(10)]
        places += [(ord("}JKLMNOPQR"[digit]), digit, True) for digit in range(10)]
        places += [(ord("p") + digit, digit, True) for digit in range(10)]
    for byte, digit, negative in places:
        last_digits[byte] = digit | (decode.NEGATIVE if negative else 0)
    return digits, last_digits


def _decode_text(field: Field, records: Records) -> DecodedField:
    name = codecs.lookup(field.encoding).name
    reason = f"the text is not {field.encoding}"
    if name == "utf-8":
        bad = np.zeros(records.rows, dtype=np.uint8)
        decode.check_utf8(records.address(field), records.stride, field.length, records.rows, bad)
        column = Column(
            Kind.FIXED_TEXT, records.address(field), records.stride, width=field.length,
            valid=_text_valid(field, records, 0x20), owners=(records.bytes,),
        )  # fmt: skip
        return DecodedField(field, column, _unless_null(bad, column.valid), reason)
    table = single_byte_table(name)
    column, bad = _transcoded(field, records, table) if table is not None else _decoded_one_by_one(field, records)
    return DecodedField(field, column, _unless_null(bad, column.valid), reason)


def _text_valid(field: Field, records: Records, blank: int) -> Flags | None:
    if not isinstance(field.null, str):
        return None
    valid = np.empty(records.rows, dtype=np.uint8)
    text = np.frombuffer(field.null.encode(field.encoding), np.uint8).copy()
    decode.check_equal_text(
        records.address(field), records.stride, field.length, records.rows, np.uint8(blank), text, valid
    )
    return valid


def _gathered_text(field: Field, records: Records, valid: Flags | None) -> Column:
    offsets = np.empty(records.rows + 1, dtype=np.int32)
    text = np.empty(records.rows * field.length, dtype=np.uint8)
    decode.gather_text(records.address(field), records.stride, field.length, records.rows, offsets, text.ctypes.data)
    return _text_column(offsets, text, valid)


def _text_column(offsets: Array, text: Array, valid: Flags | None) -> Column:
    return Column(
        Kind.TEXT, offsets.ctypes.data, offsets.itemsize, extra=text.ctypes.data, valid=valid, owners=(offsets, text)
    )


@cache
def single_byte_table(codec: str) -> npt.NDArray[np.uint32] | None:
    """The table `transcode_text` takes; None where the codec uses more than one byte a character."""
    if codec in {"ascii", "iso8859-1"}:
        characters = "".join(map(chr, range(128 if codec == "ascii" else 256)))
    else:
        module = importlib.import_module(f"encodings.{codec.replace('-', '_')}")
        characters = getattr(module, "decoding_table", "")
        if not characters:
            return None
    table = np.zeros(256, dtype=np.uint32)
    for code, character in enumerate(characters):
        if character != "\ufffe":  # how the codecs mark a code that they leave undefined
            utf8 = character.encode()
            table[code] = int.from_bytes(utf8, "little") | len(utf8) << 24
    return table


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
    """Codecs of several bytes a character: Python's own decoder, a value at a time."""
    bad = np.zeros(records.rows, dtype=np.uint8)
    valid = None if field.null is None else np.ones(records.rows, dtype=np.uint8)
    pieces: list[bytes] = []
    for row, raw in enumerate(np.ascontiguousarray(records.raw(field))):
        try:
            whole = raw.tobytes().decode(field.encoding)
            text = whole.rstrip("\0")
            pieces.append((text if text != whole else text.rstrip(" ")).encode())
            if valid is not None and pieces[-1].decode() == field.null:
                valid[row] = 0
        except UnicodeError:
            bad[row] = 1
            pieces.append(b"")
    offsets = np.zeros(records.rows + 1, dtype=np.int32)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    return _text_column(offsets, np.frombuffer(b"".join(pieces) + b"\0", np.uint8), valid), bad


_DECODERS = {
    "bool": _decode_bool,
    "bytes": _decode_bytes,
    "date": _decode_date,
    "decimal": _decode_decimal,
    "packed": _decode_packed,
    "str": _decode_text,
    "timestamp": _decode_timestamp,
    "zoned": _decode_zoned,
}
