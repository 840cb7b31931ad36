"""Which INT96 timestamps have digits below the microsecond: the output would lose them.

They are read twice, as microseconds and as nanoseconds. The latter may turn over, and the difference of the two is
right all the same, for it is less than a microsecond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.arrow.checks import items_to_rows, list_items, unless_null
from etl_batch.formats.arrow.leaves import Flags, stored

if TYPE_CHECKING:
    import pyarrow as pa

REASON = "an INT96 timestamp has digits below the microsecond; write it anew as TIMESTAMP in nanoseconds"


def lost_digits(micro: pa.Array, nano: pa.Array) -> Flags | None:
    """Rows of a column, nested or not, with an INT96 timestamp that microseconds do not hold.

    Args:
        micro: the column with its INT96 timestamps in microseconds.
        nano: the same in nanoseconds, as they come out modulo 2^64.

    Returns:
        1 where digits would be lost, shape (rows,); None: nowhere.
    """
    import pyarrow as pa

    is_a, kind = pa.types, micro.type
    if is_a.is_struct(kind):
        each = [lost_digits(micro.field(place), nano.field(place)) for place in range(kind.num_fields)]
        return _any([part for part in each if part is not None])
    if is_a.is_nested(kind):
        its = lost_digits(list_items(micro), list_items(nano))
        return None if its is None else items_to_rows(micro, its)
    if kind == nano.type:
        return None
    lost = stored(nano, np.uint64) - stored(micro, np.uint64) * np.uint64(1000) != 0
    return unless_null(lost.view(np.uint8), micro)


def _any(flags: list[Flags]) -> Flags | None:
    return np.bitwise_or.reduce(flags) if flags else None
