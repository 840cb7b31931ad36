"""What every worker needs, imported and loaded once in the process that they are forked from."""

from etl_batch import span_work
from etl_batch.kernels.format_rows import format_rows
from etl_batch.sinks import parquet_table

format_rows.compile()

__all__ = ["parquet_table", "span_work"]
