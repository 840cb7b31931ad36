"""What the footer of a Parquet file says of row groups that are not read: the least and the largest value of each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from etl_batch.formats.parquet.footer import Footer
from etl_batch.formats.units.unit import ROWS, Bounds, Integers

_OUTSTANDING = 4.0  #: times the median of what groups can hold


def bounds_of(footer: Footer, groups: Sequence[int], name: str, *, filtered: bool) -> Bounds | None:
    """Between what the total of a column must lie in each row group; None: the footer does not say it of all of them.

    Nulls count as 0, and so do NaN, of which the footer says nothing, and rows outside of a filter. The footer must be
    sound in this column (`parquet_unread`).
    """
    import pyarrow as pa

    rows = np.array([footer.groups[number].rows for number in groups], dtype=np.float64)
    if name == ROWS:
        return Bounds(np.zeros(len(groups)) if filtered else rows, rows)
    kind = footer.schema.field(name).type
    may_count_as_0 = filtered or pa.types.is_floating(kind)
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        return None
    column = footer.metadata.schema.names.index(name)
    low, high = np.zeros(len(groups)), np.zeros(len(groups))
    for place, number in enumerate(groups):
        said = _least_and_largest(footer, number, column, name)
        if said is None:
            return None
        least, largest, nulls = said
        if may_count_as_0 or nulls:
            least, largest = min(least, 0.0), max(largest, 0.0)
        low[place], high[place] = rows[place] * least, rows[place] * largest
    return Bounds(low, high)


def _least_and_largest(footer: Footer, group: int, column: int, name: str) -> tuple[float, float, bool] | None:
    """The least and the largest value of a column in a row group, and whether there may be nulls; None: not said."""
    chunk = footer.metadata.row_group(group).column(column)
    # Asked for statistics of another type than its column's, pyarrow ends the process.
    is_its_type = chunk.physical_type == footer.metadata.schema.column(column).physical_type
    said = chunk.statistics if is_its_type and chunk.path_in_schema == name else None
    if said is None or not said.has_min_max:
        return None
    least, largest = float(said.min), float(said.max)
    if not (math.isfinite(least) and math.isfinite(largest)):
        return None
    return least, largest, not said.has_null_count or said.null_count > 0


def outstanding(bounds: Sequence[Bounds], most: int) -> Integers:
    """The row groups that can hold far more than others, the largest first; `most` at the most."""
    found: list[Integers] = []
    for bound in bounds:
        holds = np.maximum(-bound.low, bound.high)
        by_size = np.argsort(-holds, kind="stable")[:most]
        found.append(by_size[holds[by_size] > _OUTSTANDING * float(np.median(holds))])
    return np.unique(np.concatenate(found))[:most] if found else np.empty(0, np.int64)
