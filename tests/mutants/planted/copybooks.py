"""Copybooks: what of a line is code, where an item lies, what it is called, what the bytes tell."""

from __future__ import annotations

from tests.mutants.fault import Fault

_BOOK = "tests/unit/layouts/copybook/test_book.py"
_SOURCE = "tests/unit/layouts/copybook/test_source.py"
_PICTURE = "tests/unit/layouts/copybook/test_picture.py"
_NUMBERS = "tests/unit/layouts/copybook/test_numbers.py"
_FLOATS = "tests/property/formats/binary/test_record_fields.py::test_random_records_of_each_type[f32]"
_TOML = "tests/property/layouts/test_toml_text.py"
_PAGE = "tests/unit/pages/test_copybook_page.py"
_BYTES = "tests/unit/layouts/copybook/test_bytes.py"

_COPYING = "tests/unit/layouts/copybook/test_copying.py"
_JUDGED = "tests/unit/layouts/copybook/test_judged.py"
_STEPS = "tests/unit/layouts/copybook/test_steps.py"
_WHOLE = "tests/acceptance/test_copybooks.py"
_LENGTH = "tests/unit/layouts/test_record_length.py"
_DRAFTED = "tests/unit/layouts/test_guessed_fields.py"

FAULTS = (
    Fault("etl_batch.layouts.record_length._best", "_AS_GOOD * score", "2 * score", _LENGTH),
    Fault("etl_batch.layouts.record_length._best", "size % peaks == 0", "size > 0", _LENGTH),
    Fault("etl_batch.layouts.record_length._scores", " - by_chance) / (1", ") / (1", _LENGTH),
    Fault("etl_batch.layouts.guessed_fields._numbers", "digits > start", "False", _DRAFTED),
    Fault("etl_batch.layouts.guessed_fields._numbers", "at - digits < _MOST_PACKED", "True", _DRAFTED),
    Fault("etl_batch.layouts.copybook.copying._replaced", "if not word.is_blank", "if word", _COPYING),
    Fault("etl_batch.layouts.copybook.copying._Copying._taken", "if changes", "if not changes", _COPYING),
    Fault("etl_batch.layouts.copybook.copying._Copying._taken", "depth == _MOST_DEEP", "False", _COPYING),
    Fault("etl_batch.layouts.copybook.copying._Copying._counted", "self._characters > _MOST", "0 > _MOST", _COPYING),
    Fault("etl_batch.layouts.copybook.copying._in_part", 'change.part == "LEADING"', "True", _COPYING),
    Fault("etl_batch.layouts.copybook.entries.Entry.at", "self.book or where", "where", _COPYING),
    Fault(
        "etl_batch.layouts.copybook.offsets._boundary",
        "entry.picture.digits <= 4 else 4",
        "entry.picture.digits <= 4 else 8",
        _JUDGED,
    ),
    Fault("etl_batch.layouts.copybook.tree._chosen", "len(records) > 1", "len(records) > 2", _STEPS),
    Fault(
        "etl_batch.layouts.copybook.tree._chosen", "entries[at].level in _TOPS", "entries[at].level == _RECORD", _STEPS
    ),
    Fault("etl_batch.layouts.copybook.source.code_of", "is_free = form[1]", "_ = form[1]", _SOURCE),
    Fault("etl_batch.formats.described.copybooks._Beside.book", "one.lower(): one", "one: one", _WHOLE),
    Fault("etl_batch.layouts.copybook.numbers.is_native_big", "big[0] > little[0]", "big[0] < little[0]", _NUMBERS),
    Fault("etl_batch.layouts.copybook.numbers.is_native_big", "_CLEARLY *", "0 *", _NUMBERS),
    Fault("etl_batch.formats.binary.record_numbers._ibm_float", "(power - 64)", "(power - 63)", _FLOATS),
    Fault("etl_batch.layouts.toml_text._field_lines", "field.big_endian != big_endian", "False", _TOML),
    Fault("etl_batch.ui.first_rows_view._show_binary", "config.layout is None", "True", _PAGE),
    Fault("etl_batch.ui.first_rows_view._named", "state_of(actor, place(name, config.input_roots)), ", "", _PAGE),
    Fault("etl_batch.layouts.copybook.offsets.binary_bytes", "digits <= 9", "digits <= 10", _BOOK),
    Fault(
        "etl_batch.layouts.copybook.offsets._Placing._number",
        "picture.digits // 2 + 1",
        "(picture.digits + 1) // 2",
        _BOOK,
    ),
    Fault("etl_batch.layouts.copybook.offsets._Placing.place", "size = _up(size, _widest(item))", "pass", _BOOK),
    Fault("etl_batch.layouts.copybook.offsets._Placing._inner", "max(end, inner[-1].end)", "inner[-1].end", _BOOK),
    Fault("etl_batch.layouts.copybook.offsets._starts_at", "while item.is_group", "if item.entry.repeated", _BOOK),
    Fault("etl_batch.layouts.copybook.readings.Choice._one_of", "len(named) > 1", "len(named) > 2", _BOOK),
    Fault("etl_batch.layouts.copybook.book._Columns.of", "around.shift + number * one.size", "around.shift", _BOOK),
    Fault(
        "etl_batch.layouts.copybook.book._names", "name.upper() for name in names", "name for name in set(names)", _BOOK
    ),
    Fault("etl_batch.layouts.copybook.grammar._parsed", "number == MOST_WORDS", "number < 0", _BOOK),
    Fault("etl_batch.layouts.copybook.tree.settled", "entry.usage or usage", "entry.usage", _BOOK),
    Fault("etl_batch.layouts.copybook.clauses._count", "_MOST_TIMES", "1", _BOOK),
    Fault("etl_batch.layouts.copybook.source._CODE", "slice(7, 72)", "slice(7, 80)", _SOURCE),
    Fault("etl_batch.layouts.copybook.source._Joined.add_fixed", 'f"{code:<65}"', "code", _SOURCE),
    Fault("etl_batch.layouts.copybook.source.Code.place", "offset - (", "offset - 0 * (", _SOURCE),
    Fault("etl_batch.layouts.copybook.picture._number", 'shape.startswith("P")', "False", _PICTURE),
    Fault("etl_batch.layouts.copybook.bytes._refuse_doubtful", "set(piece) & set(_DOUBTFUL)", "set()", _BYTES),
    Fault("etl_batch.layouts.copybook.bytes.told_encoding", "_SURE * ascii_letters", "0", _BYTES),
)
