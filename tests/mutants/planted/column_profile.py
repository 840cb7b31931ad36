"""The column profile; those of kernels make them be compiled anew."""

from __future__ import annotations

from tests.mutants.fault import Fault

_COLUMNS = "tests/property/kernels/test_column_facts.py"
_CELLS = "tests/property/kernels/test_cell_facts.py"
_PARTS = "tests/property/accumulators/test_column_profile.py"
_FACTS = "tests/unit/formats/test_facts.py"
_SHOWN = "tests/unit/accumulators/test_profile_values.py"
_FULL = "tests/property/accumulators/test_full_profile.py"
_VALUES = "tests/unit/formats/test_value_facts.py"
_SHAPES = "tests/unit/accumulators/test_value_shapes.py"
_REPORT = "tests/unit/report/test_column_view.py"
_JOBS = "tests/acceptance/test_column_profile.py"

FAULTS = (
    Fault(
        "etl_batch.accumulators.value_shapes.values_of",
        "min(values.distinct, facts.values)",
        "values.distinct",
        _SHAPES,
    ),
    Fault("etl_batch.kernels.number_facts.note_floats", "if rest != U(0):", "if rest > _MAGNITUDE:", _COLUMNS),
    Fault("etl_batch.kernels.number_facts.note_floats", "if largest == U(0):", "if exponent == U(0):", _COLUMNS),
    Fault("etl_batch.kernels.number_facts._note_one_by_one", "odd += np.int64(1)", "odd += np.int64(0)", _COLUMNS),
    Fault("etl_batch.kernels.number_facts.note_whole", "< _ADDS_UP + below:", "<= _ALL_BUT_SIGN:", _COLUMNS),
    Fault("etl_batch.kernels.padded_bounds._keys_between", "first_bytes > _EIGHT or not", "not", _COLUMNS),
    Fault("etl_batch.kernels.padded_bounds._keys_between", "last_key - low if", "last_key - low + U(1) if", _COLUMNS),
    Fault("etl_batch.kernels.padded_bounds._lengths_between", "place >= longest", "place > longest", _COLUMNS),
    Fault("etl_batch.kernels.padded_facts._note_each", "!= other", "!= U(256)", _COLUMNS),
    Fault("etl_batch.kernels.padded_facts._keep_to", " & (tie - low == span)", "", _COLUMNS),
    Fault("etl_batch.kernels.padded_facts._keep_to", "min(width, SIXTEEN) - U(1)", "min(width, SIXTEEN)", _COLUMNS),
    Fault("etl_batch.kernels.padded_facts._are_known", "- low < span:", "- low <= span:", _COLUMNS),
    Fault("etl_batch.kernels.number_facts.note_narrow", "np.int64(16)", "np.int64(15)", _COLUMNS),
    Fault("etl_batch.kernels.number_facts.note_floats", "if least < np.int64(0)", "if most < np.int64(0)", _COLUMNS),
    Fault("etl_batch.kernels.text_facts.note_text", "more < load(", "more <= load(", _COLUMNS),
    Fault("etl_batch.kernels.column_facts._side_by_side", "!= np.uint8(0))", ">= np.uint8(0))", _COLUMNS),
    Fault("etl_batch.kernels.column_facts._note_wide", "(high == most and low >", "(high == most and low <", _COLUMNS),
    Fault("etl_batch.kernels.text_facts._is_less", "return length < its", "return False", _COLUMNS),
    Fault("etl_batch.kernels.text_facts._characters", "!= _CONTINUES", "!= _TOP_TWO", _COLUMNS),
    Fault("etl_batch.kernels.cell_facts._note_any_cells", "seen = TEXT", "seen = seen", _CELLS),
    Fault("etl_batch.kernels.cell_facts._note_rare", "(now & FLOAT and now & INTEGER)", "False", _CELLS),
    Fault("etl_batch.formats.facts.ColumnFacts._as_far_as", "if united(", "if 0 & united(", _FACTS),
    Fault("etl_batch.formats.facts.ColumnFacts.merged", "one.values > 0, ", "", _FACTS),
    Fault("etl_batch.formats.facts.united", "or number_word(together)", "or together", _FACTS),
    Fault("etl_batch.accumulators.profile_values.column_of", " and not facts.odd", "", _SHOWN),
    Fault("etl_batch.accumulators.column_profile.KnownColumns.merge", "self.rows +=", "self.rows =", _PARTS),
    Fault("etl_batch.kernels.value_hashes._canonical", "if bits == _SIGN:", "if bits == _NAN:", _FULL),
    Fault("etl_batch.kernels.value_hashes._is_same_field", "found &= is_same", "found |= is_same", _FULL),
    Fault("etl_batch.kernels.value_counts._day", " - np.int64(left < 0)", "", _FULL),
    Fault("etl_batch.kernels.value_counts._count_hashes", "used <= _MOST_EXACT", "used < _MOST_EXACT", _FULL),
    Fault("etl_batch.formats.value_facts._together", "<= MOST_EXACT else None", "<= 2 * MOST_EXACT else None", _VALUES),
    Fault("etl_batch.formats.value_facts.registers_of", "_MOST_RANK + 1 -", "_MOST_RANK -", _VALUES),
    Fault("etl_batch.formats.value_facts.ValueFacts.packed_registers", "is not None else", "is None else", _VALUES),
    Fault("etl_batch.formats.value_facts.ValueFacts.merge", "sorted(kept)[:KEPT]", "list(kept)[:KEPT]", _FULL),
    Fault("etl_batch.accumulators.value_shapes._quantiles", "if upto >= rank", "if upto > rank", _SHAPES),
    Fault("etl_batch.report.column_view._picture", 'rows - column["nulls"]', 'rows + column["nulls"]', _REPORT),
    Fault("etl_batch.pipeline.outputs.restore._reopen_table", "table.learn(made.learned)", "pass", _JOBS),
)
