"""The compiled loops; each of these makes the kernels be compiled anew."""

from __future__ import annotations

from tests.mutants.fault import Fault

_CHECK = "tests/property/kernels/test_csv_check.py"
_RUNS = "tests/property/kernels/test_csv_runs.py"
_NUMBERS = "tests/property/kernels/test_numbers_text.py"

_ROWS = "tests/property/kernels/test_format_rows.py"
_PACKED = "tests/property/kernels/test_pack_codes.py"
_DIFFERENCES = "tests/property/kernels/test_pack_differences.py"
_PLAIN = "tests/property/kernels/test_plain_texts.py"
_CODED = "tests/property/kernels/test_dictionary_codes.py"
_SOURCES = "tests/unit/kernels/test_own_sources.py"
_PAYLOADS = "tests/unit/test_cell_escape_payloads.py::test_the_kernels_write_them_as_the_twin_does"

_CELLS = "tests/property/kernels/test_cell_reading.py"
_KINDS = "tests/property/kernels/test_written_kinds.py"
_MEANT = "tests/acceptance/test_meant_cells.py"

_CHOSEN = "tests/property/kernels/test_csv_chosen.py"
_MEANT_ROWS = "tests/property/kernels/test_meant_rows.py"
_SINGLE = "tests/property/kernels/test_single_byte.py::test_each_byte_becomes_what_it_stands_for"

FAULTS = (
    Fault(
        "etl_batch.kernels.machine_code.read_earlier",
        "code is not None and code.sources == sources",
        "code is not None",
        "tests/unit/kernels/test_machine_code.py",
    ),
    Fault("etl_batch.kernels.meant_rows._write_run", "load(cell_end - U(1), np.uint8) == CR", "False", _MEANT_ROWS),
    Fault("etl_batch.kernels.meant_rows._write_run", "+ load(job + _ROWS, np.uint64)", "", _MEANT_ROWS),
    Fault("etl_batch.kernels.written_number.write_short", "(starts_zero != U(0))", "False", _CELLS),
    Fault("etl_batch.kernels.written_number.write_short", "ends_zero | (begins & starts_zero)", "ends_zero", _CELLS),
    Fault("etl_batch.kernels.written_number.write_short", "ends_zero | (begins", "U(0) | (begins", _CELLS),
    Fault("etl_batch.kernels.written_number.write_short", "(sign & starts_zero)", "sign", _CELLS),
    Fault("etl_batch.kernels.meant_rows._copy", "out += _TWO_BLOCKS", "out += BLOCK", _MEANT_ROWS),
    Fault(
        "etl_batch.kernels.csv_run_scan.list_run",
        "load(job + _IS_UTF8, np.uint64) == U(0)",
        "False",
        "tests/property/kernels/test_csv_runs.py",
    ),
    Fault("etl_batch.kernels.written_number.write_short", "scale == U(0) or", "", _CELLS),
    Fault(
        "etl_batch.kernels.cell_text._two_bytes_block",
        "signed_below_mask(at, _FIRST_OF_TWO) | ",
        "",
        "tests/property/kernels/test_utf8.py",
    ),
    Fault(
        "etl_batch.kernels.cell_text._two_bytes_block", " - (leads >> U(63))", "", "tests/property/kernels/test_utf8.py"
    ),
    Fault(
        "etl_batch.kernels.cell_text.is_utf8",
        "slowly_to = at + BLOCK",
        "at += BLOCK",
        "tests/property/kernels/test_utf8.py",
    ),
    Fault("etl_batch.kernels.single_byte.write_utf8", "holds_ascii != U(0)", "True", _SINGLE),
    Fault("etl_batch.kernels.single_byte.write_utf8", "U(entry >> _LENGTH_BITS & _LENGTH)", "U(1)", _SINGLE),
    Fault(
        "etl_batch.kernels.csv_chosen._write_cell", "end > start and load(end - U(1), np.uint8) == CR", "False", _CHOSEN
    ),
    Fault(
        "etl_batch.kernels.csv_chosen._write_cell",
        "return rewrite_cell(out, start, end, stop, counts)",
        "return copy_bytes(out, start, end - start)",
        _CHOSEN,
    ),
    Fault("etl_batch.kernels.csv_chosen.write_chosen", "number += _WORD", "number += U(0)", _CHOSEN),
    Fault("etl_batch.kernels.written_number._whole_part", "group != _GROUP or load", "False or load", _CELLS),
    Fault("etl_batch.kernels.written_number.read_number", "left &= ~U(2)", "left &= ~U(1)", _CELLS),
    Fault("etl_batch.kernels.written_moment._is_day", "U(leap and month == U(2))", "U(leap)", _KINDS),
    Fault("etl_batch.kernels.written_moment.read_moment", "left &= ~bit", "left &= left", _KINDS),
    Fault("etl_batch.kernels.written_amount.read_percent", "scale + _SHIFT", "scale", _MEANT),
    Fault("etl_batch.kernels.written_amount._amount", "signs > U(1)", "signs > U(2)", _KINDS),
    Fault("etl_batch.kernels.written_number.trimmed", "U(3) and", "U(1) and", _CELLS),
    Fault("etl_batch.kernels.meant_rows._write_cell", "load(rule + _MARK, np.uint64) != U(0)", "False", _MEANT),
    Fault("etl_batch.kernels.measures.measure_at", "np.int64(high) < 0", "False", _MEANT),
    Fault(
        "etl_batch.kernels.own_sources._followed",
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
    Fault("etl_batch.kernels.cell_text.is_ascii", "while at < end:", "while False:", _ROWS),
    Fault(
        "etl_batch.kernels.decode.check_ascii",
        "if not is_ascii(address + U(row) * stride, width):",
        "if False:",
        "tests/property/formats/binary/test_record_fields.py",
    ),
    Fault("etl_batch.kernels.csv_check.check_rows", "wrong |= nuls", "", _CHECK),
    Fault(
        "etl_batch.kernels.csv_check.within_quotes",
        "wrong = opening & ~(((delimiters | ends) << U(1)) | starts | after_closing)",
        "wrong = U(0)",
        _CHECK,
    ),
    Fault("etl_batch.kernels.csv_check.check_rows", "returned = returns >> _LAST", "returned = U(0)", _CHECK),
    Fault("etl_batch.kernels.csv_run_scan.list_run", "wrong = equal_mask(block, NUL) & valid", "wrong = U(0)", _RUNS),
    Fault(
        "etl_batch.kernels.csv_run_scan.list_run", "if carry | closed | returned == U(0):", "if carry == U(0):", _RUNS
    ),
    Fault("etl_batch.kernels.csv_run_scan.list_run", "if different != np.uint8(0):", "if False:", _RUNS),
    Fault("etl_batch.kernels.csv_runs._write_run", "separator - U(is_returned)", "separator", _RUNS),
    Fault("etl_batch.kernels.read_numbers.read_short_integer", " & is_canonical", "", _RUNS),
    Fault("etl_batch.kernels.csv_cells._read_numbers", "rare != rows", "rare == U(0)", _RUNS),
    Fault("etl_batch.kernels.csv_cells._read_values", "if seen != U(0):", "if False:", _RUNS),
    Fault("etl_batch.kernels.read_numbers.read_short_float", "& (length - U(2) <= U(6))", "", _RUNS),
    Fault("etl_batch.kernels.read_numbers.read_short_integer", "& (length != U(0))", "", _RUNS),
    Fault("etl_batch.kernels.float_text._shortest", "- odd", "", _NUMBERS),
    Fault("etl_batch.kernels.float_text._SHORT_CUT_BELOW_32", "1e4", "1e6", _NUMBERS),
    Fault("etl_batch.kernels.float_text._write_positional", "store(point + U(9), second)", "pass", _NUMBERS),
    Fault("etl_batch.kernels.numbers_text.write_small_decimal", "U(units < 0)", "U(1)", _NUMBERS),
    Fault("etl_batch.kernels.numbers_text.write_small_decimal", "U(7) - scale)", "U(7))", _NUMBERS),
    Fault("etl_batch.kernels.short_cell.write_fixed_text", "if not sixteen_readable(start):", "if False:", _ROWS),
    Fault("etl_batch.kernels.short_cell.write_fixed_text", "more[0] << here", "more[0]", _ROWS),
    Fault(
        "etl_batch.kernels.short_cell.write_plain_text",
        " or (length < SIXTEEN and not sixteen_readable(start))",
        "",
        _ROWS,
    ),
    Fault("etl_batch.kernels.format_rows.format_block", "if not ok:", "if False:", _ROWS),
    Fault(
        "etl_batch.kernels.format_rows.format_block",
        "U(ok and kind == _LOCAL_TIMESTAMP)",
        "U(kind == _LOCAL_TIMESTAMP)",
        _ROWS,
    ),
    Fault(
        "etl_batch.kernels.calendar_text.write_timestamp",
        "if load(kept, np.uint64) != day:",
        "if load(kept, np.uint64) > day:",
        _NUMBERS,
    ),
    Fault("etl_batch.kernels.numbers_text.write_decimal", "(U(1) if low == U(0) else U(0))", "U(1)", _NUMBERS),
    Fault("etl_batch.kernels.pack_codes._packed_end", "at += _GROUP * _FOUR", "at += _FOUR", _PACKED),
    Fault("etl_batch.kernels.pack_codes._write_short", "second << shift | rest", "second << shift", _PACKED),
    Fault("etl_batch.kernels.pack_differences.pack_differences", "min(least, difference)", "difference", _DIFFERENCES),
    Fault(
        "etl_batch.kernels.pack_differences._write_part",
        "value >> (width - bits) if bits > U(0) else U(0)",
        "U(0)",
        _DIFFERENCES,
    ),
    Fault(
        "etl_batch.kernels.plain_texts._is_below",
        "return length < other_length",
        "return length > other_length",
        _PLAIN,
    ),
    Fault(
        "etl_batch.kernels.plain_texts.write_plain_texts",
        "out + _FOUR + length > stop",
        "out + length > stop",
        _PLAIN,
    ),
    Fault("etl_batch.kernels.pack_codes.pack_codes", "(width + U(7)) // U(8)", "width // U(8)", _PACKED),
    Fault(
        "etl_batch.kernels.dictionary_codes._is_text",
        "length <= _HELD or same_bytes(start, line[_START], length, U(16))",
        "True",
        _CODED,
    ),
    Fault("etl_batch.kernels.dictionary_codes.code_numbers", "if distinct == room:", "if distinct > room:", _CODED),
    Fault("etl_batch.kernels.dictionary_codes.write_texts", "np.uint32(length)", "np.uint8(length)", _CODED),
)
