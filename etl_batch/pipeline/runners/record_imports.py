"""What workers need beside `worker_imports` where they read binary records."""

from etl_batch.formats.binary import binary_input, record_reader
from etl_batch.kernels.column_facts import note_facts
from etl_batch.kernels.format_rows import format_rows

for _kernel in (format_rows, note_facts):
    _kernel.compile()

__all__ = ["binary_input", "record_reader"]
