"""How each column of a row group is encoded: by what its first rows look like.

A dictionary costs a hash of every value. It pays where few values repeat; elsewhere it takes twice the time for a
larger file. Integers without one are stored as differences, which makes keys and times nearly vanish (ADR 0009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE_ROWS = 8192
#: distinct values to rows of the sample, up to which a dictionary pays
_REPEATING = 0.6
_REPEATING_TEXT = 0.1  #: sorted texts, such as times, are compressed better as they are


def chosen_encodings(table: pa.Table) -> tuple[list[str], dict[str, str]]:
    """The columns that get a dictionary, and the encodings of others.

    The choice depends on the rows alone, so it is the same for any number of workers.
    """
    import pyarrow as pa

    if not table.num_rows:
        return [], {}
    sample = table.slice(0, _SAMPLE_ROWS)
    dictionary: list[str] = []
    encodings: dict[str, str] = {}
    for name, column in zip(table.column_names, sample.columns, strict=True):
        kind = column.type
        if pa.types.is_nested(kind) or _repeats(column):
            dictionary.append(name)
        elif pa.types.is_integer(kind) or pa.types.is_temporal(kind):
            encodings[name] = "DELTA_BINARY_PACKED"
    return dictionary, encodings


def _repeats(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        distinct = pc.count_distinct(column).as_py()
    except NotImplementedError:  # pyarrow's ArrowNotImplementedError: no hash for this type
        return True
    limit = _REPEATING_TEXT if pa.types.is_string(column.type) else _REPEATING
    return bool(distinct <= limit * len(column))
