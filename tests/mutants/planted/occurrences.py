"""Tables in records: cut into rows, told apart, counted."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ROWS = "tests/property/formats/binary/test_occurrences.py"
_LISTS = "tests/property/formats/binary/test_record_lists.py"
_BOOKS = "tests/unit/layouts/copybook/test_tables.py"
_LABELS = "tests/unit/layouts/test_labels.py"
_JOBS = "tests/acceptance/test_occurs.py"

FAULTS = (
    Fault("etl_batch.formats.binary.cutting.Cutting.rows", "np.arange(1, times + 1", "np.arange(times", _ROWS),
    Fault(
        "etl_batch.formats.binary.cutting.Cutting.rows", "(start, step, start, step)", "(start, step, start, 0)", _ROWS
    ),
    Fault("etl_batch.formats.binary.cutting.Cutting._lengths", "whole - before", "whole", _JOBS),
    Fault("etl_batch.formats.binary.occurrence_rows.cut", "* times + np", "+ np", _JOBS),
    Fault(
        "etl_batch.formats.binary.occurrence_rows.Occurrences.byte",
        "number // self.cutting.table.times",
        "number",
        _ROWS,
    ),
    Fault("etl_batch.formats.binary.occurrence_rows.Occurrences.raw", "occurrence * step", "0", _ROWS),
    Fault("etl_batch.formats.binary.occurrence_input.OccurrenceInput.rows", "* self.times", "", _ROWS),
    Fault("etl_batch.formats.binary.occurrence_input.OccurrenceInput.leftover", "row=self.rows + 1", "row=0", _JOBS),
    Fault("etl_batch.formats.binary.cutting.occurrences_of", "field.offset + np", "np", _JOBS),
    Fault("etl_batch.formats.binary.record_fields._why", "row * table.times, (row", "0, (row", _LISTS),
    Fault("etl_batch.formats.binary.record_fields._bad_lists", ".any(axis=1)", ".all(axis=1)", _LISTS),
    Fault("etl_batch.layouts.labels._meant", "len(value) == 2", "value", _LABELS),
    Fault("etl_batch.layouts.labels.metadata_of", "if label else {}", "if False else {}", _LABELS),
    Fault("etl_batch.layouts.copybook.clauses._meant", "at += 3", "at += 1", _LABELS),
    Fault("etl_batch.layouts.copybook.clauses._literal", 'return "0"', "return str(word)", _LABELS),
    Fault("etl_batch.layouts.copybook.book._names", "groups[at] += 1", "groups[at] += 2", _BOOKS),
    Fault("etl_batch.layouts.copybook.book._Columns._kept", 'suffix="", ', "", _BOOKS),
    Fault("etl_batch.formats.binary.unit_reader.BinaryReader._rows", "first * self.times", "first", _JOBS),
    Fault("etl_batch.layouts.occurrences.refuse_unclear_rows", "len(tables) > 1", "len(tables) > 2", _JOBS),
    Fault("etl_batch.layouts.occurrences.refuse_unclear_rows", "> _MOST_ROWS_BYTES", "< 0", _JOBS),
    Fault("etl_batch.layouts.occurrences.with_columns", "(*numbers, number + 1)", "(number + 1, *numbers)", _JOBS),
    Fault("etl_batch.layouts.spread._laid", "table.times * (end - at)", "end - at", _ROWS),
    Fault("etl_batch.layouts.padding.padding_of_field", "* table.times", "", _JOBS),
    Fault(
        "etl_batch.formats.framed.records_format.RecordsFormat.refuse_incomplete",
        "opened.whole if isinstance(opened, FromRecords) else opened",
        "opened",
        _JOBS,
    ),
    Fault("etl_batch.pipeline.result._records_in", "source.records if", "source.rows if", _JOBS),
    Fault("etl_batch.options.occurring.SaidOccurs.of", "self.every or stated", "stated or self.every", _JOBS),
)
