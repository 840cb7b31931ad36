"""Fixed-width text: what describes it, where its lines lie, what is wrong with one, and what text mode destroyed."""

from __future__ import annotations

from tests.mutants.fault import Fault

_KERNELS = "tests/property/kernels/test_text_lines.py"
_DECODED = "tests/property/formats/framed/test_lines_decoded.py"
_JOBS = "tests/acceptance/test_text_lines.py"
_FIRST = "tests/unit/layouts/test_first_lines.py"
_SEVERAL = "tests/property/formats/framed/test_record_lines.py"
_PARTS = "tests/unit/layouts/test_line_parts.py"
_STATA = "tests/unit/layouts/test_stata_dictionary.py"
_TABLE = "tests/unit/layouts/test_column_table.py"
_RANDOM = "tests/property/layouts/test_text_columns.py"
_SPREAD = "tests/unit/layouts/test_spread.py"
_MODE = "tests/unit/layouts/test_text_mode.py"

FAULTS = (
    Fault("etl_batch.kernels.text_lines.list_lines", "first = behind + U(1)", "first = behind", _KERNELS),
    Fault("etl_batch.kernels.text_lines._put_line", "behind > first and ", "", _KERNELS),
    Fault("etl_batch.kernels.text_lines.flag_long_lines", "at + size + U(place)", "at + size", _KERNELS),
    Fault("etl_batch.kernels.text_lines._behind_characters", "stop - at >= _WORD and ", "", _KERNELS),
    Fault("etl_batch.kernels.text_lines.arrange_characters", "columns - column", "columns", _KERNELS),
    Fault(
        "etl_batch.formats.framed.line_framer.LineFramer.find",
        "offsets[count], lengths[count] = stop, len(content) - stop",
        "pass",
        _DECODED,
    ),
    Fault("etl_batch.formats.framed.line_arranging.arranged_lines", "one.lengths == 0", "one.lengths > 9", _DECODED),
    Fault(
        "etl_batch.formats.framed.line_arranging._bytes", "lengths > field.offset", "lengths >= field.offset", _DECODED
    ),
    Fault("etl_batch.layouts.spread.widest_character", "highest >= least", "highest > least", _SPREAD),
    Fault("etl_batch.layouts.spread._laid", 'elif field.type == "str"', "elif True", _SPREAD),
    Fault(
        "etl_batch.formats.framed.record_lines.records_of_lines", "if left and stop < stretch.end", "if left", _SEVERAL
    ),
    Fault(
        "etl_batch.formats.framed.record_lines.records_of_lines", "not every.lengths[-left:].any()", "False", _SEVERAL
    ),
    Fault("etl_batch.formats.framed.record_lines._line", "every.offsets[its].copy()", "every.offsets[its]", _SEVERAL),
    Fault(
        "etl_batch.formats.framed.line_arranging.arranged_lines",
        "flags[list(frames.reasons)] = EMPTY",
        "pass",
        _SEVERAL,
    ),
    Fault("etl_batch.layouts.lines._records", "is_all and ", "", _SEVERAL),
    Fault("etl_batch.layouts.line_parts._of_line", "field.offset - start", "field.offset", _PARTS),
    Fault("etl_batch.layouts.line_parts._refuse_crossing", "start <= field.offset < end < ", "end < ", _PARTS),
    Fault("etl_batch.layouts.first_lines._behind_lines", "if lines.parts:", "if not lines:", _SEVERAL),
    Fault("etl_batch.layouts.first_lines._end_of", "LF not in head and ", "", _FIRST),
    Fault("etl_batch.layouts.first_lines._behind_lines", " - first_end", "", _FIRST),
    Fault("etl_batch.layouts.first_lines._width", "2 * often > len(lines)", "True", _FIRST),
    Fault("etl_batch.layouts.first_lines._is_at_the_end", "any(cell[-1] in blanks for cell in full)", "False", _FIRST),
    Fault("etl_batch.layouts.first_lines.are_lines", "<= most", "<= most + 1", _FIRST),
    Fault("etl_batch.layouts.stata_infix._Reading._specified", "place * each", "place", _STATA),
    Fault("etl_batch.layouts.stata_infix._Reading._numbered", ":0{len(begins[2])}", "", _STATA),
    Fault("etl_batch.layouts.stata_infile._Reading._variable", "self._next = column.end", "pass", _STATA),
    Fault("etl_batch.layouts.stata_columns.column_of", "length > SURE_DIGITS", "length > SURE_DIGITS + 2", _STATA),
    Fault("etl_batch.layouts.stata_words._Places.word", "self._start + 1)", "self._start)", _STATA),
    Fault("etl_batch.layouts.column_table._column", "start=start - 1", "start=start", _TABLE),
    Fault("etl_batch.layouts.text_columns._unfit", "one.start < before.end", "one.start < before.start", _TABLE),
    Fault(
        "etl_batch.layouts.text_columns.Described.layout",
        '"bytes" if self.in_bytes else "characters"',
        '"characters"',
        _JOBS,
    ),
    Fault("etl_batch.layouts.text_mode._of_packed", "2 * len(bad) <= len(cells)", "False", _MODE),
    Fault("etl_batch.layouts.text_mode._of_packed", "lost > sum(", "lost > 0 * sum(", _MODE),
    Fault("etl_batch.layouts.text_mode._without_ends", "head[at : at + size]", "head[at : at + step]", _MODE),
    Fault(
        "etl_batch.layouts.text_mode._line_feeds",
        'any(b"\\x15" in cell or b"\\x25" in cell for cell in cells)',
        "False",
        _MODE,
    ),
)
