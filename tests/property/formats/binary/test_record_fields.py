"""Whole records through the whole chain: layout, decoding, CSV text, Arrow; each as the plain twin has it."""

from __future__ import annotations

import json
import math
import random
import struct
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.formats.binary.arrow_types import arrow_type
from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.record_reader import RecordBatch, set_aside
from etl_batch.formats.binary.records import DecodedField, Records
from etl_batch.layouts.layout import FILLS, SIGNS, TEXT_NUMBERS, TRIMS, WHOLE, Field, Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.values import Rejected, Span
from tests.data_makers.apostrophes import Added, Counter, added_to
from tests.helpers import kernel_calls, numerals, twins
from tests.helpers.chance import examples

ENCODINGS = ["utf-8", "ascii", "latin-1", "cp1252", "cp037", "iso8859-7", "utf-16-le", "utf-16-be", "shift_jis", "gbk"]
FIXED_LENGTHS = {
    "i8": [1], "i16": [2], "i32": [3, 4, 4], "i64": [5, 6, 7, 8, 8], "u8": [1], "u16": [2], "u32": [3, 4, 4],
    "u64": [5, 6, 7, 8, 8], "f32": [4],
    "f64": [8], "bool": [1], "timestamp": [4, 8], "date": [2, 4, 8], "decimal": [1, 2, 3, 4, 5, 8],
}  # fmt: skip
LENGTHS = FIXED_LENGTHS | {
    "packed": list(range(1, 20)),
    "zoned": list(range(1, 39)),
    "str": [*range(1, 25), 100],
    "bytes": [*range(1, 13), 100],
}
SCALED = set(twins.DECIMALS)
FIRST_DAY, LAST_DAY = -719162, 2932896
#: by encoding family, so that every text here can be written in every encoding that is drawn
TEXTS = ["", "NA", "a", "=1", "-5", "O'Neill", "x,y", '"', "  b", "'=c", "?", "\t", "z" * 30, "\x7f", "0"]
TEXTS_BEYOND_ASCII = [
    "\u00e9",
    "\u00a0=1",
    "\u00df,\u00fc",
    "\u20ac",
    "\u65e5\u672c",
    "\uff1d1",
    "\U0001f600",
    "\u200b@",
]
ROW_AT_FIRST = 1000
HEADER = 7


@st.composite
def layouts(draw: st.DrawFn, types: tuple[str, ...] = tuple(LENGTHS)) -> Layout:
    """A layout with gaps, its fields in any order, read from its own TOML."""
    encoding = draw(st.sampled_from(ENCODINGS))
    entries, at = [], 0
    for number, kind in enumerate(draw(st.lists(st.sampled_from(types), min_size=1, max_size=6))):
        at += draw(st.sampled_from([0, 0, 1, 3]))
        entry = draw(entries_of(kind, encoding)) | {"name": f"{kind} {number}", "offset": at}
        entries.append(entry)
        at += int(str(entry["length"]))
    head = {
        "record_size": at + draw(st.sampled_from([0, 0, 1, 5])),
        "encoding": encoding,
        "byte_order": draw(st.sampled_from(["little", "big"])),
        "header_bytes": HEADER,
        "floats": draw(st.sampled_from(["ieee", "ieee", "ibm"])),
        "comp_digits": draw(st.sampled_from(["keep", "strict"])),
    }
    return parse_layout(toml(head, draw(st.permutations(entries))), "drawn.toml")


@st.composite
def entries_of(draw: st.DrawFn, kind: str, encoding: str) -> dict[str, object]:
    """One field's keys, apart from its name and place."""
    length = draw(st.sampled_from(LENGTHS[kind]))
    entry: dict[str, object] = {"type": kind, "length": length}
    if kind == "timestamp":
        entry["unit"] = draw(st.sampled_from(sorted(twins.TICKS_PER_SECOND)))
    if kind == "str" and draw(st.integers(0, 3)) == 0:
        entry["trim"] = draw(st.sampled_from(TRIMS))
    sign: str = draw(st.sampled_from(SIGNS)) if kind == "zoned" else SIGNS[0]
    signed: bool = draw(st.booleans()) if kind in {"decimal", "packed"} else True
    length += "separate" in sign
    entry |= {"length": length} | ({"sign": sign} if kind == "zoned" else {})
    entry |= {"signed": signed} if kind in {"decimal", "packed"} else {}
    text = kind in TEXT_NUMBERS and not encoding.startswith("utf-16") and draw(st.booleans())
    if text:
        length = draw(st.integers(1, 24) | st.just(60))
        blank = draw(st.sampled_from(["", "zero"]))
        entry = {"type": kind, "length": length, "text": True} | ({"blank": blank} if blank else {})
        signed = True
    if draw(st.integers(0, 3)) == 0:
        entry["byte_order"] = draw(st.sampled_from(["little", "big"]))
    bare = Field(name="", type=kind, offset=0, length=length, sign=sign, signed=signed, text=text)
    if kind in SCALED or (text and kind == "f64"):
        digits = bare.digits
        entry["scale"] = draw(
            st.sampled_from([0, 1, 2, digits // 2, digits]).filter(lambda scale: scale <= min(digits, 20))
        )
    if kind in WHOLE and not text and draw(st.booleans()):
        entry["digits"] = draw(st.integers(1, 18))
        if kind in SCALED and bare.digits <= 9:
            entry["scale"] = draw(st.sampled_from([0, 0, -2, -9, 3]))
    scale = entry.get("scale")
    possible = nulls_of_numerals(bare, scale) if text else nulls(bare, scale, encoding)
    if draw(st.booleans()):
        entry["null"] = draw(possible)
    if draw(st.integers(0, 2)) == 0:
        others = possible.filter(lambda null: not isinstance(null, str) or null.strip())
        entry["nulls"] = draw(st.lists(others | st.sampled_from(sorted(FILLS)), max_size=3))
    return entry


def nulls(bare: Field, scale: object, encoding: str) -> st.SearchStrategy[object]:
    """What may stand for null, as a layout writes it."""
    kind, length = bare.type, bare.length
    raw = st.binary(min_size=length, max_size=length).map(lambda stored: "0x" + stored.hex())
    special = st.sampled_from([b"\0", b"\xff", b" ", b"@"]).map(lambda byte: "0x" + (byte * length).hex())
    if kind == "str":
        return st.sampled_from([text for text in TEXTS + TEXTS_BEYOND_ASCII if encodable(text, encoding)])
    if kind == "bytes":
        return raw | special
    if kind in {"f32", "f64"}:
        return raw | st.sampled_from([0, -1, 0.1, float("nan"), float("inf"), 1.5, -99999.0])
    if kind in SCALED:
        assert isinstance(scale, int)
        most = 10**bare.digits - 1
        if kind == "decimal":
            most = min(most, 256**length // 2 - 1 if bare.signed else 256**length - 1)
        return (
            raw
            | special
            | st.integers(-most if bare.signed else 0, most).map(lambda number: twins.decimal_text(number, scale))
        )
    if kind == "bool":
        return raw | st.integers(0, 255)
    signed = kind[0] == "i" or kind in {"date", "timestamp"}
    low = -(256**length // 2) if signed else 0
    return raw | special | st.integers(low, low + 256**length - 1) | st.sampled_from([0, low, low + 256**length - 1])


def nulls_of_numerals(bare: Field, scale: object) -> st.SearchStrategy[object]:
    """As `nulls`, of a number that is there as characters."""
    most = 10 ** min(bare.length - bool(scale and bare.type == "decimal"), 9 if bare.type == "f64" else 2) - 1
    words = st.sampled_from([word for word in (".", "N/A", "x", "--") if len(word) <= bare.length])
    return words | st.integers(0 if bare.type[0] == "u" else -most, most) | st.just(0)


def encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def toml(head: dict[str, object], entries: list[dict[str, object]]) -> str:
    """The layout as TOML."""
    tables = [f"[[field]]\n{_keys(entry)}" for entry in entries]
    return "\n".join([_keys(head), *tables])


def _keys(table: dict[str, object]) -> str:
    return "\n".join(f"{key} = {_toml_value(value)}" for key, value in table.items())


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def random_record(layout: Layout, chance: random.Random) -> bytes:
    """A record whose values are mostly right, the gaps full of anything."""
    record = bytearray(chance.randbytes(layout.record_size))
    for field in layout.fields:
        stored = random_bytes(field, chance)
        assert len(stored) == field.length
        record[field.offset : field.offset + field.length] = stored
    return bytes(record)


def random_bytes(field: Field, chance: random.Random) -> bytes:
    """Anything at times, the null at times, else what suits the type."""
    luck = chance.random()
    if field.nulls and luck < 0.3:
        return numerals.null_bytes(field, chance.choice(field.nulls), stored_null)
    if luck < 0.08:
        same = chance.choice([b"\0", b"\xff", b" ", b"@", b"0"]) * field.length
        return chance.choice([same, chance.randbytes(field.length)])
    if luck < 0.25 and field.null is not None:
        return stored_null(field)
    return numerals.numeral_bytes(field, chance) if field.text else suitable_bytes(field, chance)


def suitable_bytes(field: Field, chance: random.Random) -> bytes:
    if field.type == "str":
        return padded(random_text(field, chance), field, chance)
    if field.type in {"packed", "zoned"}:
        magnitude = chance.randrange(10 ** chance.randint(0, field.digits))
        return decimal_bytes(field, chance.choice([magnitude, -magnitude]), chance)
    if field.type in {"date", "timestamp", "bool"}:
        return whole_number(field, random_in_range(field, chance))
    if field.ibm and chance.random() < 0.5:
        return chance.randbytes(field.length)
    if field.type in {"f32", "f64"}:
        return float_bytes(field, chance.choice([chance.randint(-999, 999) / 4, 0.1, -0.0, 1e30]))
    return chance.randbytes(field.length)


def random_text(field: Field, chance: random.Random) -> str:
    text = chance.choice(TEXTS + TEXTS_BEYOND_ASCII) + chance.choice(["", *TEXTS, *TEXTS_BEYOND_ASCII])
    return text if encodable(text, field.encoding) else chance.choice(TEXTS)


def padded(text: str, field: Field, chance: random.Random) -> bytes:
    """The text in its field, cut off wherever that ends; sometimes with a blank before the NULs."""
    pad = chance.choice(["\0", " ", " \0"])
    whole = text + pad[0] * (pad != "\0") + pad[-1] * field.length
    return whole.encode(field.encoding)[: field.length]


def random_in_range(field: Field, chance: random.Random) -> int:
    if field.type == "bool":
        return chance.randint(0, 1)
    limit: int = 256**field.length // 2
    per_day = 1 if field.type == "date" else 86_400 * twins.TICKS_PER_SECOND[field.unit]
    first = max(FIRST_DAY * per_day, -limit)
    last = min((LAST_DAY + 1) * per_day - 1, limit - 1)
    beyond = [number for number in (first - 1, last + 1) if -limit <= number < limit]
    borders = [first, last, -1, 0, *(beyond if chance.random() < 0.1 else [])]
    return chance.choice([*borders, *(chance.randint(first, last) for _ in range(20))])


def whole_number(field: Field, number: int) -> bytes:
    signed = field.type[0] == "i" or field.type in {"date", "timestamp"} or (field.type == "decimal" and field.signed)
    return number.to_bytes(field.length, "big" if field.big_endian else "little", signed=signed)


def float_bytes(field: Field, number: float) -> bytes:
    if field.ibm:
        stored = twins.ibm_bytes(number if math.isfinite(number) else 0.0, field.length)
        return stored if field.big_endian else stored[::-1]
    return struct.pack((">" if field.big_endian else "<") + {"f32": "f", "f64": "d"}[field.type], number)


def decimal_bytes(field: Field, number: int, chance: random.Random) -> bytes:
    if field.type == "packed":
        if not field.signed:
            return bytes.fromhex(f"{abs(number):0{field.digits}d}")
        sign = chance.choice("bd" if number < 0 else "acef")
        return bytes.fromhex(f"{abs(number):0{field.digits}d}{sign}")
    digits = f"{abs(number):0{field.digits}d}"
    is_minus = number < 0 or (number == 0 and chance.random() < 0.5)  # a zero may have any sign
    if field.has_own_sign:
        mark = "-" if is_minus else "+"
        text = mark + digits if field.sign == "leading separate" else digits + mark
        return text.encode("cp037" if "0".encode(field.encoding) == b"\xf0" else "ascii")
    at = 0 if field.sign == "leading" else -1
    if "0".encode(field.encoding) == b"\xf0":
        zone = chance.choice([0xB0, 0xD0] if is_minus else [0xA0, 0xC0, 0xE0, 0xF0])
        stored = bytearray(0xF0 + int(digit) for digit in digits)
        stored[at] = zone + int(digits[at])
        return bytes(stored)
    places = chance.choice(["}JKLMNOPQR", "pqrstuvwxy"] if is_minus else ["0123456789", "{ABCDEFGHI"])
    stored = bytearray(digits, "ascii")
    stored[at] = ord(places[int(digits[at])])
    return bytes(stored)


def stored_null(field: Field) -> bytes:
    null = field.null
    assert null is not None
    if field.text and not isinstance(null, bytes):
        return numerals.null_numeral(field, null)
    if isinstance(null, bytes):
        return null
    if isinstance(null, str):
        return (null + " " * field.length).encode(field.encoding)[: field.length]
    if isinstance(null, float):
        return float_bytes(field, null)
    if field.type in {"packed", "zoned"}:
        return decimal_bytes(field, null, random.Random(0))
    return whole_number(field, null)


def in_memory(layout: Layout, stored: list[bytes]) -> tuple[Span, Records]:
    size = layout.record_size
    content = np.frombuffer(b"".join(stored), dtype=np.uint8).reshape(len(stored), size)
    start = layout.header_bytes + ROW_AT_FIRST * size
    span = Span(ordinal=0, source=2, start=start, stop=start + content.size, first_row=ROW_AT_FIRST, rows=len(stored))
    return span, Records(content)


def decode(layout: Layout, stored: list[bytes]) -> tuple[Records, list[DecodedField], list[Rejected]]:
    span, records = in_memory(layout, stored)
    return set_aside(layout, span, records, [decode_field(field, records) for field in layout.fields])


def written_by(batch: RecordBatch) -> tuple[bytes, Added]:
    """The CSV lines of a batch, and the apostrophes in them."""
    buffer = np.full(batch.csv_room() + 64, 0xA5, dtype=np.uint8)
    counter = Counter()
    start = buffer.ctypes.data
    end = batch.write_csv(start, counter.address)
    assert (buffer[-64:] == 0xA5).all(), "written past the end of the room"
    return buffer[: end - start].tobytes(), counter.added


def is_bad(layout: Layout, record: bytes) -> bool:
    try:
        twins.record_values(layout, record)
    except twins.BadValue:
        return True
    return False


def check(layout: Layout, stored: list[bytes]) -> None:
    """The chain and the twin agree on which records are bad, on the CSV text, and on the Arrow values."""
    bad = [row for row, record in enumerate(stored) if is_bad(layout, record)]
    good = [record for row, record in enumerate(stored) if row not in bad]
    records, decoded, rejected = decode(layout, stored)
    first_byte = layout.header_bytes + ROW_AT_FIRST * layout.record_size
    assert [(one.source, one.row, one.byte, one.raw) for one in rejected] == [
        (2, ROW_AT_FIRST + row + 1, first_byte + row * layout.record_size, stored[row]) for row in bad
    ]
    assert all(any(f"field {name!r}" in one.reason for name in layout.names) for one in rejected)
    assert [records.bytes[row].tobytes() for row in range(records.rows)] == good
    written, escaped = kernel_calls.csv_bytes([one.column for one in decoded], records.rows)
    assert written.decode() == "".join(",".join(twins.record_cells(layout, record)) + "\n" for record in good)
    # A batch comes to the same, whether it was checked before its rows were formatted or not.
    for ask_before in (False, True):
        batch = RecordBatch(layout, *in_memory(layout, stored))
        if ask_before:
            assert batch.rejected == rejected
        assert written_by(batch) == (written, escaped)
        assert (batch.rows, batch.rejected) == (len(good), rejected)
        rows = np.array([row for row in range(len(stored)) if row not in bad], dtype=np.uint64)
        places = np.arange(len(good), dtype=np.uint64)
        assert (batch.row_ids().of(places) == rows + np.uint64(ROW_AT_FIRST)).all()
        assert batch.pick(places) == b"".join(good)
        assert written_by(batch) == (written, escaped)
    values = [twins.record_values(layout, record) for record in good]
    texts = [value for row in values for value in row if isinstance(value, str)]
    assert escaped == added_to(texts)
    for place, one in enumerate(decoded):
        array = arrow_array(one, records)
        array.validate(full=True)
        assert array.type == arrow_type(one.field)
        expected = [arrow_value(one.field, row[place]) for row in values]
        assert list(map(repr, plain_values(array))) == list(map(repr, expected)), one.field


def arrow_value(field: Field, value: twins.Value) -> int | float | str | bytes | bool | Decimal | None:
    """A value as `plain_values` has it."""
    if value is None:
        return None
    if field.type == "bool":
        return bool(value)
    if field.comes_out in SCALED:
        assert isinstance(value, int)
        return twins.scaled(value, max(field.scale, 0))
    if field.type == "timestamp" and field.unit in {"s", "ms"}:
        assert isinstance(value, int)
        return value * 10**6 // twins.TICKS_PER_SECOND[field.unit]
    return value


def plain_values(array: pa.Array) -> list[object]:
    """The array's values; days and ticks as they are, for Python's own dates know no nanoseconds."""
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.int64())
    elif pa.types.is_date(array.type):
        array = array.cast(pa.int32())
    values: list[object] = array.to_pylist()
    return values


@settings(max_examples=examples(300), deadline=None)
@given(layouts(), st.integers(0, 2**32), st.integers(1, 20))
def test_random_records_of_random_layouts(layout: Layout, seed: int, rows: int) -> None:
    chance = random.Random(seed)
    check(layout, [random_record(layout, chance) for _ in range(rows)])


@pytest.mark.parametrize("kind", LENGTHS)
@settings(max_examples=examples(25), deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**32))
def test_random_records_of_each_type(kind: str, data: st.DataObject, seed: int) -> None:
    layout = data.draw(layouts((kind,)))
    chance = random.Random(seed)
    check(layout, [random_record(layout, chance) for _ in range(30)])


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=examples(20), deadline=None)
@given(
    seed=st.integers(0, 2**32), length=st.sampled_from([1, 2, 7, 8, 9, 16, 33]), null=st.sampled_from([None, *TEXTS])
)
def test_texts_of_each_encoding(encoding: str, seed: int, length: int, null: str | None) -> None:
    field = Field(name="text", type="str", offset=1, length=length, encoding=encoding, null=null)
    layout = Layout(record_size=length + 2, header_bytes=HEADER, fields=(field,))
    chance = random.Random(seed)
    check(layout, [random_record(layout, chance) for _ in range(30)])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp037", "iso8859-7"])
def test_every_byte_of_a_single_byte_encoding(encoding: str) -> None:
    field = Field(name="text", type="str", offset=0, length=3, encoding=encoding)
    stored = [bytes([byte]).join([b"\x81" if encoding == "cp037" else b"a"] * 2) for byte in range(256)]
    check(Layout(record_size=3, fields=(field,)), stored)


@pytest.mark.parametrize("ebcdic", [True, False])
def test_every_last_byte_of_a_zoned_decimal(*, ebcdic: bool) -> None:
    encoding, one = ("cp037", b"\xf1") if ebcdic else ("latin-1", b"1")
    field = Field(name="zoned", type="zoned", offset=0, length=2, encoding=encoding)
    every = [bytes([byte]) for byte in range(256)]
    check(Layout(record_size=2, fields=(field,)), [one + last for last in every])
    check(Layout(record_size=2, fields=(field,)), [first + one for first in every])


def test_every_pair_of_bytes_of_a_packed_decimal() -> None:
    field = Field(name="packed", type="packed", offset=0, length=2, scale=1)
    check(Layout(record_size=2, fields=(field,)), [number.to_bytes(2, "big") for number in range(0, 2**16, 7)])
    with_null = replace(field, null=-10)
    check(Layout(record_size=2, fields=(with_null,)), [b"\x01\x0d", b"\x01\x0c", b"\x01\x0b", b"\x0a\x0d"])


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_span_whose_rows_are_all_bad(kind: str) -> None:
    """Nothing is left of it, and that is a result like any other."""
    length = LENGTHS[kind][0]
    fields = (
        Field(name="bad", type="bool", offset=0, length=1),
        Field(name="other", type=kind, offset=1, length=length),
    )
    check(Layout(record_size=1 + length, fields=fields), [b"\x07" * (1 + length)] * 3)


def test_the_reason_names_the_first_bad_field() -> None:
    fields = tuple(Field(name=name, type="bool", offset=place, length=1) for place, name in enumerate("ab"))
    layout = Layout(record_size=2, fields=fields)
    _, _, rejected = decode(layout, [b"\2\2", b"\0\2", b"\0\1"])
    assert [one.reason for one in rejected] == [
        "field 'a': a bool is 0 or 1: 0x02", "field 'b': a bool is 0 or 1: 0x02"
    ]  # fmt: skip


@pytest.mark.parametrize("order", ["little", "big"])
def test_a_long_date_is_bad_although_its_lower_half_is_a_day(order: Literal["little", "big"]) -> None:
    field = Field(name="date", type="date", offset=0, length=8, big_endian=order == "big")
    stored = [days.to_bytes(8, order, signed=True) for days in (2**32, 0, -(2**32), LAST_DAY, FIRST_DAY)]
    check(Layout(record_size=8, fields=(field,)), stored)


def null_layout(kind: str, length: int, null: str, encoding: str = "latin-1") -> Layout:
    entry = f'name = "value"\ntype = "{kind}"\nlength = {length}\nnull = {null}'
    return parse_layout(f'record_size = {length}\nencoding = "{encoding}"\n[[field]]\n{entry}', "null.toml")


def test_a_null_of_more_than_28_digits_is_kept_to_the_last_digit() -> None:
    number = 1234567890123456789012345678901
    layout = null_layout("packed", 19, f'"{number}"')
    assert layout.fields[0].null == number
    check(layout, [bytes.fromhex(f"{number + more:037d}c") for more in (0, 1)])
