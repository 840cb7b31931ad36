"""What workers need, imported once in the process that they are forked from.

The kernels that most jobs run, and the modules whose values travel to workers, so that memory limits meet no import.
What only some jobs need, the workers load themselves, all at the same time.
"""

from etl_batch import span_work
from etl_batch.kernels import csv_check as check_kernels
from etl_batch.kernels.csv_rewrite import rewrite_rows
from etl_batch.kernels.format_rows import format_rows
from etl_batch.runners import worker_process
from etl_batch.sources import csv_check, csv_text, fixed_binary, parquet_file

for _kernel in (
    check_kernels.count_quotes, check_kernels.next_row, check_kernels.check_rows, rewrite_rows, format_rows,
):  # fmt: skip
    _kernel.compile()

__all__ = ["csv_check", "csv_text", "fixed_binary", "parquet_file", "span_work", "worker_process"]
