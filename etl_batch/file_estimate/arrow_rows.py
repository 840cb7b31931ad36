"""Rows out of an Arrow table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl_batch.estimate.arrow_values import numbers, one_array
from etl_batch.file_estimate.contract import Floats, Integers, Rows, Wanted
from etl_batch.file_estimate.stratum_codes import coded

if TYPE_CHECKING:
    import pyarrow as pa


def rows_of_table(table: pa.Table, per_unit: Integers, sizes: Floats, wanted: Wanted) -> Rows:
    """The rows of some units, side by side in a table that has at least the wanted columns."""
    return Rows(
        per_unit=per_unit,
        sizes=sizes,
        values={name: numbers(one_array(table.column(name))) for name in wanted.measures},
        strata=coded(one_array(table.column(wanted.strata))) if wanted.strata else None,
        conditions=table.select(list(wanted.conditions)) if wanted.conditions else None,
    )


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type can be added up."""
    import pyarrow as pa

    is_a = pa.types
    return any(test(kind) for test in (is_a.is_integer, is_a.is_floating, is_a.is_decimal, is_a.is_boolean))
