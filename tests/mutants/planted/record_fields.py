"""Fields of records: numbers as characters, and what stands for null."""

from __future__ import annotations

from tests.mutants.fault import Fault

_KINDS = "tests/property/formats/binary/test_record_fields.py::test_random_records_of_each_type"
_WHOLE, _DECIMAL, _FLOAT, _STR = (f"{_KINDS}[{kind}]" for kind in ("i16", "decimal", "f64", "str"))
_NUMERALS = "tests/unit/layouts/test_numerals.py"
_JOBS = "tests/acceptance/test_numbers_as_text.py"

FAULTS = (
    Fault("etl_batch.kernels.text_numbers._quick", "digits <= _QUICK_DIGITS", "True", _DECIMAL),
    Fault("etl_batch.kernels.text_numbers._quick", "_blanks_end(at, end, blanks) == end", "True", _WHOLE),
    Fault("etl_batch.kernels.text_numbers._settled", "decimals <= scale", "True", _DECIMAL),
    Fault("etl_batch.kernels.text_numbers._as_ascii", "MINUS in (first, last)", "first == MINUS", _WHOLE),
    Fault("etl_batch.kernels.text_numbers._careful", "scale if is_said else U(0)", "scale", _DECIMAL),
    Fault("etl_batch.kernels.text_numbers._careful", "bits != _INFINITE", "True", _FLOAT),
    Fault("etl_batch.kernels.null_fills.flag_filled", "_is_all(start, width, byte)", "True", _STR),
    Fault("etl_batch.kernels.null_fills.flag_characters", "_is_all(start + count", "_is_all(start + width", _WHOLE),
    Fault("etl_batch.formats.binary.record_numerals._valid", " | bad", "", _WHOLE),
    Fault("etl_batch.formats.binary.record_numbers.wide_valid", " | bad", "", _DECIMAL),
    Fault("etl_batch.formats.binary.record_nulls._characters", "nulls.append(field.null)", "pass", _WHOLE),
    Fault("etl_batch.formats.binary.unit_columns.measure", "not is_plain or field.nulls or", "not is_plain or", _JOBS),
    Fault("etl_batch.layouts.nulls._with_blank_null", "BLANK in field.nulls", "False", _NUMERALS),
    Fault("etl_batch.layouts.layout.Field.digits", "max(self.scale - 1, 0)", "0", _NUMERALS),
)
