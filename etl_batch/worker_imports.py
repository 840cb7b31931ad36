"""What every worker needs, imported once in the process that they are forked from."""

from etl_batch import span_work
from etl_batch.sinks import parquet_table

__all__ = ["parquet_table", "span_work"]
