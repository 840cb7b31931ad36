"""The compiled loops; each of these makes the kernels be compiled anew."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CHECK = "tests/property/test_csv_check.py"
_NUMBERS = "tests/property/test_numbers.py"

FAULTS = (
    Fault("etl_batch.kernels.csv_check.check_rows", "wrong |= nuls", "", _CHECK),
    Fault(
        "etl_batch.kernels.csv_check.check_rows",
        "wrong = opening & ~(cell_starts | after_closing)",
        "wrong = U(0)",
        _CHECK,
    ),
    Fault("etl_batch.kernels.csv_check.check_rows", "returned = returns >> _LAST", "returned = U(0)", _CHECK),
    Fault("etl_batch.kernels.float_text._shortest", "- odd", "", _NUMBERS),
    Fault("etl_batch.kernels.numbers_text.write_decimal", "(U(1) if low == U(0) else U(0))", "U(1)", _NUMBERS),
)
