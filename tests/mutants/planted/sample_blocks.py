"""The pass over blocks that tells strata, adds up and lists rows; those of kernels make them be compiled anew."""

from __future__ import annotations

from tests.mutants.fault import Fault

_BLOCKS = "tests/property/sampling/test_block_pass.py"

_BESIDE = "tests/property/sampling/test_beside_formatting.py"
_NULLS = "tests/property/kernels/test_null_texts.py"

FAULTS = (
    Fault("etl_batch.kernels.null_texts.flag_block", "byte in (first, other)", "byte == first", _NULLS),
    Fault("etl_batch.kernels.null_texts._is_text", "same &= ", "same |= ", _NULLS),
    Fault("etl_batch.kernels.format_rows.format_rows", "row, stop)\n        out", "row, row)\n        out", _BESIDE),
    Fault("etl_batch.kernels.format_rows._sample_block", "store(words + _SAMPLE_ROWS, stop)", "pass", _BESIDE),
    Fault("etl_batch.sampling.block_pass.BlockPass._forget_begun", "ours.forget()", "pass", _BESIDE),
    Fault("etl_batch.sampling.block_pass.BlockPass._read", "any(a is not b", "any(a is None", _BESIDE),
    Fault(
        "etl_batch.formats.binary.record_reader.RecordBatch._check",
        "self._null_texts.find(every)",
        "pass",
        "tests/property/formats/binary/test_record_fields.py",
    ),
    Fault("etl_batch.kernels.short_keys._code_block", "if how >= _THIRTY_TWO:", "if how > _THIRTY_TWO:", _BLOCKS),
    Fault("etl_batch.kernels.short_keys._key_words", "(U(16) - width)", "(width - U(8))", _BLOCKS),
    Fault("etl_batch.kernels.measures.float_limbs", "place = exponent - U(1)", "place = exponent", _BLOCKS),
    Fault("etl_batch.kernels.sample_rows._add_block", "float_bits(value) & _NO_SIGN", "float_bits(value)", _BLOCKS),
    Fault("etl_batch.kernels.sample_rows._list_rows", "done[_TOO_MANY] = U(1)", "done[_TOO_MANY] = U(0)", _BLOCKS),
    Fault("etl_batch.kernels.short_keys._key_words", "place >> _HALF_BITS", "place >> U(33)", _BLOCKS),
    Fault("etl_batch.kernels.sample_rows._add_rows", "kind == _I64 and valid == U(0)", "kind == _I64", _BLOCKS),
    Fault("etl_batch.kernels.short_keys.fill_slots", "short_hash(line[_KEY_BYTES],", "short_hash(U(0),", _BLOCKS),
    Fault("etl_batch.formats.known_strata.KnownStrata.begin", "ROWS] = 0", "ROWS] += 0", _BLOCKS),
    Fault("etl_batch.formats.running_sums.RunningSums.take", "int(used[-1]) + 1", "int(used[-1])", _BLOCKS),
    Fault("etl_batch.sampling.block_pass.BlockPass.learn", "strata.of_codes is self._known.hashes", "True", _BLOCKS),
    Fault(
        "etl_batch.sampling.span_sampler.SpanSampler._kept",
        "listed.priority <= limits",
        "listed.priority >= 0",
        "tests/property/sampling/test_sample.py",
    ),
)
