"""The class of a cell: canonical is exactly what our own writers would write."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.classify_cell import EMPTY, FLOAT, INTEGER, NEGATIVE, NUMBER, TEXT, UNSIGNED
from tests.helpers import parse_calls, twins, twins_parse
from tests.helpers.chance import examples
from tests.helpers.parse_calls import Rule
from tests.property.kernels.test_numbers_text import float_families, seeds, special_float64
from tests.property.kernels.test_read_float import HARD, named, scientific
from tests.property.kernels.test_read_numbers import decimals, integers, lists

BY_EXAMPLE = {
    "": EMPTY, "0": INTEGER, "7": INTEGER, "-7": INTEGER | NEGATIVE, "9223372036854775807": INTEGER,
    "9223372036854775808": INTEGER | UNSIGNED, "18446744073709551615": INTEGER | UNSIGNED,
    "18446744073709551616": NUMBER, "-9223372036854775808": INTEGER | NEGATIVE, "-9223372036854775809": NUMBER,
    "-0": NUMBER, "007": NUMBER, "+5": NUMBER, "1.50": NUMBER, "1e5": NUMBER, ".5": NUMBER, "5.": NUMBER, "00": NUMBER,
    "5.0": FLOAT, "0.0": FLOAT, "-0.0": FLOAT, "0.5": FLOAT, "NaN": FLOAT, "inf": FLOAT, "-inf": FLOAT, "1e+16": FLOAT,
    "1e16": NUMBER, "1e-05": FLOAT, "0.00001": NUMBER, "0.0001": FLOAT, "0.00010": NUMBER, "0.00": NUMBER,
    "123456789012345.0": FLOAT, "1234567890123456.0": FLOAT, "12345678901234567.0": NUMBER, "5e-324": FLOAT,
    "1.7976931348623157e+308": FLOAT, "1.7976931348623157e308": NUMBER, "1e+400": NUMBER, "1e400": NUMBER,
    "0.1000000000000000055": NUMBER, "nan": TEXT, "-NaN": TEXT, "Inf": TEXT, "Infinity": TEXT, "+inf": TEXT, "-": TEXT,
    "inf\0": TEXT, "NaN\0": TEXT,
    ".": TEXT, "-.": TEXT, "+": TEXT, "1.2.3": TEXT, "1 ": TEXT, " 1": TEXT, "2024-01-01": TEXT, "12:30": TEXT,
    "10 Downing Street": TEXT, "12345678 is no number": TEXT, "1,5": TEXT, "N": TEXT, "New York": TEXT, "item": TEXT,
    "-inform": TEXT, "1e": TEXT, "e5": TEXT, "ü": TEXT,
}  # fmt: skip


def check(cells: list[bytes]) -> None:
    said, expected = parse_calls.words(Rule.CLASS, cells), [twins_parse.cell_class(cell) for cell in cells]
    wrong = [case for case in zip(cells, said, expected, strict=True) if case[1] != case[2]]
    assert not wrong, wrong[:5]


def test_by_example() -> None:
    said = parse_calls.words(Rule.CLASS, [text.encode() for text in BY_EXAMPLE])
    assert dict(zip(BY_EXAMPLE, said, strict=True)) == {text: int(kind) for text, kind in BY_EXAMPLE.items()}


def test_hard_floats() -> None:
    check([(sign + text).encode() for text in HARD for sign in ("", "-", "+")])
    check([repr(value).encode() for value in special_float64().tolist()])


@settings(deadline=None, max_examples=examples(300))
@given(lists(integers | decimals | scientific | named))
def test_numbers_of_every_look(cells: list[bytes]) -> None:
    check(cells)


@settings(deadline=None)
@given(st.lists(st.text(max_size=20).map(str.encode) | st.binary(max_size=20), min_size=1))
@example([bytes([byte]) for byte in range(256)])
@example([bytes([first, second]) for first in b"0+-.Ni9e" for second in range(256)])
def test_texts(cells: list[bytes]) -> None:
    check(cells)


@settings(deadline=None, max_examples=examples(15))
@given(seeds)
def test_what_we_write_is_canonical(seed: int) -> None:
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 2**64, 1000, dtype=np.uint64).view(np.float64)
    values = np.concatenate([bits, *float_families(generator).values()])
    cells = [twins.float64_text(value).encode() for value in np.concatenate([values, -values]).tolist()]
    assert set(parse_calls.words(Rule.CLASS, cells)) == {int(FLOAT)}
    check([cell[:-1] for cell in cells])
    check([cell + b"0" for cell in cells])


@pytest.mark.parametrize("length", range(1, 22))
def test_zeros_and_points_at_every_place(length: int) -> None:
    """All the ways in which a short number can be padded."""
    plain = ["1234567890123456789012"[:length], "0" * length, "1" + "0" * length, "0" * length + "1"]
    pointed = [text[:place] + "." + text[place:] for text in plain for place in range(len(text) + 1)]
    check([(sign + text).encode() for text in plain + pointed for sign in ("", "-", "+")])


@pytest.mark.parametrize(
    "good", ["-12345.678", "0.5", "1234567", "-1.5e-07", "12345678901.25", "0.1234567890123456", "-inf"]
)
def test_every_byte_at_every_place(good: str) -> None:
    cell = good.encode()
    check([cell[:place] + bytes([byte]) + cell[place + 1 :] for place in range(len(cell)) for byte in range(256)])
    check([cell[:place] + bytes([byte]) + cell[place:] for place in range(len(cell) + 1) for byte in range(256)])
