"""What workers need beside `worker_imports` where they read binary records."""

from etl_batch.formats.binary import binary_input, record_reader
from etl_batch.kernels.format_rows import format_rows

format_rows.compile()

__all__ = ["binary_input", "record_reader"]
