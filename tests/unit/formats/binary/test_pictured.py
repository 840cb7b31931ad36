"""What pictures and usages of a copybook come out as: types, and values to the last digit."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from etl_batch.errors import CopybookInvalid
from etl_batch.formats.binary.arrow_types import arrow_type
from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text


def layout_of(clause: str, *, strict: bool = False) -> Layout:
    """That of one item, as its own TOML reads it again."""
    book = read_book(f"       01  R.\n           05  A {clause}.\n", "book")
    found = layout_of_book(book, HowStored("cp037", is_within_digits=strict)).layout
    again = parse_layout(layout_text(found), "again")
    assert again == found
    return again


def values_of(layout: Layout, *stored: bytes) -> tuple[pa.DataType, list[object], list[int]]:
    """The type, the values, and the rows that are bad."""
    raw = np.frombuffer(b"".join(stored), np.uint8).reshape(len(stored), layout.record_size).copy()
    records = Records(raw)
    (field,) = layout.fields
    decoded = decode_field(field, records)
    array = arrow_array(decoded, records)
    assert array.type == arrow_type(field)
    bad = decoded.bad
    return array.type, array.to_pylist(), [] if bad is None else np.flatnonzero(bad).tolist()


def ebcdic(text: str) -> bytes:
    return text.encode("cp037")


@pytest.mark.parametrize(
    ("clause", "kind", "stored", "expected"),
    [
        ("PIC 9(4)", pa.int32(), ebcdic("0042"), 42),
        ("PIC S9(9) COMP-3", pa.int32(), bytes.fromhex("999999999d"), -999_999_999),
        ("PIC S9(10) COMP-3", pa.int64(), bytes.fromhex("01234567890c"), 1_234_567_890),
        ("PIC S9(18) COMP-3", pa.int64(), bytes.fromhex("0999999999999999999d"), -999_999_999_999_999_999),
        ("PIC 9(19)", pa.decimal128(19, 0), ebcdic("9" * 19), Decimal("9" * 19)),
        ("PIC S9(5)V99 COMP-3", pa.decimal128(7, 2), bytes.fromhex("0001234d"), Decimal("-12.34")),
        ("PIC S9(4) COMP", pa.int32(), b"\xff\xfe", -2),
        ("PIC 9(9) COMP", pa.int32(), b"\x3b\x9a\xc9\xff", 999_999_999),
        ("PIC 9(18) COMP", pa.int64(), b"\x00" * 7 + b"\x07", 7),
        ("PIC 9(4) COMP-5", pa.uint16(), b"\xff\xff", 65535),
        ("PIC S9(9) COMP-5", pa.int32(), b"\x80\x00\x00\x00", -(2**31)),
        ("PIC 9(18) COMP-5", pa.uint64(), b"\xff" * 8, 2**64 - 1),
        ("PIC 9(5) COMP-6", pa.int32(), bytes.fromhex("012345"), 12345),
        ("PIC 9(2)V99 COMP-6", pa.decimal128(4, 2), bytes.fromhex("1234"), Decimal("12.34")),
        ("PIC 9(2) COMP-X", pa.uint8(), b"\xff", 255),
        ("PIC 9(7) COMP-X", pa.uint32(), b"\xff\xff\xff", 2**24 - 1),
        ("PIC S9(7) COMP-X", pa.int32(), b"\xff\xff\xff\xfe", -2),
        ("PIC S9(6) COMP-X", pa.int32(), b"\xff\xff\xfe", -2),
        ("PIC 9(12) COMP-X", pa.uint64(), b"\x00\x00\x00\x01\x00", 256),
        ("PIC X(3) COMP-X", pa.uint32(), b"\x01\x00\x00", 65536),
        ("INDEX", pa.int32(), b"\x00\x00\x00\x05", 5),
        ("POINTER", pa.uint32(), b"\x00\x00\x00\x05", 5),
        ("PIC N(3)", pa.utf8(), "A\u65e5 ".encode("utf-16-be"), "A\u65e5"),
        ("PIC N(2) USAGE NATIONAL", pa.utf8(), "\u00e9b".encode("utf-16-be"), "\u00e9b"),
        ("PIC 999PP", pa.int32(), ebcdic("123"), 12300),
        ("PIC S9(3)P(7) COMP-3", pa.int64(), bytes.fromhex("123d"), -1_230_000_000),
        ("PIC S9(2)P(20)", pa.decimal128(22, 0), b"\xf1\xd2", Decimal(-12 * 10**20)),
        ("PIC VPP99", pa.decimal128(4, 4), ebcdic("12"), Decimal("0.0012")),
        ("PIC 9(3)PP COMP", pa.int32(), b"\x00\x07", 700),
        ("PIC SVP9 COMP-3", pa.decimal128(2, 2), b"\x5d", Decimal("-0.05")),
        ("PIC 9(3) BLANK WHEN ZERO", pa.int32(), ebcdic("   "), 0),
        ("PIC 9(3) BLANK WHEN ZERO", pa.int32(), ebcdic("012"), 12),
        ("PIC 9V9 BLANK WHEN ZERO", pa.decimal128(2, 1), ebcdic("  "), Decimal("0.0")),
    ],
)
def test_what_comes_out(clause: str, kind: pa.DataType, stored: bytes, expected: object) -> None:
    assert values_of(layout_of(clause), stored) == (kind, [expected], [])


def test_a_binary_number_beyond_its_picture_is_kept_or_bad() -> None:
    stored = [(9999).to_bytes(2), (10000).to_bytes(2), (65535).to_bytes(2)]
    assert values_of(layout_of("PIC 9(4) COMP"), *stored)[1:] == ([9999, 10000, 65535], [])
    assert values_of(layout_of("PIC 9(4) COMP", strict=True), *stored)[2] == [1, 2]
    below = [(-9999).to_bytes(2, signed=True), (-10000).to_bytes(2, signed=True)]
    assert values_of(layout_of("PIC S9(4) COMP", strict=True), *below)[2] == [1]
    assert values_of(layout_of("PIC S99V99 COMP", strict=True), *below)[2] == [1]


def test_what_the_type_that_comes_out_does_not_hold_is_bad() -> None:
    assert values_of(layout_of("PIC 9(9) COMP"), b"\x7f" + b"\xff" * 3, b"\x80\x00\x00\x00")[2] == [1]
    assert values_of(layout_of("PIC 9(18) COMP"), b"\x7f" + b"\xff" * 7, b"\x80" + b"\x00" * 7)[2] == [1]
    assert values_of(layout_of("PIC 9(9) COMP-6"), bytes.fromhex("2147483647"), bytes.fromhex("2147483648"))[2] == [1]


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("PIC G(2) DISPLAY-1", "text of two bytes a character"),
        ("PIC 9(3) NATIONAL", "a number in characters of two bytes"),
        ("PIC X(9) COMP-X", "a number of 9 bytes"),
        ("PIC 9(10)P(9) COMP", "of more digits than are read"),
        ("PIC 9(30)P(9)", "of more digits than are read"),
    ],
)
def test_what_is_not_held_is_named(clause: str, words: str) -> None:
    with pytest.raises(CopybookInvalid, match=words):
        layout_of(clause)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1047", "[x]^"), ("IBM-1047", "[x]^"), ("cp1141", "\u20ac\u00e4"), ("cp277", "\u00e6\u00f8")],
)
def test_a_code_page_that_python_lacks(encoding: str, text: str) -> None:
    toml = (
        f'record_size = 8\nencoding = "{encoding}"\n[[field]]\nname = "a"\ntype = "str"\nlength = 8\nnull = "{text[0]}"'
    )
    layout = parse_layout(toml, "x")
    codec = layout.fields[0].encoding
    _, values, bad = values_of(layout, text.ljust(8).encode(codec), text[0].ljust(8).encode(codec))
    assert (values, bad) == ([text, None], [])
