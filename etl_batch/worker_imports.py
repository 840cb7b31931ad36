"""What every worker needs, imported and loaded once in the process that they are forked from."""

from etl_batch import span_work
from etl_batch.kernels.format_rows import format_rows
from etl_batch.sinks import parquet_table
from etl_batch.sources import csv_batch, csv_check, csv_text, fixed_binary, parquet_file

format_rows.compile()

__all__ = ["csv_batch", "csv_check", "csv_text", "fixed_binary", "parquet_file", "parquet_table", "span_work"]
