"""Arrow tables as the rows that `estimate` takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.estimate.arrow_values import is_there, numbers, one_array
from etl_batch.formats.column_sums import sums_of, wide_sums
from etl_batch.formats.units.unit import Floats, Integers, Rows, Summing, Wanted, WholeRows
from etl_batch.formats.units.unit_strata import coded

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


def whole_rows(table: pa.Table, wanted: Wanted) -> WholeRows:
    """All rows of a table that has at least the wanted columns."""
    return WholeRows(
        count=table.num_rows,
        sums={name: _summing(one_array(table.column(name))) for name in wanted.measures},
        strata=coded(one_array(table.column(wanted.strata))) if wanted.strata else None,
        conditions=table.select(list(wanted.conditions)) if wanted.conditions else None,
    )


def _summing(array: pa.Array) -> Summing:
    import pyarrow as pa

    from etl_batch.formats.arrow.columns import arrow_column
    from etl_batch.formats.arrow.leaves import stored

    kind = array.type
    if pa.types.is_decimal256(kind):
        return partial(wide_sums, stored(array, np.int64, kind.byte_width // 8), is_there(array), kind.scale)
    return partial(sums_of, arrow_column(array))


def is_number(kind: pa.DataType) -> bool:
    """Whether values of a type can be added up."""
    import pyarrow as pa

    is_a = pa.types
    return any(test(kind) for test in (is_a.is_integer, is_a.is_floating, is_a.is_decimal, is_a.is_boolean))
