"""The tables of a job whose records were of several types: how many rows went into each, came out, were set aside."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import PurePath

from etl_batch.jobs.job_view import JobView
from etl_batch.report.table_counts import TableCounts, counts_of
from etl_batch.text.plain_values import value_of
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table
from etl_batch.values import TableSummary

_COLUMNS = (
    Column(name="name", title="Table"),
    Column(name="rows_in", title="Rows in", kind="count"),
    Column(name="rows_out", title="Rows out", kind="count"),
    Column(name="rows_quarantined", title="Set aside", kind="count"),
)


def show_job_tables(job: JobView) -> None:
    """Show the tables, if the job has several."""
    if counts := job_tables(job):
        table = Table(_COLUMNS, [asdict(one) for one in counts])
        show_table(table, key=f"tables_{job.job_id}", alt="The tables of the job", file_name="tables")


def job_tables(job: JobView) -> tuple[TableCounts, ...]:
    """The counts of each table; none: the job makes a single one."""
    metadata = job.metadata or {}
    tables = [value_of(TableSummary, one) for one in metadata.get("tables", ())]
    return counts_of(tables, int(metadata.get("rows_in", 0)))


def output_name(job: JobView, path: str) -> str:
    """What an output is called on a page: with its folder, where each table has parts of the same names."""
    parts = PurePath(path).parts
    return "/".join(parts[-2:]) if (job.metadata or {}).get("tables") else parts[-1]
