"""How each column of a row group is encoded: by what its first rows look like.

A dictionary costs a hash of every value. It pays where few values repeat; elsewhere it takes twice the time for a
larger file. Integers without one are stored as differences, which makes keys and times nearly vanish (ADR 0009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE_ROWS = 8192
#: distinct values to rows of the sample, up to which a dictionary pays
_REPEATING = 0.6
_REPEATING_TEXT = 0.1  #: sorted texts, such as times, are compressed better as they are


@dataclass(frozen=True, slots=True)
class Encodings:
    """How the columns of a row group are written, by their names."""

    dictionary: list[str]  #: with a dictionary
    others: dict[str, str]  #: in an encoding other than plain
    statistics: list[str]  #: with the least and the greatest value; of repeating texts they cost much and say little


def chosen_encodings(table: pa.Table) -> Encodings:
    """How the columns are best written.

    The choice depends on the rows alone, so it is the same for any number of workers.
    """
    import pyarrow as pa

    if not table.num_rows:
        return Encodings([], {}, table.column_names)
    sample = table.slice(0, _SAMPLE_ROWS)
    dictionary: list[str] = []
    encodings: dict[str, str] = {}
    for name, column in zip(table.column_names, sample.columns, strict=True):
        kind = column.type
        if pa.types.is_nested(kind) or _repeats(column):
            dictionary.append(name)
        elif pa.types.is_integer(kind) or pa.types.is_temporal(kind):
            encodings[name] = "DELTA_BINARY_PACKED"
    texts = {field.name for field in table.schema if pa.types.is_string(field.type)}
    repeating_texts = texts.intersection(dictionary)  # once, not for each column: a table may have 100,000
    statistics = [name for name in table.column_names if name not in repeating_texts]
    return Encodings(dictionary, encodings, statistics)


def _repeats(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        distinct = pc.count_distinct(column).as_py()
    except NotImplementedError:  # pyarrow's ArrowNotImplementedError: no hash for this type
        return True
    limit = _REPEATING_TEXT if pa.types.is_string(column.type) else _REPEATING
    return bool(distinct <= limit * len(column))
