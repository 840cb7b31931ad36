"""CSV of any dialect: its signs, the copy in the plain one, the way back, and the encoding that nobody said."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ROOM = "etl_batch.formats.csv"
_KERNEL = "etl_batch.kernels.plain_copy"
_TWIN = "tests/property/kernels/test_plain_copy.py"
_CELLS = "tests/property/formats/csv/test_dialects.py::test_a_job_gives_the_cells_that_were_written"
_ROWS = "tests/property/formats/csv/test_dialects.py::test_the_same_row_is_bad_in_every_dialect"
_ENCODING = "tests/acceptance/test_told_encoding.py"
_SHAPE = "tests/unit/formats/csv/test_shape.py"
_FOOTER = "tests/unit/sniffing/test_footer.py"

FAULTS = (
    Fault(f"{_KERNEL}._row", "byte in (QUOTE, delimiter)", "byte == QUOTE", _TWIN),
    Fault(f"{_KERNEL}._escaped", "or byte == signs[1] or", "or", _TWIN),
    Fault(f"{_KERNEL}.copy_plain", "behind >= stop and is_last == U(0)", "False", _TWIN),
    Fault(f"{_ROOM}.plain_rows.PlainRows._stop", 'stop -= text.endswith(b"\\n")', "pass", _CELLS),
    Fault(f"{_ROOM}.plain_rows.PlainRows._judged", "int(places[end - 1]) + 1 if", "int(places[end]) if", _ROWS),
    Fault(f"{_ROOM}.dialect_copy.DialectCopy._row_in", "at = self.shape.behind_comments(text, at)", "pass", _ROWS),
    Fault(f"{_ROOM}.shape.Shape.meaning", "self.delimiter[:1])", "self.delimiter)", _SHAPE),
    Fault(f"{_ROOM}.dialect_copy.DialectCopy.told", "mark.broken.problem in _AT_A_SIGN", "False", _ROWS),
    Fault(
        f"{_ROOM}.dialect_copy.DialectCopy.row_at", "self._original(descriptor, mark, begins)", "mark.original", _ROWS
    ),
    Fault(f"{_ROOM}.opened_csv.needs_copy", "not is_utf8(header.encoding) or ", "", _ENCODING),
    Fault(f"{_ROOM}.told_encoding.encoding_of", "if found.question is not None:", "if False:", _ENCODING),
    Fault(f"{_ROOM}.told_encoding.encoding_of", "not in content and (", "not in content or (", _ENCODING),
    Fault("etl_batch.sniffing.encoding._by_nuls", "max(even, odd) > 1 and ", "", _ENCODING),
    Fault("etl_batch.sniffing.encoding._damaged_utf8", "sound <= broken", "True", _ENCODING),
    Fault("etl_batch.sniffing.footer.footer_note", "if len(below) > _MOST_ROWS:", "if False:", _FOOTER),
    Fault("etl_batch.sniffing.footer.footer_note", "and not kind_of([cell]).is_typed", "", _FOOTER),
)
