"""Shapes of records: conditions, and which records they hold for."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CONDITIONS = "tests/unit/layouts/test_conditions.py"
_THAT = "tests/unit/formats/binary/test_records_that.py"

_VARIANTS = "tests/unit/layouts/test_variants.py"
_READINGS = "tests/property/formats/binary/test_variants.py"
_VARIANT_JOBS = "tests/acceptance/test_variants.py"

_COUNTED = "tests/unit/layouts/test_counted.py"
_COUNTED_RECORDS = "tests/property/formats/framed/test_counted_records.py"
_COUNTED_JOBS = "tests/acceptance/test_counted_tables.py"
_MOVED = "etl_batch.formats.binary.moved_records"

FAULTS = (
    Fault("etl_batch.layouts.counted.counted_clauses", "> table.least", ">= table.least", _COUNTED),
    Fault("etl_batch.layouts.counted.from_within", "-table.offset", "table.offset", _COUNTED),
    Fault("etl_batch.layouts.counted.ranges", "max(least, table.least)", "least", _COUNTED),
    Fault("etl_batch.layouts.counted_records.laid_out", "needed <= len(laid) <=", "len(laid) <=", _COUNTED),
    Fault("etl_batch.layouts.counted_toml._is_within", "and first < table.most", "", _COUNTED_RECORDS),
    Fault(
        "etl_batch.layouts.counted_toml.refuse_unclear", "field.length > table.offset", "field.length > 99", _COUNTED
    ),
    Fault(
        "etl_batch.layouts.copybook.told_tables._counting",
        "table.entry.depending_on + suffix",
        "table.entry.depending_on",
        "tests/unit/layouts/copybook/test_told_tables.py",
    ),
    Fault("etl_batch.layouts.counted_walk.CountWalk._follow", " if end <= field.offset", "", _COUNTED_RECORDS),
    Fault("etl_batch.layouts.counted_walk.CountWalk._follow", " if one.offset < there", "", _COUNTED_RECORDS),
    Fault("etl_batch.layouts.counted_walk.walked", "len(content) >= end", "False", _COUNTED),
    Fault(
        "etl_batch.layouts.count_values.count_in",
        "if field.signed else digits",
        "if field.signed else digits[1:]",
        _COUNTED,
    ),
    Fault(f"{_MOVED}.brought_to_places", "reach[rows] += gap", "reach[rows] += gap + 1", _COUNTED_RECORDS),
    Fault(f"{_MOVED}.brought_to_places", "reach[rows] > start", "reach[rows] >= 0", _COUNTED_JOBS),
    Fault(f"{_MOVED}._with_when", "and one != table", "", _COUNTED_RECORDS),
    Fault("etl_batch.formats.binary.records_that._within", "low | high | is_null", "low | is_null", _COUNTED_JOBS),
    Fault("etl_batch.formats.binary.record_fields.decode_field", "and field.counts is None", "", _COUNTED_JOBS),
    Fault(
        "etl_batch.formats.described.counted_tables.told_moving",
        "moving is not None and fixed is None",
        "moving is not None",
        _COUNTED_JOBS,
    ),
    Fault("etl_batch.layouts.variants.together", "not those[0].of and _share", "_share", _VARIANTS),
    Fault("etl_batch.layouts.variants.with_when", "place <= reading or reading == 0", "place == reading", _VARIANTS),
    Fault("etl_batch.layouts.variants.with_when", "len(met) > _MOST_WITHIN", "False", _VARIANTS),
    Fault("etl_batch.layouts.variants_toml.overlapping", "other[number] != reading", "True", _VARIANTS),
    Fault("etl_batch.layouts.variants_toml.condition_of", "isinstance(term, Comparison)", "True", _VARIANTS),
    Fault("etl_batch.layouts.padding._of_digits", "_PLUS[field.signed]", "_PLUS[True]", _VARIANTS),
    Fault(
        "etl_batch.layouts.copybook.told_readings._of_occurrence",
        "term.name + suffix",
        "term.name",
        "tests/unit/layouts/copybook/test_told_readings.py",
    ),
    Fault("etl_batch.formats.binary.records_that._decode_where_read", "own[~rows] =", "own[rows] =", _READINGS),
    Fault(
        "etl_batch.formats.binary.records_that._decode_where_read",
        "valid = rows.astype(np.uint8)",
        "valid = rows.astype(np.uint8) | 1",
        _READINGS,
    ),
    Fault(
        "etl_batch.formats.binary.records_that.rows_with",
        "& _compared_well(clause.condition, fields, records)",
        "",
        _READINGS,
    ),
    Fault("etl_batch.formats.binary.record_fields.arrow_array", "decoded.own or ", "", _READINGS),
    Fault(
        "etl_batch.formats.framed.arranging._without_cut",
        "ends & rows_with(field.when, found.records)",
        "ends",
        _VARIANT_JOBS,
    ),
    Fault("etl_batch.formats.binary.unit_columns.stratum_column", " or field.when is not None", "", _VARIANT_JOBS),
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
