"""What the kernel notes of columns is what adding, comparing and measuring their values one by one comes to."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.noted_facts import ColumnNotes
from etl_batch.kernels.column_facts import note_facts
from etl_batch.kernels.columns import Array, Column, Kind
from tests.helpers import twins_facts
from tests.helpers.chance import examples
from tests.helpers.kernel_calls import dense, fixed_texts, texts

WHOLE = {
    Kind.I8: ("i8", "i1"), Kind.I16: ("i16", "i2"), Kind.I32: ("i32", "i4"), Kind.I64: ("i64", "i8"),
    Kind.U8: ("u8", "u1"), Kind.U16: ("u16", "u2"), Kind.U32: ("u32", "u4"), Kind.U64: ("u64", "u8"),
}  # fmt: skip
_floats = st.floats(width=64) | st.sampled_from([0.0, -0.0, 5e-324, 1.7976931348623157e308, 12.34, -0.01, 1e-300, 3.0])


def noted(column: Column, rows: int) -> object:
    """The facts, by one call; that several come to the same is seen where rows are formatted."""
    (facts,) = ColumnNotes([column]).facts(rows)
    return facts


def with_nulls(values: Sequence[object], valid: Sequence[bool]) -> list[object]:
    return [value if there else None for value, there in zip(values, valid, strict=True)]


def flags(valid: Sequence[bool]) -> Array | None:
    return None if all(valid) else np.array(valid, np.uint8)


@settings(max_examples=examples(200))
@given(st.data(), st.sampled_from(sorted(WHOLE)), st.integers(1, 2))
def test_whole_numbers(data: st.DataObject, kind: Kind, spread: int) -> None:
    word, code = WHOLE[kind]
    bounds = np.iinfo(code)
    values = data.draw(st.lists(st.integers(int(bounds.min), int(bounds.max)), min_size=1, max_size=40)) * 60
    valid = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    stored = np.zeros(len(values) * spread, code)
    stored[::spread] = values
    column = dense(kind, stored[::spread], valid=flags(valid))
    assert noted(column, len(values)) == twins_facts.of_numbers(word, with_nulls(values, valid))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "value"),
    [(Kind.I64, 2**62), (Kind.I64, -(2**62)), (Kind.I64, 2**53 - 1), (Kind.U64, 2**63 - 1), (Kind.U64, 2**64 - 1)],
)
def test_sums_that_do_not_fit_into_the_numbers(kind: Kind, value: int) -> None:
    word, code = WHOLE[kind]
    values = [value] * 700
    assert noted(dense(kind, np.array(values, code)), len(values)) == twins_facts.of_numbers(word, values)


@settings(max_examples=examples(300))
@given(st.lists(st.tuples(_floats, st.booleans()), min_size=1, max_size=30), st.integers(1, 90))
@example([(12.34, True), (0.01, True), (1e15, True)], 80)
@example([(1e300, True), (1e-300, True)], 1)
@example([(0.0, True), (-0.0, True)], 3)
@example([(float("nan"), True), (float("-inf"), True), (1.5, True)], 2)
@example([(2.0**-970, True), (2.0**1021, False)], 2)
def test_floats(drawn: list[tuple[float, bool]], times: int) -> None:
    values, valid = [value for value, _ in drawn] * times, [there for _, there in drawn] * times
    column = dense(Kind.F64, np.array(values), valid=flags(valid))
    assert noted(column, len(values)) == twins_facts.of_numbers("f64", with_nulls(values, valid))  # type: ignore[arg-type]


@settings(max_examples=examples(100))
@given(st.lists(st.floats(width=32), min_size=1, max_size=50))
def test_narrow_floats(values: list[float]) -> None:
    column = dense(Kind.F32, np.array(values, np.float32))
    assert noted(column, len(values)) == twins_facts.of_numbers("f32", values)


@settings(max_examples=examples(100))
@given(st.lists(st.none() | st.integers(-(10**38) + 1, 10**38 - 1) | st.integers(-9, 9), min_size=1, max_size=50))
def test_decimals(values: list[int | None]) -> None:
    words = b"".join(struct.pack("<QQ", *((value or 0) >> place & 2**64 - 1 for place in (0, 64))) for value in values)
    stored = np.frombuffer(words, np.uint64).reshape(-1, 2)
    valid = flags([value is not None for value in values])
    column = dense(Kind.DECIMAL_128, stored, extra=2, valid=valid)
    assert noted(column, len(values)) == twins_facts.of_numbers("decimal(38,2)", values)


_words = st.text(st.sampled_from("ab é😀\x01"), max_size=20) | st.sampled_from(["prefix__a", "prefix__b", "prefix__"])


@settings(max_examples=examples(300))
@given(st.lists(st.none() | _words, min_size=1, max_size=40))
@example(["x" * 200, "x" * 199 + "y", None])
@example(["a", "x" * 20 + "y", "x" * 20 + "z", "b"])
@example(["z", "x" * 20 + "b", "x" * 20 + "a", "y"])
@example([None])
@example([""])
def test_texts(values: list[str | None]) -> None:
    column = texts([value or "" for value in values])
    valid = flags([value is not None for value in values])
    column = Column(column.kind, column.address, column.stride, extra=column.extra, valid=valid, owners=column.owners)
    expected = twins_facts.of_texts("str", [None if value is None else value.encode() for value in values])
    assert noted(column, len(values)) == expected


@settings(max_examples=examples(300))
@given(
    st.lists(st.text(st.sampled_from("abé \x01"), max_size=12).map(str.encode), min_size=1, max_size=30),
    st.sampled_from([24, 25, 31, 40, 64, 70]), st.booleans(),
)  # fmt: skip
def test_padded_texts(values: list[bytes], width: int, blanks: bool) -> None:
    fields = [value.ljust(width, b" " if blanks else b"\0") for value in values]
    meant = [field.rstrip(b"\0") if field.endswith(b"\0") else field.rstrip(b" ") for field in fields]
    assert noted(fixed_texts(fields), len(fields)) == twins_facts.of_texts("str", meant)


_field_words = st.text(st.sampled_from("ab \x01\x1f\0~é"), max_size=9) | st.sampled_from(
    ["prefix__a", "prefix__b", "prefix__"]
)


@settings(max_examples=examples(300))
@given(
    st.lists(st.tuples(_field_words, st.booleans()), min_size=1, max_size=6), st.integers(1, 72),
    st.tuples(st.integers(0, 40), st.sampled_from([1, 3, 700])), st.integers(0, 3), st.integers(0, 30),
)  # fmt: skip
@example([("a", False), ("prefix__a", False), ("prefix__b", False)], 16, (30, 1), 0, 0)
@example([(" abb", False), ("~abb", False), ("b", True)], 4, (30, 1), 0, 0)
@example([("b", True), ("b\x01", False)], 4, (30, 1), 0, 0)
@example([("b\0", True), ("b", False), ("a", False)], 3, (30, 1), 0, 0)
@example([("a", True), ("a ", False)], 3, (30, 1), 0, 0)
@example([("prefix__b", False), ("prefix__", False), ("prefix__b\0", True)], 16, (30, 1), 0, 0)
def test_many_padded_texts_of_a_few(
    drawn: list[tuple[str, bool]], width: int, times: tuple[int, int], every: int, beside: int
) -> None:
    """A first text, and then many that mostly change nothing, each padded in its own way; some of them are null."""
    repeated, more = times
    few = [(word.encode()[:width].decode("utf-8", "ignore").encode(), blanks) for word, blanks in drawn]
    fields = [value.ljust(width, b" " if blanks else b"\0") for value, blanks in few]
    fields = fields[:1] * more + fields * repeated + fields[:1] * 20
    stored = np.full((len(fields), width + beside), ord("z"), np.uint8)
    stored[:, :width] = np.frombuffer(b"".join(fields), np.uint8).reshape(len(fields), width)
    valid = [every == 0 or bool(row % (every + 1)) for row in range(len(fields))]
    column = dense(Kind.FIXED_TEXT, stored, width=width, valid=flags(valid))
    meant = [field.rstrip(b"\0") if field.endswith(b"\0") else field.rstrip(b" ") for field in fields]
    there = [text if its else None for text, its in zip(meant, valid, strict=True)]
    assert noted(column, len(fields)) == twins_facts.of_texts("str", there)


_prefixed = st.builds(
    lambda prefix, tail: prefix + tail, st.sampled_from(["", "a", "prefix__", "prefiy__", "m" * 30]),
    st.text(st.sampled_from("az \x01"), max_size=9),
)  # fmt: skip


@settings(max_examples=examples(300))
@given(
    st.lists(_prefixed, min_size=1, max_size=4), st.lists(st.tuples(_prefixed, st.booleans()), min_size=1, max_size=2),
    st.integers(8, 34), st.booleans(),
)  # fmt: skip
@example(["prefix__a", "prefix__m"], [("prefix__z", True)], 16, True)
@example(["prefix__a", "prefix__m"], [("prefix__z", False)], 24, False)
@example(["prefix__m", "prefix__z"], [("prefix__a", True)], 24, True)
@example(["aa", "b"], [("b\x01", True)], 8, True)
@example(["aa", "b"], [("b\x01", True)], 16, True)
@example(["a" * 16, "z" * 16], [("mm", True)], 16, False)
@example(["m" * 24, "m" * 23], [("m", False)], 24, True)
def test_a_late_padded_text_is_seen_among_many_that_change_nothing(
    settled: list[str], late: list[tuple[str, bool]], width: int, blanks: bool
) -> None:
    """Those that come late may be padded otherwise."""

    def field(word: str, its: bool) -> bytes:
        return word.encode()[:width].ljust(width, b" " if its else b"\0")

    usual = [field(word, blanks) for word in settled] * 40
    fields = [*usual, *(field(word, its) for word, its in late), *usual]
    meant = [one.rstrip(b"\0") if one.endswith(b"\0") else one.rstrip(b" ") for one in fields]
    assert noted(fixed_texts(fields), len(fields)) == twins_facts.of_texts("str", meant)


@settings(max_examples=examples(50))
@given(st.lists(st.binary(min_size=5, max_size=5), min_size=1, max_size=20))
def test_raw_bytes(values: list[bytes]) -> None:
    column = dense(Kind.HEX, np.frombuffer(b"".join(values), np.uint8).reshape(-1, 5), width=5)
    assert noted(column, len(values)) == twins_facts.of_texts("bytes", values, characters=False)


@pytest.mark.parametrize("first", [1, 1023, 1024, 2500])
def test_rows_noted_in_two_goes_are_those_of_one(first: int) -> None:
    values = np.arange(3000, dtype=np.int64) * 7 - 900
    columns = [dense(Kind.I64, values), dense(Kind.F64, values / 8), texts([str(value) for value in values])]
    whole, parted = ColumnNotes(columns), ColumnNotes(columns)
    note_facts(*parted._arguments(first))
    assert parted.facts(len(values)) == whole.facts(len(values))
