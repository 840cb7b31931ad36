"""The rows of a span under a contract: counted, and those found that are to be set aside. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_batch.contracts.contract import OF_ROWS, Contract, Kind, Severity
from etl_batch.contracts.findings import MOST_EXAMPLES, REASON, Counts, Example
from etl_batch.contracts.row_rules import Mask, breaches, text_of

_MOST_SHOWN = 40  #: characters of a value


def checked(contract: Contract, table: pa.Table, source: int) -> tuple[Counts, dict[int, str]]:
    """What the rows of a span come to.

    Args:
        contract: of the job.
        table: the columns that its rules are about; the last is the number of each row within its input, from 1.
        source: which input, from 0.

    Returns:
        The counts; and by their places the rows that are to be set aside, each with its reason.
    """
    counts = Counts.of(contract)
    counts.rows = table.num_rows
    named = {rule.column for rule in contract.rules if rule.column is not None}
    columns = {name: _whole(table.column(table.column_names.index(name))) for name in named}
    numbers = _whole(table.column(table.num_columns - 1))
    any_of: dict[str, Mask] = {}
    rejected: dict[int, list[str]] = {}
    for place, rule in enumerate(contract.rules):
        if rule.column is None:
            continue
        column = columns[rule.column]
        if rule.kind is Kind.MOST_NULLS:
            counts.nulls[rule.column] = int(column.null_count)
        if rule.kind not in OF_ROWS:
            continue
        broken = breaches(rule, column)
        rows = np.flatnonzero(broken)
        if not len(rows):
            continue
        counts.breaches[place] = len(rows)
        counts.examples[place] = _examples(column, rows[:MOST_EXAMPLES], numbers, source)
        any_of[rule.column] = any_of[rule.column] | broken if rule.column in any_of else broken
        if rule.severity is Severity.REJECT:
            for row in rows.tolist():
                rejected.setdefault(row, []).append(rule.breach)
    counts.broken = {name: int(np.count_nonzero(mask)) for name, mask in any_of.items()}
    counts.rejected = len(rejected)
    return counts, {row: REASON + ", ".join(rejected[row]) for row in sorted(rejected)}


def _examples(column: pa.Array, rows: npt.NDArray[np.int64], numbers: pa.Array, source: int) -> list[Example]:
    places = pa.array(rows, pa.int64())
    found = zip(numbers.take(places).to_pylist(), column.take(places).to_pylist(), strict=True)
    return [(source, int(number), text_of(value, _MOST_SHOWN)) for number, value in found]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """One array, of plain values."""
    found = column.combine_chunks()
    array = pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
