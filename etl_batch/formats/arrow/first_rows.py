"""The first rows of a table as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from etl_batch.text.first_rows import MOST_CELL_CHARACTERS, FirstRows, cut

if TYPE_CHECKING:
    import pyarrow as pa


def shown_rows(table: pa.Table, note: str) -> FirstRows:
    """The rows of a table.

    Args:
        table: so many rows and columns as are to be shown.
        note: what a reader should know of the file.
    """
    columns = [[_shown(value) for value in column.to_pylist()] for column in table.columns]
    return FirstRows(names=tuple(map(cut, table.column_names)), rows=tuple(zip(*columns, strict=True)), note=note)


def _shown(value: Any) -> str | None:  # noqa: ANN401 - any value of a column
    if value is None:
        return None
    if isinstance(value, bytes):
        return cut(value[:MOST_CELL_CHARACTERS].hex())
    return cut(str(value))
