"""Integers, decimals, bools and raw bytes: the helper reads what the twin reads, and refuses what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.helpers import parse_calls, twins, twins_parse
from tests.helpers.chance import examples
from tests.helpers.parse_calls import Rule

#: bytes at which the rules change, and some that look like them in eight at a time
ALPHABET = b"0123456789" * 3 + b"+-..eE,:/ _\0\x10\x1f\x20\x2f\x3a\x40\xb0\xb9\xff"
cells = st.lists(st.sampled_from(ALPHABET), max_size=45).map(bytes)
digits = st.text("0123456789", max_size=24)
integers = st.builds(
    lambda sign, zeros, value: f"{sign}{'0' * zeros}{value}".encode(),
    st.sampled_from(["", "", "+", "-"]),
    st.sampled_from([0, 0, 0, 1, 7, 30]),
    st.integers(0, 2**66) | st.sampled_from([2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1, 2**64, 10**19, 10**20]),
)
decimals = st.builds(
    lambda sign, whole, point, fraction, zeros: f"{sign}{whole}{point}{fraction}{'0' * zeros}".encode(),
    st.sampled_from(["", "", "+", "-"]),
    st.text("0123456789", max_size=40) | st.text("09", max_size=6),
    st.sampled_from([".", ".", ""]),
    digits,
    st.sampled_from([0, 0, 2, 30]),
)


@st.composite
def spoiled(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """A good cell, or one with one byte put in or replaced."""
    cell = draw(whole)
    place = draw(st.integers(0, len(cell)))
    return draw(
        st.sampled_from([cell, cell, cell[:place] + bytes([draw(st.sampled_from(ALPHABET))]) + cell[place + 1 :]])
    )


def lists(cell: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[bytes]]:
    return st.lists(spoiled(cell) | cells, min_size=1, max_size=60)


@settings(deadline=None)
@given(lists(integers))
@example([b"", b"+", b"-", b"+1", b"-1", b"--1", b"-0", b"00000000000000000000", b"1" * 200, b"0" * 200 + b"7"])
def test_integers(many: list[bytes]) -> None:
    assert parse_calls.words(Rule.UNSIGNED, many) == [twins_parse.unsigned(cell) for cell in many]
    assert parse_calls.signed_words(Rule.SIGNED, many) == [twins_parse.signed(cell) for cell in many]


@pytest.mark.parametrize("length", range(1, 23))
def test_every_byte_at_every_place(length: int) -> None:
    """No byte but a digit passes for one, wherever it stands."""
    good = b"1234567890123456789012"[:length]
    many = [good[:place] + bytes([byte]) + good[place + 1 :] for place in range(length) for byte in range(256)]
    assert parse_calls.words(Rule.UNSIGNED, many) == [twins_parse.unsigned(cell) for cell in many]
    assert parse_calls.signed_words(Rule.SIGNED, many) == [twins_parse.signed(cell) for cell in many]
    assert parse_calls.wide_words(many, 38, 9) == [twins_parse.decimal(cell, 38, 9) for cell in many]


def test_borders_of_integers() -> None:
    around = [power + more for power in (2**63, 2**64, *(10**n for n in range(22))) for more in range(-2, 3)]
    many = [f"{sign}{zeros}{value}".encode() for value in around for sign in ("", "-", "+") for zeros in ("", "000")]
    assert parse_calls.words(Rule.UNSIGNED, many) == [twins_parse.unsigned(cell) for cell in many]
    assert parse_calls.signed_words(Rule.SIGNED, many) == [twins_parse.signed(cell) for cell in many]


@settings(deadline=None, max_examples=examples(200))
@given(lists(decimals), st.integers(1, 38), st.integers(0, 38))
@example([b"", b".", b"-.", b".5", b"5.", b"-5.", b"1.50", b"1.500", b"0.0000000000", b"1.2.3", b"1e5"], 5, 1)
@example([b"-0", b"-0.0", b"999.99", b"999.995", b"1000.00", b"-999.99", b"-1000"], 5, 2)
def test_decimals(many: list[bytes], precision: int, scale: int) -> None:
    expected = [twins_parse.decimal(cell, precision, scale) for cell in many]
    assert parse_calls.wide_words(many, precision, scale) == expected


@pytest.mark.parametrize("scale", range(39))
def test_borders_of_decimals(scale: int) -> None:
    """The largest unscaled integers of every precision, and the first ones above."""
    for precision in range(1, 39):
        unscaled = [sign * (10**precision + more) for sign in (1, -1) for more in (-1, 0)]
        many = [twins.decimal_text(value, scale).encode() for value in unscaled]
        expected = [value if abs(value) < 10**precision else None for value in unscaled]
        assert parse_calls.wide_words(many, precision, scale) == expected


@settings(deadline=None)
@given(st.lists(st.text("truefalsTRUEFALS01\0 ", max_size=6).map(str.encode), min_size=1))
@example([b"true", b"True", b"TRUE", b"tRUE", b"1", b"true ", b"true\0", b"truee", b"1\0", b"11", b""])
@example([b"false", b"False", b"FALSE", b"falsE", b"0", b"fals", b"0\0\0\0", b"false\0", b"\0", b"t", b"f"])
def test_bools(many: list[bytes]) -> None:
    assert parse_calls.words(Rule.BOOL, many) == [twins_parse.bool_value(cell) for cell in many]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60).map(lambda raw: raw.hex().encode()) | st.binary(max_size=8), min_size=1))
@example([b"", b"0", b"0g", b"g0", b"fF", b"Ff", b"00ff", b"0x", b"\xff\xff", b" 0", b"0 "])
@example([bytes([first, 48]) for first in range(256)] + [bytes([48, second]) for second in range(256)])
def test_raw_bytes(many: list[bytes]) -> None:
    assert parse_calls.raw_bytes(many) == [twins_parse.hex_bytes(cell) for cell in many]


ON_A_BORDER = {
    Rule.UNSIGNED: [b"", b"+", *(b"12345678901234567890"[:count] for count in range(1, 21)), b"0" * 40],
    Rule.SIGNED: [b"", b"-", *(b"-1234567890123456789"[:count] for count in range(2, 21))],
    Rule.DECIMAL: [b"", b".", *(b"1234567890.1234500000000000000"[:count] for count in range(1, 31)), b"0" * 50],
    Rule.BOOL: [b"", b"1", b"tr", b"tru", b"true", b"false", b"falsee"],
    Rule.HEX: [b"", b"f", b"ff", b"fff", b"ffffffff"],
    Rule.F64: [
        b"", b"-", b"n", b"nan", b"infinity", *(b"-123.4567890123456789012345e-100"[:count] for count in range(1, 33)),
        b"9007199254740993.00000000000000000000", b"9007199254740993" + b"0" * 60, b"0" * 33 + b".", b"1e", b"1e+",
    ],
    Rule.DATE: [b"", b"2024-02-2", b"2024-02-29"],
    Rule.TIMESTAMP: [b"2024-02-29T12:34:56.123456789+12:34"[:count] for count in range(36)] + [b"2024-02-29 12:34Z"],
}  # fmt: skip
ON_A_BORDER[Rule.F32] = ON_A_BORDER[Rule.F64]
ON_A_BORDER[Rule.CLASS] = [cell for many in ON_A_BORDER.values() for cell in many]


@pytest.mark.parametrize("rule", Rule)
def test_no_rule_reads_outside_of_its_cell(rule: Rule) -> None:
    """Not a byte before, not a byte behind; and what is there does not matter."""
    page = parse_calls.GuardedPage()
    options = {Rule.DECIMAL: (38, 10), Rule.TIMESTAMP: (10**9, 1)}.get(rule, ())
    for cell in ON_A_BORDER[rule]:
        expected, _ = parse_calls.read(rule, [cell], *options)
        for at_end in (False, True):
            start = np.array([page.put(cell, at_end=at_end)], dtype=np.uint64)
            results, _ = parse_calls.read_at(rule, start, np.array([len(cell)], dtype=np.uint64), *options)
            assert results.tolist() == expected.tolist(), cell
