"""Shapes of records: conditions, and which records they hold for."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CONDITIONS = "tests/unit/layouts/test_conditions.py"
_THAT = "tests/unit/formats/binary/test_records_that.py"

FAULTS = (
    Fault(
        "etl_batch.formats.binary.records_that._without_trailing_blanks",
        "replace(field, trim=TRIMS[0])",
        "field",
        "tests/property/formats/binary/test_records_that.py",
    ),
    Fault(
        "etl_batch.formats.binary.records_that._comparison",
        'value.strip(" ") if field.trim == TRIMMED_BOTH else value',
        "value",
        "tests/property/formats/binary/test_records_that.py",
    ),
    Fault("etl_batch.layouts.conditions.all_of", "count > MOST_TERMS", "count < 0", _CONDITIONS),
    Fault("etl_batch.layouts.conditions._joined", "dict.fromkeys(terms), lambda", "terms, lambda", _CONDITIONS),
    Fault("etl_batch.layouts.conditions.Condition.opposite", "term.opposite", "term", _CONDITIONS),
    Fault("etl_batch.layouts.conditions._name_text", "name.lower() not in WORDS", "True", _CONDITIONS),
    Fault("etl_batch.layouts.condition_text._Reading.set_of_terms", "while self", "if self", _CONDITIONS),
    Fault("etl_batch.layouts.condition_fields._text", 'value.rstrip(" ")', "value", _CONDITIONS),
    Fault("etl_batch.layouts.condition_fields.found_name", "len(alike) > 1", "len(alike) > 3", _CONDITIONS),
    Fault("etl_batch.formats.binary.records_that._any", "~found if is_not else found", "found", _THAT),
    Fault("etl_batch.formats.binary.records_that._ROUNDED", "Operator.MORE: ROUND_FLOOR", "", _THAT),
    Fault("etl_batch.formats.binary.records_that._whole", "rounded != value", "False", _THAT),
    Fault("etl_batch.formats.binary.records_that._wide", "high == wanted_high", "high <= wanted_high", _THAT),
    Fault("etl_batch.formats.binary.records_that._comparison", "is_good & (valid != 0)", "is_good", _THAT),
    Fault("etl_batch.formats.binary.records_that._is_text", "text + bytes(left)", 'text + b" " * left', _THAT),
    Fault("etl_batch.formats.binary.records_that._at_end", "stretch.count - 1", "stretch.count", _THAT),
)
