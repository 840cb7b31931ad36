"""How each column of a row group is encoded: by what its first rows look like.

A dictionary costs a hash of every value. It pays where few values repeat; elsewhere it takes twice the time for a
larger file. Integers without one are stored as differences, which makes keys and times nearly vanish (ADR 0009).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from etl_batch.formats.parquet.chunk import Chunk
from etl_batch.formats.parquet.dictionary import SAMPLE_ROWS, Coder
from etl_batch.formats.parquet.dictionary_chunk import dictionary_chunk
from etl_batch.formats.parquet.plain_chunk import number_chunk, text_chunk
from etl_batch.formats.parquet.stored_values import StoredValues
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

#: distinct values to rows of the sample, up to which a dictionary pays
_REPEATING = 0.6
_REPEATING_TEXT = 0.1  #: sorted texts, such as times, are compressed better as they are
_REPEATING_RUNS = 0.04  #: where most rows have the text of the one before, zstd finds it again for less than a hash


@dataclass(frozen=True, slots=True)
class Encodings:
    """How the columns of a row group are written, by their names."""

    own: Mapping[str, Chunk]  #: as they are written, by our own kernels
    dictionary: list[str]  #: with a dictionary that is left to pyarrow: of other types, and too large ones
    others: dict[str, str]  #: in an encoding other than plain
    statistics: list[str]  #: with the least and the greatest value; of repeating texts they cost much and say little


def chosen_encodings(table: pa.Table) -> Encodings:
    """How the columns of one row or more are best written.

    The choice depends on the rows alone, so it is the same for any number of workers.
    """
    import pyarrow as pa

    own: dict[str, Chunk] = {}
    dictionary: list[str] = []
    encodings: dict[str, str] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        values = StoredValues.of(column.chunk(0)) if column.num_chunks == 1 else None
        if values is not None:
            found = _own_chunk(values)
            if found is not None:
                own[name] = found
            else:
                dictionary.append(name)
        elif pa.types.is_nested(kind) or _repeats(column.slice(0, SAMPLE_ROWS)):
            dictionary.append(name)
        elif pa.types.is_integer(kind) or pa.types.is_temporal(kind):
            encodings[name] = "DELTA_BINARY_PACKED"
    texts = {field.name for field in table.schema if pa.types.is_string(field.type)}
    repeating_texts = texts.intersection(dictionary)  # once, not for each column: a table may have 100,000
    statistics = [name for name in table.column_names if name not in repeating_texts]
    return Encodings(own, dictionary, encodings, statistics)


def _own_chunk(values: StoredValues) -> Chunk | None:
    """A column as we write it; None: its dictionary would be too large, and is left to pyarrow."""
    coder = Coder.of(values)
    if not coder.repeats(_REPEATING_TEXT if values.is_text else _REPEATING):
        return text_chunk(values, bounded=True) if values.is_text else number_chunk(values)
    if values.is_text and coder.share > _REPEATING_RUNS and coder.is_in_runs():
        return text_chunk(values, bounded=False)
    found = coder.dictionary()
    return None if found is None else dictionary_chunk(found)


def _repeats(column: pa.ChunkedArray) -> bool:
    import pyarrow as pa
    from pyarrow._compute import call_function  # `pyarrow.compute` takes as long to load as all the rest of it

    share = _REPEATING_TEXT if pa.types.is_string(column.type) else _REPEATING
    try:
        distinct = call_function("count_distinct", [column]).as_py()
    except NotImplementedError:  # pyarrow's ArrowNotImplementedError: no hash for this type
        return True
    return bool(distinct <= share * len(column))
