"""Records of unequal length: where each begins, which lengths are believed, how they are laid out, what is told."""

from __future__ import annotations

from tests.mutants.fault import Fault

_FRAMER = "tests/property/formats/framed/test_length_framer.py"
_JOBS = "tests/acceptance/test_variable_records.py"
_TOLD = "tests/unit/formats/described/test_framing.py"
_CHAINS = "tests/unit/layouts/test_chains.py"
_FRAMING = "tests/unit/layouts/test_framing.py"
_FRAMERS = "tests/property/formats/framed/test_framers.py"

FAULTS = (
    Fault("etl_batch.kernels.record_chains._step", "size > end - at", "False", _FRAMER),
    Fault("etl_batch.kernels.record_chains._step", "size < _rule(rules, 5) or ", "", _FRAMER),
    Fault("etl_batch.kernels.record_chains._block_size", "word ^ _EXTENDED", "word >> U(16)", _FRAMERS),
    Fault("etl_batch.kernels.record_chains.blocked_records", "at + block > stop", "False", _FRAMERS),
    Fault("etl_batch.kernels.record_chains.join_records", "out = copy_bytes", "copy_bytes", _FRAMERS),
    Fault("etl_batch.formats.framed.spanned_framer._cuttings", "np.maximum(reaches, places)", "places", _FRAMERS),
    Fault("etl_batch.formats.framed.walk.Cuts.add", "row == self._last_row", "False", _FRAMERS),
    Fault("etl_batch.layouts.framing.Framing.shortest_step", "2 *", "1 *", _FRAMING),
    Fault("etl_batch.kernels.record_chains.arrange_records", "padding + length", "padding", _JOBS),
    Fault("etl_batch.layouts.framing.Framing.add", "self.head or self.bytes", "self.bytes", _FRAMING),
    Fault("etl_batch.layouts.chains._follow", "size > end - at", "size >= end - at", _CHAINS),
    Fault("etl_batch.layouts.padding._of_digits", " + _PLUS[field.signed]", "", _CHAINS),
    Fault("etl_batch.formats.described.framing._lengths", ">= _FEW_RECORDS", ">= 1", _TOLD),
    Fault("etl_batch.formats.described.framing.told_framing", "% record_size == 0", "< 0", _TOLD),
    Fault("etl_batch.formats.binary.laid_out_batch.LaidOutBatch._number", "int(kept[row])", "row", _JOBS),
    Fault("etl_batch.formats.binary.laid_out_batch.LaidOutBatch._ids", "first + inner.first", "inner.first", _JOBS),
    Fault("etl_batch.formats.framed.arranging._of_bad_length", "field.offset + 1", "field.offset", _JOBS),
    Fault(
        "etl_batch.formats.binary.record_columns._decoded_where_there",
        "> field.offset",
        ">= field.offset",
        _JOBS,
    ),
)
