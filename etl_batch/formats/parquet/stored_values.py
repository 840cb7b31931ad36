"""The values of a column as our kernels take them: where they lie, and as what Parquet keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.arrow.leaves import leaf_column, stored
from etl_batch.kernels.columns import Array, Column
from etl_batch.kernels.dictionary_codes import ADDRESS, TEXTS, VALID, WIDTH
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

#: how the values of a type lie in Arrow's arrays, and as what Parquet keeps them
_NUMBERS = {
    "int8": ("i1", "i4"), "int16": ("i2", "i4"), "int32": ("i4", "i4"), "int64": ("i8", "i8"),
    "uint8": ("u1", "u4"), "uint16": ("u2", "u4"), "uint32": ("u4", "u4"), "uint64": ("u8", "u8"),
    "float": ("f4", "f4"), "double": ("f8", "f8"), "date32[day]": ("i4", "i4"),
}  # fmt: skip
_TIMES = frozenset({"ms", "us", "ns"})  #: seconds are kept as milliseconds


@dataclass(frozen=True, slots=True)
class StoredValues:
    """The values of an array of a type that our kernels write."""

    array: pa.Array
    column: Column
    forms: tuple[str, str]  #: see `kept_as`
    how: npt.NDArray[np.uint64]  #: the column as `kernels.dictionary_codes` takes it

    @classmethod
    def of(cls, array: pa.Array) -> StoredValues | None:
        """Those of an array; None: it is of another type."""
        forms = kept_as(array.type)
        if forms is None:
            return None
        column, how = leaf_column(array), np.zeros(4, dtype=np.uint64)
        how[ADDRESS], how[WIDTH], how[TEXTS] = column.address, column.stride, 0 if forms[0] else column.extra
        how[VALID] = 0 if column.valid is None else column.valid.ctypes.data
        return cls(array, column, forms, how)

    @property
    def rows(self) -> int:
        """How many there are, those that are null included."""
        return len(self.array)

    @property
    def valid(self) -> npt.NDArray[np.uint8] | None:
        """Shape (rows,): 0 where there is no value; None: there always is."""
        return self.column.valid

    @property
    def is_text(self) -> bool:
        """Whether they are texts."""
        return not self.forms[0]

    def numbers(self, rows: slice) -> Array:
        """The values of some rows that have one, as Parquet keeps them."""
        values: Array = stored(self.array, self.forms[0])[rows]
        if self.valid is not None:
            values = values[self.valid[rows] != 0]
        return values.astype(self.forms[1], copy=False)


def kept_as(kind: pa.DataType) -> tuple[str, str] | None:
    """How the values of a type lie in Arrow's arrays, and as what Parquet keeps them; None: not for our kernels."""
    import pyarrow as pa

    if pa.types.is_timestamp(kind):
        return ("i8", "i8") if kind.unit in _TIMES else None
    return ("", "") if pa.types.is_string(kind) else _NUMBERS.get(str(kind))
