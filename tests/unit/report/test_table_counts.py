"""The counts of each table: rows of no type are named where there are some."""

from __future__ import annotations

from etl_batch.report.table_counts import OF_NONE, TableCounts, counts_of
from etl_batch.values import TableSummary


def _table(name: str, rows_in: int, bad: int = 0) -> TableSummary:
    return TableSummary(
        name=name, outputs=(), columns=(), rows_in=rows_in, rows_out=rows_in - bad, rows_quarantined=bad
    )


def test_rows_of_no_type_are_a_line_of_their_own() -> None:
    tables = (_table("A", 7, 2), _table("B", 0))
    known = (TableCounts("A", 7, 5, 2), TableCounts("B", 0, 0, 0))
    assert counts_of(tables, 7) == known
    assert counts_of(tables, 10) == (*known, TableCounts(OF_NONE, 3, 0, 3))


def test_of_a_single_table_there_is_nothing_to_tell_apart() -> None:
    assert counts_of((), 10) == ()
