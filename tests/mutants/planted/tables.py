"""Faults in outputs of many files: folders of parts, and a folder for each table."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CONVERSION = "tests/acceptance/test_conversion.py"
_PARTS = "tests/acceptance/test_resume_parts.py"
_TYPES = "tests/acceptance/test_record_types.py"
_UNEQUAL = "tests/acceptance/test_record_types_unequal.py"
_FIRST = "tests/unit/launch/test_first_types.py"
_KINDS = "tests/property/formats/framed/test_kinds.py"

FAULTS = (
    Fault(
        "etl_batch.formats.csv.unsettled_csv.UnsettledCsv.plan",
        "first_part + number * step // chunk_bytes",
        "first_part",
        f"{_CONVERSION}::test_a_folder_of_csv_is_read_as_inputs_again",
    ),
    Fault(
        "etl_batch.pipeline.outputs.restore._rows_before",
        "[0, *(made.totals.rows_out for made in certain[:-1])]",
        "[0] * len(certain)",
        f"{_PARTS}::test_resume_gives_the_same_parts",
    ),
    Fault(
        "etl_batch.pipeline.outputs.restore._right_parts",
        "right < len(marks)",
        "False",
        f"{_PARTS}::test_of_a_part_that_is_damaged_nothing_is_believed",
    ),
    Fault(
        "etl_batch.pipeline.outputs.csv_output.CsvOutput.grant",
        "part.rows += result.rows_out",
        "pass",
        f"{_CONVERSION}::test_csv_as_a_folder_of_parts",
    ),
    Fault(
        "etl_batch.formats.binary.record_kinds.parents_of",
        "last[lasts[higher] > last] = NOWHERE",
        "pass",
        "tests/unit/formats/binary/test_record_kinds.py",
    ),
    Fault(
        "etl_batch.formats.binary.record_kinds._last_before",
        "before[number]",
        "NOWHERE",
        "tests/unit/formats/binary/test_record_kinds.py",
    ),
    Fault(
        "etl_batch.formats.binary.exact_column._whole",
        "<< _HALF",
        "<< 31",
        f"{_TYPES}::test_a_header_and_a_trailer_become_no_rows_and_their_values_are_kept_and_compared",
    ),
    Fault(
        "etl_batch.formats.binary.reconciling._differences",
        "if total != said:",
        "if False:",
        f"{_TYPES}::test_what_a_trailer_says_and_what_there_is_end_the_job_where_they_differ",
    ),
    Fault(
        "etl_batch.pipeline.outputs.job_outputs.JobOutputs.count_up",
        "self.tables[-1].count(None, self.rejects.finish())",
        "self.tables[0].count(None, self.rejects.finish())",
        f"{_TYPES}::test_bad_rows_are_set_aside_with_their_table_and_all_adds_up",
    ),
    Fault(
        "etl_batch.pipeline.span_job.TableJob.own",
        "replace(span, source=span.source - self.first_source)",
        "span",
        f"{_TYPES}::test_samples_and_totals_of_each_table_lie_beside_its_folder",
    ),
    Fault("etl_batch.formats.binary.record_kinds.kinds_of", "is_record[list(problems)] = False", "pass", _KINDS),
    Fault("etl_batch.formats.binary.records_that.Stretch.has", "self.lengths >= field.offset", "True |", _KINDS),
    Fault("etl_batch.formats.binary.kinds_walk.found_spans", "new or old", "old or new", _KINDS),
    Fault(
        "etl_batch.formats.binary.kinds_walk.looks_at",
        "file.rows if file.is_whole else 0",
        "file.rows",
        f"{_UNEQUAL}::test_a_chain_that_breaks_leaves_no_last_record",
    ),
    Fault(
        "etl_batch.formats.binary.kinds_walk.between_ends",
        " - one.spoiled",
        "",
        f"{_UNEQUAL}::test_a_header_that_is_too_short_is_of_no_type",
    ),
    Fault("etl_batch.formats.binary.kind_carrying._lacking", "which == place", "which == place + 1", _KINDS),
    Fault(
        "etl_batch.formats.binary.kind_carrying.Carrying._holders",
        "within[1:] != within[:-1]",
        "False",
        _KINDS,
    ),
    Fault(
        "etl_batch.formats.binary.kind_rows.carried_bytes",
        "- field.offset + new_offset",
        "",
        f"{_UNEQUAL}::test_fields_that_a_record_ends_before_are_null_where_that_is_said_also_those_that_are_carried",
    ),
    Fault(
        "etl_batch.formats.framed.kinds_laid.told_types",
        "layout=told.layout",
        "name=kind.name",
        f"{_UNEQUAL}::test_a_line_that_is_cut_or_too_long_for_its_type_is_a_bad_row",
    ),
    Fault(
        "etl_batch.formats.framed.framed_kinds.FramedRecords._cells",
        "[*every_field(named.layout.fields)].index(named.field)",
        "0",
        f"{_KINDS}::test_lines_of_text",
    ),
    Fault(
        "etl_batch.layouts.laid_types.laid_types",
        "replace(own, record_size=layout.record_size)",
        "own",
        "tests/unit/layouts/test_laid_types.py",
    ),
    Fault(
        "etl_batch.formats.binary.exact_column._total",
        "above - below if",
        "above + below if",
        "tests/property/formats/binary/test_hash_totals.py",
    ),
    Fault(
        "etl_batch.formats.binary.exact_column._of_digits",
        "begins.sum(axis=1) == 1",
        "begins.sum(axis=1) >= 1",
        "tests/property/formats/binary/test_hash_totals.py",
    ),
    Fault(
        "etl_batch.layouts.reconcile_toml.hash_digits",
        "field.digits",
        "2 * field.length",
        "tests/unit/layouts/test_reconcile_toml.py",
    ),
    Fault(
        "etl_batch.formats.binary.reconciling._differences",
        "first.value(theirs) != one.value(own)",
        "False",
        "tests/acceptance/test_reconciling.py",
    ),
    Fault(
        "etl_batch.formats.framed.first_kinds.first_of_types",
        "every.count if is_all else 0",
        "every.count",
        f"{_FIRST}::test_which_is_the_last_is_known_of_a_whole_file_alone",
    ),
    Fault(
        "etl_batch.formats.framed.first_kinds.first_of_types",
        "laid if layout.lines is None else layout",
        "laid",
        f"{_FIRST}::test_lines_of_text_as_they_stand_there",
    ),
    Fault(
        "etl_batch.formats.framed.first_kinds._head",
        "EqualRecords(records, start)",
        "EqualRecords(records, 0)",
        f"{_FIRST}::test_behind_a_header_of_the_file",
    ),
    Fault(
        "etl_batch.formats.binary.preview._as_it_is",
        "length <= most",
        "True",
        f"{_FIRST}::test_records_of_unequal_length_end_where_they_end",
    ),
    Fault(
        "etl_batch.report.table_counts.counts_of",
        "if found and unknown else",
        "if found else",
        "tests/unit/report/test_table_counts.py",
    ),
    Fault(
        "etl_batch.report.run_facts.design_of",
        "if result.tables:",
        "if False:",
        "tests/unit/report/test_page.py::test_each_table_has_its_rows_and_its_sample",
    ),
    Fault(
        "etl_batch.launch.options.default_output",
        "is_fit and not is_input",
        "is_fit",
        "tests/property/launch/test_options.py::test_a_folder_of_tables_is_no_input",
    ),
    Fault(
        "etl_batch.formats.framed.records_format.RecordsFormat.notes",
        "if opened.layout.records else",
        "if False else",
        f"{_TYPES}::test_an_estimate_says_that_it_knows_no_types",
    ),
    Fault(
        "etl_batch.formats.framed.preview_types._places",
        "range(one.records.count)",
        "range(1)",
        "tests/unit/formats/framed/test_preview_types.py",
    ),
)
