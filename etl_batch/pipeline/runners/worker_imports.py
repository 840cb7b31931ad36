"""What workers need, imported once in the process that they are forked from, while their parent plans.

The kernels that most jobs run, and the modules whose values travel to workers, so that memory limits meet no import.
What only some jobs need, the workers load themselves, all at the same time.
"""

from etl_batch.formats.binary import binary_input, record_reader
from etl_batch.formats.csv import batch, cells_check, check, csv_input, taking
from etl_batch.formats.parquet import parquet_input
from etl_batch.kernels import csv_check as check_kernels
from etl_batch.kernels.cache_folder import note_compiled
from etl_batch.kernels.cell_looks import classify_run
from etl_batch.kernels.csv_cells import read_run
from etl_batch.kernels.csv_runs import take_rows
from etl_batch.kernels.format_rows import format_rows
from etl_batch.kernels.pick_rows import pick_rows
from etl_batch.kernels.sample_rows import sample_rows
from etl_batch.kernels.short_keys import fill_slots
from etl_batch.kernels.stratum_codes import hash_texts
from etl_batch.pipeline import span_worker
from etl_batch.sampling import span_sampler

for _kernel in (
    check_kernels.count_quotes, check_kernels.next_row, check_kernels.check_rows, classify_run,
    read_run, take_rows, format_rows, fill_slots, sample_rows, hash_texts, pick_rows,
):  # fmt: skip
    _kernel.compile()
note_compiled()

__all__ = [
    "batch",
    "binary_input",
    "cells_check",
    "check",
    "csv_input",
    "parquet_input",
    "record_reader",
    "span_sampler",
    "span_worker",
    "taking",
]
