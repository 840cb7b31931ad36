"""How many rows went into each table of a job that makes several, came out of it, or were set aside. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.light_dataclass import dataclass
from etl_batch.values import TableSummary

OF_NONE = "(of no type)"


@dataclass(frozen=True, slots=True)
class TableCounts:
    """The rows of one table, or those of none."""

    name: str
    rows_in: int
    rows_out: int
    rows_quarantined: int


def counts_of(tables: Sequence[TableSummary], rows_in: int) -> tuple[TableCounts, ...]:
    """The counts of each table; last, if there are such, of the rows that are of no type, all of which are set aside.

    Args:
        tables: of the job; none: it makes a single one.
        rows_in: of the job.
    """
    found = [TableCounts(one.name, one.rows_in, one.rows_out, one.rows_quarantined) for one in tables]
    unknown = rows_in - sum(one.rows_in for one in found)
    return (*found, TableCounts(OF_NONE, unknown, 0, unknown)) if found and unknown else tuple(found)
