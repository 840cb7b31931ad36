"""What workers need beside `worker_imports` where they read CSV."""

from etl_batch.formats.csv import batch, batch_facts, cells_check, check, csv_input, placed_batch, taking, unsettled_csv
from etl_batch.kernels import csv_check as check_kernels
from etl_batch.kernels.cell_facts import note_cells
from etl_batch.kernels.cell_looks import classify_run
from etl_batch.kernels.csv_cells import read_run
from etl_batch.kernels.csv_runs import take_rows
from etl_batch.kernels.format_rows import format_rows

for _kernel in (
    check_kernels.count_quotes, check_kernels.next_row, check_kernels.check_rows, classify_run, read_run, take_rows,
    format_rows, note_cells,
):  # fmt: skip
    _kernel.compile()

__all__ = ["batch", "batch_facts", "cells_check", "check", "csv_input", "placed_batch", "taking", "unsettled_csv"]
