"""A whole file: to the last digit what the run that converts it says; with a filter, what Python says."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.estimate.exact_text import whole_text
from etl_batch.estimate.where import parse_where
from etl_batch.etl_core import run
from etl_batch.file_estimate.answer import Answer
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.binary import unit_reader as record_units
from etl_batch.formats.csv import unit_reader as block_units
from etl_batch.values import StratumEstimate
from tests.conftest import Home
from tests.helpers.chance import examples
from tests.helpers.inline_runner import InlineRunner

PARTS = 200  #: bytes that are read at once, so that small files take many reads
LARGE = 2**53  #: from here on not every whole number is a float
MEASURES = ("count", "big", "money", "weight")

near_large = st.integers(LARGE - 3, LARGE + 3)
signed = st.one_of(
    st.integers(-(2**63), 2**63 - 1), near_large, near_large.map(lambda number: -number), st.integers(-9, 9)
)
unsigned = st.one_of(st.integers(0, 2**64 - 1), st.integers(2**63 - 2, 2**63 + 2), near_large)
floats = st.one_of(st.floats(-1e300, 1e300), st.sampled_from([0.1, -0.1, 1e16, 1.0, -1e16, 5e-324, -0.0]))


@dataclass(frozen=True)
class Rows:
    """Columns of some rows; None is null."""

    scale: int
    product: list[str]
    count: list[int | None]
    big: list[int | None]
    cents: list[int | None]  #: the money, in units of its last digit
    weight: list[float | None]

    @property
    def money(self) -> list[Decimal | None]:
        return [None if cent is None else Decimal(whole_text(cent, self.scale)) for cent in self.cents]


@st.composite
def some_rows(draw: st.DrawFn, digits: int) -> Rows:
    number = draw(st.integers(1, 40))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(st.one_of(values, values, values, st.none()), min_size=number, max_size=number))

    most = 10**digits - 1
    product = draw(st.lists(st.sampled_from(["a", "b", "c d"]), min_size=number, max_size=number))
    cents = st.one_of(st.integers(-most, most), st.integers(-999, 999))
    return Rows(draw(st.integers(0, 10)), product, column(signed), column(unsigned), column(cents), column(floats))


@contextmanager
def fresh_home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "output", "report"):
            (Path(folder) / name).mkdir()
        yield Home(Path(folder))


def ask(home: Home, path: Path, where: str | None, measures: Sequence[str], **more: Any) -> Answer:  # noqa: ANN401
    question = Question(
        measures=tuple(measures), measures_named=True, where=parse_where(where) if where else None, exact=True
    )
    with patch.object(block_units, "_READ_ALL_BYTES", PARTS), patch.object(record_units, "_READ_ALL_BYTES", PARTS):
        return estimate_file(home.config(path, **more), question)


def is_as_the_run_says(home: Home, path: Path, measures: Sequence[str] = MEASURES, **more: Any) -> None:  # noqa: ANN401
    result = run(home.config(path, measures=tuple(measures), **more), runner=InlineRunner())
    answer = ask(home, path, None, measures, **more)
    assert answer.rows.exact_total == result.rows_out
    assert isinstance(answer.rows.exact_total, int)
    for estimate, other in zip(answer.estimates, result.estimates, strict=True):
        assert estimate.measure == other.measure
        assert (estimate.exact_total, estimate.exact_total_text) == (other.exact_total, other.exact_total_text)
        assert type(estimate.exact_total) is type(other.exact_total)
        assert known(estimate.strata) == known(other.strata)
        if estimate.exact_total is not None:
            assert estimate.total == estimate.ci_low == estimate.ci_high == estimate.exact_total


def known(strata: Sequence[StratumEstimate]) -> dict[str, tuple[int | float | None, str | None, int]]:
    return {stratum.stratum: (stratum.exact_total, stratum.exact_total_text, stratum.population) for stratum in strata}


def is_as_python_says(
    home: Home, path: Path, rows: Rows, measures: Sequence[str] = MEASURES, **more: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Of the rows of one product that have a count above 2^53, of which a float knows no next one."""
    answer = ask(home, path, f"product = 'a' and count > {LARGE}", measures, **more)
    inside = [
        product == "a" and count is not None and count > LARGE
        for product, count in zip(rows.product, rows.count, strict=True)
    ]
    assert answer.rows.exact_total == sum(inside)
    for estimate in answer.estimates:
        assert estimate.exact_total_text == added_up(rows, estimate.measure, inside)
        assert known(estimate.strata)["a" if "a" in rows.product else rows.product[0]][1] == estimate.exact_total_text


def added_up(rows: Rows, measure: str, inside: Sequence[bool]) -> str:
    values = rows.cents if measure == "money" else getattr(rows, measure)
    there = [value for value, counts in zip(values, inside, strict=True) if counts and value is not None]
    if measure == "weight":
        return repr(float(sum(map(Fraction, there))))
    return whole_text(sum(there), rows.scale if measure == "money" else 0)


@pytest.mark.io
@settings(max_examples=examples(12))
@given(some_rows(digits=38), st.integers(1, 50))
def test_parquet(rows: Rows, group: int) -> None:
    table = pa.table(
        {
            "product": rows.product,
            "count": pa.array(rows.count, pa.int64()),
            "big": pa.array(rows.big, pa.uint64()),
            "money": pa.array(rows.money, pa.decimal128(38, rows.scale)),
            "weight": pa.array(rows.weight, pa.float64()),
        }
    )
    with fresh_home() as home:
        path = home.data / "in.parquet"
        pq.write_table(table, path, row_group_size=group)
        is_as_the_run_says(home, path)
        is_as_python_says(home, path, rows)


@settings(max_examples=examples(5))
@given(some_rows(digits=76))
def test_decimals_of_76_digits(rows: Rows) -> None:
    """A run leaves them out."""
    table = pa.table(
        {
            "product": rows.product,
            "count": pa.array(rows.count, pa.int64()),
            "money": pa.array(rows.money, pa.decimal256(76, rows.scale)),
        }
    )
    with fresh_home() as home:
        path = home.data / "in.parquet"
        pq.write_table(table, path, row_group_size=7)
        is_as_python_says(home, path, rows, ["count", "money"])
        (estimate,) = ask(home, path, None, ["money"]).estimates
        assert estimate.exact_total_text == added_up(rows, "money", [True] * len(rows.count))


LAYOUT = """
record_size = {size}
byte_order = "{order}"
[[field]]
name = "product"
type = "str"
length = 3
[[field]]
name = "count"
type = "i64"
null = -1
[[field]]
name = "big"
type = "u64"
null = 0
[[field]]
name = "money"
type = "packed"
length = 19
scale = {scale}
null = 0
[[field]]
name = "weight"
type = "f64"
null = nan
[[field]]
name = "zoned"
type = "zoned"
length = 20
scale = {scale}
[[field]]
name = "small"
type = "decimal"
length = 8
scale = {scale}
"""


def packed(value: int) -> bytes:
    return bytes.fromhex(f"{abs(value):037d}{'d' if value < 0 else 'c'}")


def zoned(value: int) -> bytes:
    digits = f"{abs(value):020d}"
    return (digits[:-1] + (chr(ord("p") + int(digits[-1])) if value < 0 else digits[-1])).encode()


@pytest.mark.io
@settings(max_examples=examples(12))
@given(some_rows(digits=37), st.booleans())
def test_binary(rows: Rows, big_endian: bool) -> None:
    order = ">" if big_endian else "<"
    records = [
        product.encode().ljust(3)
        + struct.pack(f"{order}qQ", -1 if count is None else count, big or 0)
        + packed(cents or 0)
        + struct.pack(f"{order}d", float("nan") if weight is None else weight)
        + zoned(count or 0)
        + struct.pack(f"{order}q", count or 0)
        for product, count, big, cents, weight in zip(
            rows.product, rows.count, rows.big, rows.cents, rows.weight, strict=True
        )
    ]
    layout = LAYOUT.format(size=len(records[0]), scale=rows.scale, order="big" if big_endian else "little")
    with fresh_home() as home:
        path = home.put("in.bin", b"".join(records), layout)
        is_as_the_run_says(home, path, [*MEASURES, "zoned", "small"])
        is_as_python_says(home, path, rows)


def csv_bytes(names: Sequence[str], columns: Sequence[Sequence[object]]) -> bytes:
    lines = [",".join(names), *(",".join("" if cell is None else str(cell) for cell in row) for row in zip(*columns))]  # noqa: B905
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.io
@settings(max_examples=examples(12))
@given(some_rows(digits=38))
def test_csv(rows: Rows) -> None:
    columns = (rows.product, rows.count, rows.big, rows.money, rows.weight)
    typed = {"types": f"money=decimal(38,{rows.scale})"}
    with fresh_home() as home:
        path = home.put("in.csv", csv_bytes(("product", *MEASURES), [list(map(in_csv, column)) for column in columns]))
        is_as_the_run_says(home, path, **typed)
        is_as_the_run_says(home, path)
        # A column without a value is read as floats.
        with_values = [name for name in MEASURES if any(value is not None for value in getattr(rows, name))]
        is_as_python_says(home, path, rows, with_values, **typed)


def in_csv(cell: object) -> object:
    return format(cell, "f") if isinstance(cell, Decimal) else cell


#: cells of one column: what it is read as shows only in the end
cells: dict[str, Callable[[], st.SearchStrategy[object]]] = {
    "integers": lambda: signed,
    "unsigned": lambda: st.integers(0, 2**64 - 1),
    "not as we write them": lambda: st.sampled_from(["007", "+5", "1.50", "1e3", "9007199254740993", "12"]),
    "mixed": lambda: st.one_of(signed, floats),
    "not finite": lambda: st.sampled_from(["1.5", "2", "NaN", "inf", "-inf"]),
}


@pytest.mark.io
@settings(max_examples=examples(20))
@given(st.data())
def test_csv_of_any_numbers(data: st.DataObject) -> None:
    number = data.draw(st.integers(1, 40))
    first = data.draw(st.sampled_from([0, number // 2, number]))  #: so many rows look like whole numbers
    kinds = data.draw(st.lists(st.sampled_from(list(cells)), min_size=2, max_size=2))
    columns = [
        data.draw(st.lists(st.one_of(signed, st.none()), min_size=first, max_size=first))
        + data.draw(st.lists(st.one_of(cells[kind](), st.none()), min_size=number - first, max_size=number - first))
        for kind in kinds
    ]
    product = data.draw(st.lists(st.sampled_from(["a", "b", ""]), min_size=number, max_size=number))
    with fresh_home() as home:
        path = home.put("in.csv", csv_bytes(("product", "one", "two"), [product, *columns]))
        is_as_the_run_says(home, path, ["one", "two"])
