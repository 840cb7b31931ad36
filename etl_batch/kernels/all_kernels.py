"""Every kernel there is, to compile them before they are needed."""

from __future__ import annotations

from etl_batch.kernels import (
    csv_bad_rows,
    csv_cells,
    csv_check,
    csv_rewrite,
    decode,
    format_rows,
    measures,
    pick_rows,
    stratum_codes,
)  # fmt: skip
from etl_batch.kernels.compile import Kernel

_MODULES = (
    format_rows, decode, csv_check, csv_bad_rows, csv_cells, csv_rewrite, stratum_codes, measures, pick_rows,
)  # fmt: skip


def compile_all() -> None:
    """Compile every kernel, or load it from the cache."""
    for module in _MODULES:
        for value in vars(module).values():
            if isinstance(value, Kernel):
                value.compile()
