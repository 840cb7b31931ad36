"""Floats: every text becomes the float nearest to it, of its own width, ties to even."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.helpers import parse_calls, twins_parse
from tests.helpers.chance import examples
from tests.helpers.parse_calls import Rule
from tests.property.kernels.test_numbers_text import float_families, neighbours, seeds, special_float64
from tests.property.kernels.test_read_numbers import decimals, lists

scientific = st.builds(
    lambda number, letter, sign, exponent: number + f"{letter}{sign}{exponent}".encode(),
    decimals,
    st.sampled_from("eE"),
    st.sampled_from(["", "+", "-"]),
    st.integers(0, 30) | st.integers(280, 360) | st.integers(0, 10**5) | st.sampled_from(["", "00005", "9" * 30]),
)
named = st.sampled_from([b"nan", b"inf", b"infinity", b"infinit", b"in", b"na", b"nanx", b"infinityx"]).flatmap(
    lambda name: st.tuples(
        st.sampled_from([b"", b"+", b"-"]), st.sampled_from([name, name.upper(), name.title(), name.swapcase()])
    ).map(b"".join)
)

HARD = [
    "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308", "5e-324", "4.9e-324", "3e-324",
    "2.4703282292062327e-324", "2.4703282292062328e-324", "2e-324", "1.7976931348623157e308", "1.7976931348623158e308",
    "1.7976931348623159e308", "1e308", "1e309", "2e308", "9007199254740991", "9007199254740992", "9007199254740993",
    "9007199254740993.0", "9007199254740993.00000000000000000000000000000000000001", "9007199254740994",
    "9007199254740995", "0.1" + "0" * 800, "0.1" + "0" * 800 + "1", "0." + "1" * 800, "1" * 800, "1" * 309, "9" * 308,
    "0." + "0" * 400 + "1", "0." + "0" * 400 + "1e400", "1" + "0" * 400 + "e-400", "0e99999", "0.0e-99999", "1e-400",
    "18446744073709551615", "18446744073709551616", "9223372036854775808", "1e22", "1e23", "8.5e22", "6.02e23",
    "9.5367431640625e-7", "7.2057594037927933e16", "1.00000005960464477539062499", "1.000000059604644775390625",
    "1.00000005960464477539062501", "1.00000017881393432617187499", "1.000000178813934326171875",
    "1.00000017881393432617187501", "16777216", "16777217", "16777218", "16777219", "33554434", "33554435",
    "3.4028234663852886e38", "3.4028235677973366e38", "3.40282356779733661637539395458142568447e38",
    "3.40282356779733661637539395458142568448e38", "3.4028236e38", "1.401298464324817e-45", "7.006492321624085e-46",
    "7.006492321624086e-46", "7e-46", "1.1754943508222875e-38", "1.1754942e-38", "8.589973e9", "1e38", "1e39", "1e-46",
]  # fmt: skip


def check_float64(cells: list[bytes]) -> None:
    said, expected = parse_calls.words(Rule.F64, cells), [twins_parse.float64(cell) for cell in cells]
    _compare(cells, said, expected, "<f8")


def check_float32(cells: list[bytes]) -> None:
    said, expected = parse_calls.words(Rule.F32, cells), [twins_parse.float32(cell) for cell in cells]
    _compare(cells, said, expected, "<f4")


def _compare(cells: list[bytes], said: list[int | None], expected: list[float | None], form: str) -> None:
    for cell, bits, value in zip(cells, said, expected, strict=True):
        if bits is None or value is None:
            assert bits is value, (cell, bits, value)
        else:
            read = np.frombuffer(bits.to_bytes(8, "little"), dtype=form)[0]
            wanted = np.array(value, dtype=form)
            same = read.tobytes() == wanted.tobytes() or (np.isnan(read) and np.isnan(wanted))
            assert same, (cell, read, value)


def halfway_texts(low: Decimal, high: Decimal) -> list[bytes]:
    """The number halfway between two floats, in full, and the nearest texts on both sides of it."""
    with localcontext() as context:
        context.prec = 1200
        middle = (low + high) / 2
        tiny = abs(middle).scaleb(-900) if middle else Decimal("1e-1200")
        exact = [middle, middle - tiny, middle + tiny]
        shorter = [round_to(middle, digits) for digits in (17, 19, 20, 25, 100)]
        return [format(value, form).encode() for value in exact + shorter for form in ("f", "e")]


def round_to(value: Decimal, digits: int) -> Decimal:
    with localcontext() as context:
        context.prec = digits
        return +value


def test_hard_cases() -> None:
    cells = [(sign + text).encode() for text in HARD for sign in ("", "-", "+")]
    check_float64(cells)
    check_float32(cells)


def test_what_the_hard_cases_are() -> None:
    """The ones that every reader gets wrong at first, spelt out."""
    known = {b"9007199254740993": 2.0**53, b"5e-324": 5e-324, b"2e-324": 0.0, b"1.7976931348623159e308": np.inf}
    bits = parse_calls.words(Rule.F64, list(known))
    assert np.array(bits, dtype=np.uint64).view(np.float64).tolist() == list(known.values())
    twice = parse_calls.words(Rule.F32, [b"1.00000017881393432617187499", b"1.000000178813934326171875"])
    assert twice == [0x3F800001, 0x3F800002]


@settings(deadline=None, max_examples=examples(200))
@given(lists(decimals | scientific | named))
@example(
    [b"", b".", b"-", b"+.", b"e5", b".e5", b"1e", b"1e+", b"1e5.", b"1_0", b"0x1p3", b" 1", b"1 ", b"1\0", b"1.e5"]
)
def test_texts(cells: list[bytes]) -> None:
    check_float64(cells)
    check_float32(cells)


@settings(deadline=None, max_examples=examples(15))
@given(seeds)
def test_floats_as_they_are_written(seed: int) -> None:
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 2**64, 1500, dtype=np.uint64).view(np.float64)
    values = np.concatenate([bits[np.isfinite(bits)], *float_families(generator).values()]).tolist()
    for form in ("r", ".15g", ".17g", ".18e", ".25g"):
        cells = [(repr(value) if form == "r" else format(value, form)).encode() for value in values]
        check_float64(cells)
    check_float32([f"{value:.9g}".encode() for value in values])


@settings(deadline=None, max_examples=examples(15))
@given(seeds)
def test_digits_at_random(seed: int) -> None:
    generator = np.random.default_rng(seed)
    significands = generator.integers(0, 2**64, 1000, dtype=np.uint64) >> generator.integers(0, 64, 1000, np.uint64)
    powers, small = generator.integers(-345, 310, 1000), generator.integers(-66, 40, 1000)
    check_float64([f"{a}e{b}".encode() for a, b in zip(significands.tolist(), powers.tolist(), strict=True)])
    check_float32([f"{a}e{b}".encode() for a, b in zip(significands.tolist(), small.tolist(), strict=True)])


def test_special_floats() -> None:
    values = special_float64()
    check_float64([repr(value).encode() for value in values.tolist()])


@settings(deadline=None, max_examples=examples(20))
@given(seeds)
def test_halfway_between_64_bit_floats(seed: int) -> None:
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 0x7FEFFFFFFFFFFFFF, 12, dtype=np.uint64)
    bits[:4] >>= generator.integers(1, 63, 4, dtype=np.uint64)
    lows = bits.view(np.float64)
    highs = (bits + np.uint64(1)).view(np.float64)
    for low, high in zip(lows.tolist(), highs.tolist(), strict=True):
        check_float64(halfway_texts(Decimal(low), Decimal(high)))


@settings(deadline=None, max_examples=examples(20))
@given(seeds)
def test_halfway_between_32_bit_floats(seed: int) -> None:
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 0x7F7FFFFF, 12, dtype=np.uint32)
    bits[:4] >>= generator.integers(1, 31, 4, dtype=np.uint32)
    highs = (bits + np.uint32(1)).view(np.float32)
    for low, high in zip(bits.view(np.float32).tolist(), highs.tolist(), strict=True):
        check_float32(halfway_texts(Decimal(low), Decimal(high)))


@pytest.mark.parametrize("bits", [0, 1, 0x000FFFFFFFFFFFFE, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFE])
def test_halfway_at_the_borders(bits: int) -> None:
    low, high = np.array([bits, bits + 1], dtype=np.uint64).view(np.float64).tolist()
    check_float64(halfway_texts(Decimal(low), Decimal(high)))
    largest = Decimal(2**1024 - 2**971)
    check_float64(halfway_texts(largest, Decimal(2**1024)))


def test_powers_of_two_and_of_ten() -> None:
    values = neighbours(np.ldexp(1.0, np.arange(-1070, 1020)))
    check_float64([f"{value:.20e}".encode() for value in values.tolist()])
    check_float64(
        [f"{digits}e{power}".encode() for power in range(-345, 312) for digits in (1, 5, 7, 2**64 - 1, 2**53 + 1)]
    )
    check_float32(
        [f"{digits}e{power}".encode() for power in range(-70, 45) for digits in (1, 5, 7, 2**64 - 1, 2**24 + 1)]
    )
