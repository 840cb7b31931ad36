"""CSV files: how they are told, read, copied and refused."""

from __future__ import annotations

from tests.mutants.fault import Fault

_FIRST_LINES = "tests/unit/formats/csv/test_first_lines.py"
_HEADER_WIDTH = "tests/unit/formats/csv/test_header_width.py"
_LINE_ENDS = "tests/unit/formats/csv/test_line_ends.py"
_TYPE_ADVICE = "tests/unit/formats/csv/test_type_advice.py"
_MEANT = "tests/acceptance/test_meant_cells.py"
_AMOUNTS = "tests/unit/formats/csv/test_amounts_seen.py"
_STRICT = "tests/property/formats/csv/test_strict_guarantees.py"
_SHAPED = "tests/acceptance/test_output_shape.py"
_READ_AS = "tests/acceptance/test_reading.py"
_IN_ONE_GO = "tests/acceptance/test_csv_in_one_pass.py"
_DECODED = "tests/acceptance/test_decoded_on_the_way.py"
_COPIES = "tests/acceptance/test_copies_in_workers.py"

FAULTS = (
    Fault("etl_batch.formats.csv.decoded_rows.is_decoded_on_the_way", " and config.types is None", "", _DECODED),
    Fault(
        "etl_batch.formats.csv.decoded_rows._decoded",
        "above & _HIGHEST_BITS != _CONTINUES",
        "above >= 0",
        _DECODED,
    ),
    Fault("etl_batch.formats.csv.decoded_rows._Rows.__init__", ", is_strict=True", "", _DECODED),
    Fault("etl_batch.formats.csv.meant_copy.TracedCopy", "is_utf8: ClassVar[bool] = False", "pass", _COPIES),
    Fault("etl_batch.formats.csv.decoded_rows._behind_last_line_feed", "first + place + 1", "first + place", _DECODED),
    Fault(
        "etl_batch.formats.csv.read_as.structure_read",
        "found[name].by == USUAL and ",
        "",
        f"{_READ_AS}::test_what_the_rows_tell_too_is_said_where_somebody_said_it",
    ),
    Fault(
        "etl_batch.formats.csv.read_as._line_ends",
        "pairs, sum(",
        "0, sum(",
        f"{_READ_AS}::test_line_ends_are_those_of_all_rows",
    ),
    Fault("etl_batch.formats.csv.csv_inputs.is_one_pass", " or not file.line_ends.as_usual", "", _IN_ONE_GO),
    Fault("etl_batch.formats.csv.csv_inputs.is_one_pass", " or any(file.proven)", "", _IN_ONE_GO),
    Fault(
        "etl_batch.formats.csv.proposals.proposed",
        " and not said.leaves_dates",
        "",
        "tests/acceptance/test_meant_cells.py",
    ),
    Fault("etl_batch.formats.csv.batch.CsvBatch._numbers", "if len(bad) else every", "if False else every", _SHAPED),
    Fault("etl_batch.formats.csv.csv_inputs.is_one_pass", "and not config.add_source", "", _SHAPED),
    Fault(
        "etl_batch.formats.csv.csv_inputs.CsvInputs._unsettled",
        "looks = looks_of",
        "import numpy; looks = looks_of",
        "tests/unit/commands/test_run_start.py",
    ),
    Fault(
        "etl_batch.formats.csv.meanings._refutation",
        "len(left) > 1 and rule.formats",
        "False",
        _MEANT,
    ),
    Fault("etl_batch.formats.csv.meanings._verdict", "left != [0]", "False", _MEANT),
    Fault("etl_batch.formats.csv.header._named", "if dialect.trim", "if False", _MEANT),
    Fault("etl_batch.formats.csv.column_samples.looks_unlike_ours", "*_ENCODED_AMOUNTS", "", _MEANT),
    Fault("etl_batch.formats.csv.amounts_seen.amount_flags", " and any(map(_TELLING.search, cells))", "", _AMOUNTS),
    Fault("etl_batch.formats.csv.amounts_seen._TELLING", r"|\A(?:\+|-[ \u00a0\u202f]).*[.,]", "|[.,]", _AMOUNTS),
    Fault(
        "etl_batch.formats.csv.header._told",
        "found.about not in _ASKED - dialect.said",
        "found.about in dialect.said",
        "tests/unit/launch/test_first_rows.py",
    ),
    Fault("etl_batch.formats.csv.header._told", "found.note(dialect.said)", "found.note(())", _FIRST_LINES),
    Fault(
        "etl_batch.formats.csv.shape.Shape.cell", "if sign[1] is not None", "", "tests/unit/formats/csv/test_shape.py"
    ),
    Fault("etl_batch.formats.csv.amounts_seen.amount_flags", "if has_comma", "if False", _AMOUNTS),
    Fault(
        "etl_batch.formats.csv.meant_copy.TracedCopy._read_at",
        "at, read = behind, int(",
        "at, _ = behind, int(",
        _STRICT,
    ),
    Fault("etl_batch.formats.csv.dialect_copy.DialectCopy._row_in", "at = before.stop", "pass", _STRICT),
    Fault("etl_batch.formats.csv.meant_copy.TracedCopy.row", "base.cut(begin, end)", "copy.cut(start, stop)", _MEANT),
    Fault(
        "etl_batch.formats.csv.proposals._notations",
        "not numbers.shows_mark or",
        "",
        "tests/unit/formats/csv/test_proposals.py",
    ),
    Fault(
        "etl_batch.formats.csv.header_width.width_of_rows",
        "rows >= _ROWS_AGREED",
        "rows",
        f"{_HEADER_WIDTH}::test_the_rule",
    ),
    Fault(
        "etl_batch.formats.csv.header_width.width_of_rows",
        "agreed not in (None, width)",
        "False",
        f"{_HEADER_WIDTH}::test_the_rule",
    ),
    Fault(
        "etl_batch.formats.csv.csv_inputs.CsvInputs.open",
        "refuse_other_width(descriptor, header, header.delimiter, str(where.path))",
        "pass",
        f"{_HEADER_WIDTH}::test_it_is_said_before_any_row_is_checked_in_either_mode",
    ),
    Fault(
        "etl_batch.formats.csv.first_lines._refuse_blank",
        "if line.strip(_BLANK):",
        "if True:",
        f"{_FIRST_LINES}::test_a_file_without_a_header_line_is_refused",
    ),
    Fault(
        "etl_batch.formats.csv.first_lines.before_header",
        "while content.startswith",
        "if content.startswith",
        f"{_FIRST_LINES}::test_no_byte_order_mark_stays_in_a_name",
    ),
    Fault(
        "etl_batch.formats.csv.header._as_said",
        "given or before.delimiter",
        "before.delimiter or given",
        f"{_FIRST_LINES}::test_a_delimiter_that_is_given_wins_over_the_one_that_a_file_names",
    ),
    Fault(
        "etl_batch.formats.csv.delimiter.other_delimiter",
        "all(row == width for row in rows)",
        "any(row == width for row in rows)",
        f"{_FIRST_LINES}::test_equal_rows_are_refused_and_no_others",
    ),
    Fault(
        "etl_batch.formats.csv.header._as_said",
        "data_start = behind if has_names else before.stop",
        "data_start = behind",
        f"{_FIRST_LINES}::test_a_file_without_a_header_keeps_its_first_row",
    ),
    Fault(
        "etl_batch.formats.csv.header._told",
        "if dialect.delimiter not in (None, found.delimiter):",
        "if False:",
        f"{_FIRST_LINES}::test_a_delimiter_that_is_given_is_never_another",
    ),
    Fault(
        "etl_batch.formats.csv.first_lines.behind_lines",
        "for _ in range(skipped):",
        "for _ in range(skipped - 1):",
        f"{_FIRST_LINES}::test_what_stands_above_the_header_is_skipped_with_a_note",
    ),
    Fault(
        "etl_batch.formats.csv.type_advice.advised_type",
        "whole + scale > _MOST_DIGITS",
        "whole + scale > _I64_DIGITS",
        _TYPE_ADVICE,
    ),
    Fault(
        "etl_batch.formats.csv.type_advice.advised_type",
        "whole <= _I64_DIGITS",
        "whole <= _I64_DIGITS + 2",
        _TYPE_ADVICE,
    ),
    Fault(
        "etl_batch.formats.csv.line_ends.LineEnds.restored",
        "parts[1::2] = map(self.decoded, parts[1::2])",
        "pass",
        f"{_LINE_ENDS}::test_what_stands_in_quotes_keeps_its_bytes",
    ),
    Fault(
        "etl_batch.formats.csv.line_ends.line_ends_of",
        "2 * seen.count(first) <= len(seen)",
        "False",
        f"{_LINE_ENDS}::test_the_first_end_decides_if_most_are_like_it",
    ),
    Fault(
        "etl_batch.formats.csv.batch.CsvBatch._as_it_stands",
        "origin.text is self.text",
        "True",
        f"{_LINE_ENDS}::test_what_stands_in_quotes_keeps_its_bytes",
    ),
    Fault(
        "etl_batch.formats.csv.check._check_rows",
        "pairs += int(found[CR_LF])",
        "pairs = int(found[CR_LF])",
        f"{_LINE_ENDS}::test_mixed_ends_are_counted_beside_bad_rows",
    ),
)
