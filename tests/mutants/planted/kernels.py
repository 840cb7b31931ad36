"""The compiled loops; each of these makes the kernels be compiled anew."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CHECK = "tests/property/kernels/test_csv_check.py"
_NUMBERS = "tests/property/kernels/test_numbers_text.py"

_SOURCES = "tests/unit/kernels/test_own_sources.py"
_PAYLOADS = "tests/unit/test_cell_escape_payloads.py::test_the_kernels_write_them_as_the_twin_does"

FAULTS = (
    Fault(
        "etl_batch.kernels.own_sources.own_sources",
        "waiting += _sources_of(statement, source, package)",
        "pass",
        _SOURCES,
    ),
    Fault(
        "etl_batch.kernels.own_sources._statements",
        "yield from ast.walk(ast.parse(content))",
        "yield from ()",
        _SOURCES,
    ),
    Fault("etl_batch.kernels.cell_text.is_run_behind", "needs_apostrophe_inside(at, end)", "False", _PAYLOADS),
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
