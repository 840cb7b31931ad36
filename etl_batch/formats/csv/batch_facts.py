"""What is known of the outputs' columns of CSV rows: of those with a type by it, of the others by their cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl_batch.formats.facts import ColumnFacts
from etl_batch.formats.noted_facts import CellNotes, ColumnNotes
from etl_batch.kernels.columns import Column
from etl_batch.text.numbers import is_whole_number

#: the notes of all cells, of each column of the file its type, if it has one, and of each column of the outputs its
#: place in the file, or what else is in it
OfCells = tuple[CellNotes, Sequence[Any], Sequence[Any]]


def facts_of(rows: int, columns: Sequence[Column], cells: OfCells | None = None) -> Sequence[ColumnFacts]:
    """The facts of the outputs' columns.

    Args:
        rows: how many.
        columns: all of them; none, where each is of cells without a type.
        cells: what is known of those; None: all columns have types.
    """
    if cells is None:
        return ColumnNotes(columns).facts(rows)
    notes, declared, origins = cells
    every = notes.facts(rows)
    untyped = [is_whole_number(one) and declared[one] is None for one in origins]
    typed = ColumnNotes([one for one, is_cells in zip(columns, untyped, strict=False) if not is_cells]).facts(rows)
    left = iter(typed)
    return [every[one] if is_cells else next(left) for one, is_cells in zip(origins, untyped, strict=True)]
