"""Numbers, dates and timestamps: the kernel writes what the twin writes, and the text reads back exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.kernels.calendar_text import FIRST_DAY, LAST_DAY
from etl_batch.kernels.columns import Array, Kind
from tests.helpers import kernel_calls, twins
from tests.helpers.chance import examples

COUNT = 1500  #: values an example
SECONDS_A_DAY = 86_400
seeds = st.integers(0, 2**63)

INTEGERS: dict[Kind, type[np.integer[Any]]] = {
    Kind.I8: np.int8, Kind.I16: np.int16, Kind.I32: np.int32, Kind.I64: np.int64,
    Kind.U8: np.uint8, Kind.U16: np.uint16, Kind.U32: np.uint32, Kind.U64: np.uint64,
}  # fmt: skip


def any_width(generator: np.random.Generator, count: int = COUNT) -> npt.NDArray[np.uint64]:
    """Unsigned numbers of every length in bits, evenly."""
    bits = generator.integers(0, 2**64, count, dtype=np.uint64)
    return bits >> generator.integers(0, 64, count, dtype=np.uint64)


def wide_integers(generator: np.random.Generator, digits: int, count: int = 300) -> list[int]:
    """Signed numbers of every length in digits, with the borders of both signs."""
    lengths = generator.integers(1, digits + 1, count).tolist()
    low, high = any_width(generator, count).tolist(), any_width(generator, count).tolist()
    random = [(((a << 64) | b) % 10**length) * (-1) ** b for a, b, length in zip(high, low, lengths, strict=True)]
    borders = [number for power in range(digits) for number in (10**power - 1, 10**power, 10**power + 1)]
    return [0, *random, *borders, *(-number for number in borders), 10**digits - 1, 1 - 10**digits]


def neighbours(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The values, and the floats on either side of each."""
    return np.concatenate([np.nextafter(values, -np.inf), values, np.nextafter(values, np.inf)])


def float_families(generator: np.random.Generator) -> dict[str, npt.NDArray[np.float64]]:
    """Floats as they occur in data, and floats on which formatters are known to fail."""
    whole = any_width(generator, 300).astype(np.float64)
    places = 10.0 ** generator.integers(0, 23, 300)
    return {
        "money": generator.integers(-(10**11), 10**11, 300) / 100,
        "whole": whole,
        "few decimals": whole / places,
        "millionths": neighbours(generator.integers(0, 10**15, 100) / 1e6),
        "around 1e9": neighbours(1e9 + generator.integers(-(10**6), 10**6, 100) / 1e3),
        "around 1e-4": neighbours(1e-4 + generator.integers(-(10**4), 10**4, 100) / 1e12),
        "around 2**53": np.float64(2**53) + generator.integers(-(10**4), 10**4, 100).astype(np.float64),
        "around 1e16": neighbours(1e16 + generator.integers(-(10**4), 10**4, 100).astype(np.float64)),
        "subnormal": (any_width(generator, 300) >> np.uint64(12)).view(np.float64),
        "unit": generator.random(300),
        "normal": generator.standard_normal(300) * 10.0 ** generator.integers(-8, 17, 300),
    }


def check_float64(values: npt.NDArray[np.float64]) -> None:
    cells = kernel_calls.cells(kernel_calls.dense(Kind.F64, values), len(values))
    assert cells == [twins.float64_text(value) for value in values.tolist()]
    read_back = np.array([float(cell) for cell in cells])
    same = (read_back.view(np.uint64) == values.view(np.uint64)) | (np.isnan(values) & np.isnan(read_back))
    assert same.all(), np.asarray(cells)[~same]


def check_float32(bits: npt.NDArray[np.uint32]) -> None:
    cells = kernel_calls.cells(kernel_calls.dense(Kind.F32, bits), len(bits))
    assert cells == [twins.float32_text(pattern) for pattern in bits.tolist()]
    # From text to 32 bits directly: by way of 64 bits, a text could round twice.
    read_back = np.array([np.float32(cell) for cell in cells], dtype=np.float32)
    missing = np.isnan(bits.view(np.float32)) & np.isnan(read_back)
    same = (read_back.view(np.uint32) == bits) | missing
    assert same.all(), np.asarray(cells)[~same]


def special_float64() -> npt.NDArray[np.float64]:
    """Powers of two and ten with their neighbours, the ends of the range, zeros, what is not finite."""
    powers_of_ten = np.array([float(f"1e{power}") for power in range(-323, 309)])
    powers_of_two = np.ldexp(1.0, np.arange(-1074, 1024))
    largest, smallest_normal = np.finfo(np.float64).max, np.finfo(np.float64).smallest_normal
    borders = np.array([2.0**53, 1e9, 1e-4, 1e-5, 1e16, 1e15, smallest_normal, 9007199254740993.0, 2.0**63, 2.0**64])
    known_hard = np.array(
        [5e-324, 2e-323, 9.5367431640625e-7, 1.7976931348623157e308, 8.41e21, 2.0e-22, 9.409340012568249e18]
    )
    with np.errstate(over="ignore"):
        positive = neighbours(np.concatenate([powers_of_ten, powers_of_two, borders, known_hard]))
    quiet = np.array([0.0, np.inf, np.nan, largest])
    return np.concatenate([positive, -positive, quiet, -quiet])


def test_special_float64() -> None:
    check_float64(special_float64())


def test_special_float32() -> None:
    exponents = np.arange(256, dtype=np.uint32) << np.uint32(23)
    fractions = np.array([0, 1, 2, 3, 0x400000, 0x3FFFFF, 0x7FFFFE, 0x7FFFFF], dtype=np.uint32)
    every_exponent = (exponents[:, None] | fractions[None, :]).ravel()
    tens = np.array([f"1e{power}" for power in range(-45, 39)]).astype(np.float32).view(np.uint32)
    positive = np.concatenate(
        [every_exponent, np.arange(5000, dtype=np.uint32), tens - np.uint32(1), tens, tens + np.uint32(1)]
    )
    check_float32(np.concatenate([positive, positive | np.uint32(0x80000000)]))


@settings(max_examples=examples(40), deadline=None)
@given(seeds)
def test_any_float64(seed: int) -> None:
    check_float64(np.random.default_rng(seed).integers(0, 2**64, COUNT, dtype=np.uint64).view(np.float64))


@settings(max_examples=examples(25), deadline=None)
@given(seeds)
def test_usual_float64(seed: int) -> None:
    for values in float_families(np.random.default_rng(seed)).values():
        check_float64(np.concatenate([values, -values]))


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.floats(), min_size=1, max_size=50))
def test_chosen_float64(values: list[float]) -> None:
    check_float64(np.array(values))


@settings(max_examples=examples(20), deadline=None)
@given(seeds)
def test_float32_of_two_decimals(seed: int) -> None:
    """And their neighbours: where seven digits begin, two of them may be one float."""
    generator = np.random.default_rng(seed)
    lengths = 10 ** generator.integers(1, 9, 1000)
    amounts = np.concatenate([generator.integers(0, lengths), np.arange(999_900, 1_000_100)])
    bits = (amounts / 100).astype(np.float32).view(np.uint32)
    around = np.concatenate([bits, bits + np.uint32(1), np.maximum(bits, np.uint32(1)) - np.uint32(1)])
    check_float32(np.concatenate([around, around | np.uint32(0x80000000)]))


@settings(max_examples=examples(40), deadline=None)
@given(seeds)
def test_any_float32(seed: int) -> None:
    check_float32(np.random.default_rng(seed).integers(0, 2**32, COUNT, dtype=np.uint32))


@settings(max_examples=examples(10), deadline=None)
@given(seeds)
def test_usual_float32(seed: int) -> None:
    for values in float_families(np.random.default_rng(seed)).values():
        with np.errstate(over="ignore"):
            check_float32(np.clip(values, -3.4e38, 3.4e38).astype(np.float32).view(np.uint32))


@pytest.mark.parametrize("kind", INTEGERS)
def test_borders_of_integers(kind: Kind) -> None:
    limits = np.iinfo(INTEGERS[kind])
    around = [size + more for size in [0, *(10**power for power in range(20))] for more in (-1, 0, 1)]
    inside = [number for size in around for number in (size, -size) if limits.min <= number <= limits.max]
    values = np.array([limits.min, limits.min + 1, limits.max - 1, limits.max, *inside], dtype=INTEGERS[kind])
    check_integers(kind, values)


@pytest.mark.parametrize("kind", INTEGERS)
@settings(max_examples=examples(10), deadline=None)
@given(seed=seeds)
def test_any_integer(kind: Kind, seed: int) -> None:
    generator = np.random.default_rng(seed)
    bits = any_width(generator)
    check_integers(kind, np.concatenate([bits, ~bits]).astype(INTEGERS[kind]))


def check_integers(kind: Kind, values: Array) -> None:
    cells = kernel_calls.cells(kernel_calls.dense(kind, values), len(values))
    assert cells == [twins.integer_text(value) for value in values.tolist()]


@settings(max_examples=examples(30), deadline=None)
@given(seeds, st.integers(0, 19))
def test_decimals_of_64_bits(seed: int, scale: int) -> None:
    bits = any_width(np.random.default_rng(seed), 500)
    values = np.concatenate([bits, ~bits, np.array([0, 2**63, 2**63 - 1], dtype=np.uint64)]).view(np.int64)
    cells = kernel_calls.cells(kernel_calls.dense(Kind.DECIMAL_64, values, extra=scale), len(values))
    assert cells == [twins.decimal_text(value, scale) for value in values.tolist()]


@settings(max_examples=examples(60), deadline=None)
@given(seeds, st.integers(0, 38))
def test_decimals_of_128_bits(seed: int, scale: int) -> None:
    values = wide_integers(np.random.default_rng(seed), 38)
    words = np.array([[value & (2**64 - 1), (value >> 64) & (2**64 - 1)] for value in values], dtype=np.uint64)
    cells = kernel_calls.cells(kernel_calls.dense(Kind.DECIMAL_128, words, extra=scale), len(values))
    assert cells == [twins.decimal_text(value, scale) for value in values]


def test_every_date() -> None:
    """All 3.65 million of them, as NumPy's own calendar has them."""
    days = np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int32)
    written, _ = kernel_calls.csv_bytes([kernel_calls.dense(Kind.DATE, days)], len(days))
    assert written.count(b"\n") == len(days)
    expected = np.datetime_as_string(days.astype("datetime64[D]")).astype("S10")
    assert (np.frombuffer(written, dtype="S11") == np.char.add(expected, b"\n")).all()


@settings(max_examples=examples(20), deadline=None)
@given(seeds)
def test_dates(seed: int) -> None:
    days = np.random.default_rng(seed).integers(FIRST_DAY, LAST_DAY, COUNT, dtype=np.int32, endpoint=True)
    days[:4] = FIRST_DAY, LAST_DAY, -1, 0
    cells = kernel_calls.cells(kernel_calls.dense(Kind.DATE, days), len(days))
    assert cells == [twins.date_text(day) for day in days.tolist()]


@pytest.mark.parametrize("unit", twins.TICKS_PER_SECOND)
@settings(max_examples=examples(12), deadline=None)
@given(seed=seeds)
def test_timestamps(unit: str, seed: int) -> None:
    per_second = twins.TICKS_PER_SECOND[unit]
    first = max(FIRST_DAY * SECONDS_A_DAY * per_second, -(2**63))
    last = min((LAST_DAY + 1) * SECONDS_A_DAY * per_second, 2**63) - 1
    generator = np.random.default_rng(seed)
    anywhere = generator.integers(first, last, COUNT, dtype=np.int64, endpoint=True)
    around_midnight = generator.integers(-5000, 5000, 100) * SECONDS_A_DAY * per_second + generator.integers(-2, 3, 100)
    borders = np.array([first, first + 1, last - 1, last, -1, 0, 1, -per_second, per_second - 1], dtype=np.int64)
    ticks = np.concatenate([anywhere, around_midnight, borders])
    cells = kernel_calls.cells(kernel_calls.dense(Kind.TIMESTAMP, ticks, extra=per_second), len(ticks))
    assert cells == [twins.timestamp_text(tick, per_second) for tick in ticks.tolist()]


def test_a_timestamp_by_example() -> None:
    ticks = np.array([1_483_271_606_000_000], dtype=np.int64)
    assert kernel_calls.cells(kernel_calls.dense(Kind.TIMESTAMP, ticks, extra=10**6), 1) == [
        "2017-01-01T11:53:26.000000Z"
    ]
    assert twins.timestamp_text(1_483_271_606_000_000, 10**6) == "2017-01-01T11:53:26.000000Z"
    assert twins.timestamp_text(-1, 10**9) == "1969-12-31T23:59:59.999999999Z"


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.integers(0, 1), min_size=1))
def test_bools(values: list[int]) -> None:
    cells = kernel_calls.cells(kernel_calls.dense(Kind.BOOL, np.array(values, dtype=np.uint8)), len(values))
    assert cells == [twins.bool_text(value) for value in values]


@settings(max_examples=examples(50), deadline=None)
@given(st.integers(1, 40).flatmap(lambda width: st.lists(st.binary(min_size=width, max_size=width), min_size=1)))
def test_raw_bytes(values: list[bytes]) -> None:
    width = len(values[0])
    content = np.frombuffer(b"".join(values), dtype=np.uint8).reshape(len(values), width)
    cells = kernel_calls.cells(kernel_calls.dense(Kind.HEX, content, width=width), len(values))
    assert cells == [value.hex() for value in values]
