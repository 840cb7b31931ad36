"""What stands for null: every value that a field can hold, and none that it cannot."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import DEFAULT_LENGTH, Field
from etl_batch.layouts.nulls import stored_null
from tests.helpers.chance import examples

LENGTHS = {"date": 2, "timestamp": 4}


def field_of(kind: str, length: int | None = None, scale: int = 0, encoding: str = "utf-8") -> Field:
    size = length if length is not None else LENGTHS.get(kind, DEFAULT_LENGTH.get(kind, 4))
    return Field(name="x", type=kind, offset=0, length=size, scale=scale, encoding=encoding)


def stored(value: object, field: Field) -> object:
    """None: refused."""
    try:
        return stored_null(value, field, "field x")
    except LayoutInvalid:
        return None


@settings(max_examples=examples(300))
@given(
    st.sampled_from(["i8", "i16", "i32", "i64", "date", "timestamp"]),
    st.integers(-(2**65), 2**65) | st.integers(-300, 300),
)
@example("i8", -128)
@example("i8", -129)
@example("i8", 127)
@example("i8", 128)
@example("date", -(2**15))
def test_signed_fields_take_what_their_bytes_hold(kind: str, value: int) -> None:
    field = field_of(kind)
    try:
        value.to_bytes(field.length, "little", signed=True)
    except OverflowError:
        assert stored(value, field) is None
    else:
        assert stored(value, field) == value


@settings(max_examples=examples(300))
@given(st.sampled_from(["u8", "u16", "u32", "u64", "bool"]), st.integers(-5, 2**65) | st.integers(0, 300))
@example("u8", 255)
@example("u8", 256)
@example("u8", -1)
def test_unsigned_fields_take_what_their_bytes_hold(kind: str, value: int) -> None:
    field = field_of(kind)
    assert stored(value, field) == (value if 0 <= value < 256**field.length else None)


@settings(max_examples=examples(300))
@given(st.integers(-(10**12), 10**12), st.integers(0, 4), st.sampled_from(["decimal", "packed", "zoned"]))
@example(9_999_999, 2, "packed")
@example(10_000_000, 2, "packed")
def test_scaled_fields_take_the_number_that_a_reader_sees(units: int, scale: int, kind: str) -> None:
    """It is written with its point, and stored without."""
    field = field_of(kind, length=4, scale=scale)
    fits = len(str(abs(units))) <= field.digits and (kind != "decimal" or -(2**31) <= units < 2**31)
    assert stored(str(Decimal(units).scaleb(-scale)), field) == (units if fits else None)


@pytest.mark.parametrize("value", ["1.005", "", "one", "NaN", "Infinity", "1e999999999", True, [1]])
def test_scaled_fields_take_nothing_else(value: object) -> None:
    assert stored(value, field_of("decimal", scale=2)) is None


@given(st.binary(min_size=4, max_size=4))
def test_raw_bytes_of_the_field_s_length(raw: bytes) -> None:
    for kind in ("i32", "f32", "decimal", "packed", "bytes"):
        assert stored(f"0x{raw.hex()}", field_of(kind, length=4)) == raw
        assert stored(f"0x{raw.hex()}00", field_of(kind, length=4)) is None
    assert stored(raw.hex(), field_of("bytes", length=4)) == raw
    assert stored("0xzz", field_of("i32")) is None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("f64", 1.5, 1.5),
        ("f64", 10**400, None),
        ("f32", 3.5e38, None),
        ("f32", 3.4e38, 3.4e38),
        ("f32", -3.5e38, None),
        ("f64", True, None),
        ("i32", 1.0, None),
        ("i32", True, None),
        ("i32", "7", None),
        ("bytes", 7, None),
        ("str", "N/A", "N/A"),
        ("str", "0x00", "0x00"),
        ("str", 7, None),
    ],
)
def test_each_type_takes_its_own_kind(kind: str, value: object, expected: object) -> None:
    assert stored(value, field_of(kind)) == expected


def test_a_text_must_be_writable_in_the_encoding_of_the_field() -> None:
    assert stored("ö", field_of("str", encoding="latin-1")) == "ö"
    assert stored("€", field_of("str", encoding="latin-1")) is None
