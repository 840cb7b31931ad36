"""The first rows of a table as text."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from etl_batch.formats.arrow.batch import one_array
from etl_batch.formats.arrow.checks import bad_rows
from etl_batch.formats.arrow.nested_json import json_values
from etl_batch.text.first_rows import MOST_CELL_CHARACTERS, FirstRows, cut

if TYPE_CHECKING:
    import pyarrow as pa


def shown_rows(table: pa.Table, note: str) -> FirstRows:
    """The rows of a table.

    Args:
        table: so many rows and columns as are to be shown.
        note: what a reader should know of the file.
    """
    columns = [_cells(one_array(column)) for column in table.columns]
    return FirstRows(names=tuple(map(cut, table.column_names)), rows=tuple(zip(*columns, strict=True)), note=note)


def _cells(array: pa.Array) -> list[str | None]:
    """Each value as text; of a column with values that no output can have, all of them as JSON has them."""
    if bad_rows(array)[0] is None:
        with contextlib.suppress(OverflowError, ValueError):  # what lies under a null, or Python has no word for
            return [_shown(value) for value in array.to_pylist()]
    nulls = array.is_null().to_pylist()
    return [None if null else cut(text) for null, text in zip(nulls, json_values(array), strict=True)]


def _shown(value: Any) -> str | None:  # noqa: ANN401 - any value of a column
    if value is None:
        return None
    if isinstance(value, bytes):
        return cut(value[:MOST_CELL_CHARACTERS].hex())
    return cut(str(value))
