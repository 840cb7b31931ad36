"""The sample in the pass, and the exact sums beside it."""

from __future__ import annotations

from tests.mutants.fault import Fault

_SAMPLING = "tests/property/sampling/test_sample.py"

_EXACT = "tests/acceptance/test_exact_totals.py tests/unit/estimate/test_exact_text.py"

_WHOLE = "tests/property/file_estimate/test_whole_file.py tests/acceptance/test_exact_totals.py"

_BOUND = "tests/property/sampling/test_scale_bound.py"

_LINES = "tests/property/formats/csv/test_columns.py"

_FINISH = "tests/unit/sampling/test_finish.py"

_WHOLE_JOBS = "tests/acceptance/test_sample.py"

_SPREAD = "tests/property/estimate/test_exact_sums.py"

_EXPECTED = "tests/property/sampling/test_expected.py"

_LOOKED_AT = "tests/unit/sampling/test_glimpses.py"

_AS_EXPECTED = "tests/acceptance/test_expected_sample.py"

FAULTS = (
    Fault(
        "etl_batch.sampling.expected.expected", "1 - _DOUBTS * error / mean", "1 + _DOUBTS * error / mean", _EXPECTED
    ),
    Fault(
        "etl_batch.sampling.expected.expected", "(1 - doubt) ** (1 / POWER)", "(4 - doubt) ** (1 / POWER)", _EXPECTED
    ),
    Fault("etl_batch.sampling.expected.expected", "whole / seen", "1", _EXPECTED),
    Fault(
        "etl_batch.sampling.expected.Expected.of", "self.keys[places] == keys", "self.keys[places] >= keys", _EXPECTED
    ),
    Fault("etl_batch.sampling.draw.draw", 'raise SampleTooSmall("rows of', 'str("rows of', _EXPECTED),
    Fault("etl_batch.sampling.draw.draw", "limits = np.minimum(limits, expected.of(totals.keys))", "pass", _EXPECTED),
    Fault(
        "etl_batch.sampling.span_sampler.SpanSampler.take",
        "if self.expected is not None and",
        "if False and",
        _AS_EXPECTED,
    ),
    Fault(
        "etl_batch.pipeline.conversion.Conversion._once",
        "if not outputs.is_expected:",
        "if True:",
        _AS_EXPECTED,
    ),
    Fault(
        "etl_batch.pipeline.outputs.sample_output.JobSample._take_all",
        "self.state.expected = was",
        "pass",
        _AS_EXPECTED,
    ),
    Fault("etl_batch.sampling.glimpses._places", "if before <= at < before", "if at < before", _LOOKED_AT),
    Fault("etl_batch.formats.csv.glimpsed.glimpsed", " and found.stop < file.size", "", _LOOKED_AT),
    Fault(
        "etl_batch.formats.binary.record_reader.glimpsed",
        "- (at - layout.header_bytes) % size - start",
        "- start",
        _LOOKED_AT,
    ),
    Fault("etl_batch.sampling.thresholds.scale_bound", "> budget:", "> 2 * budget:", _BOUND),
    Fault("etl_batch.sampling.thresholds._LeastTaken.at", "taken -= np", "taken += np", _BOUND),
    Fault("etl_batch.estimate.exact_sums.Sums.spread", "max() <= 1", "max() <= 2", _SPREAD),
    Fault("etl_batch.formats.csv.unit_cells.CsvCells._number", "or kinds.get(name) ", "", _WHOLE),
    Fault("etl_batch.formats.csv.unit_reader.CsvReader._kinds", "raise ReadAgain", "continue", _WHOLE),
    Fault("etl_batch.file_estimate.whole_file.WholeFile.add", "np.where(inside, codes, strata)", "codes", _WHOLE),
    Fault("etl_batch.file_estimate.whole_file._known", "number_of(of_finite)", "float(of_finite)", _WHOLE),
    Fault(
        "etl_batch.file_estimate.whole_file.WholeFile.add",
        "before + sums_of(places, strata + 1).first_strata(strata)",
        "sums_of(places, strata + 1).first_strata(strata)",
        _WHOLE,
    ),
    Fault("etl_batch.formats.column_sums.wide_sums", "words[:, -1] >> LIMB_BITS", "halves[:, -1]", _WHOLE),
    Fault(
        "pages.views.estimate_values.strata_table",
        "> _LARGEST",
        "> 1024 * _LARGEST",
        "tests/unit/pages/test_views.py",
    ),
    Fault("etl_batch.estimate.exact_text.number_of", "_WHOLE.fullmatch(text)", "False", _EXACT),
    Fault("etl_batch.estimate.exact_sums.Sums._text", "-self.unit.tens", "0", _EXACT),
    Fault(
        "etl_batch.sampling.draw._ordered",
        "(both[1:] == both[:-1]).any()",
        "False",
        "tests/property/sampling/test_order_of_draw.py",
    ),
    Fault("etl_batch.sampling.draw.allocated", "needed + plan.budget", "max(needed, plan.budget)", _SAMPLING),
    Fault("etl_batch.sampling.thresholds._LeastTaken.at", "self.most_strata * max(", "0 * max(", _BOUND),
    Fault(
        "etl_batch.sampling.sample_state.SampleState.prune",
        "kept[largest(sizes",
        "kept[:0][largest(sizes[:0]",
        _SAMPLING,
    ),
    Fault("etl_batch.sampling.thresholds._LeastTaken.at", "self.largest + max", "self.largest - max", _BOUND),
    Fault("etl_batch.sampling.certain_rows._large_enough", "found >= np", "found > np", _SAMPLING),
    Fault(
        "etl_batch.sampling.certain_rows.largest", "lexsort((row[tied], source[tied]))", "argsort(row[tied])", _SAMPLING
    ),
    Fault("etl_batch.sampling.span_sampler.SpanSampler._sharpened", "last + 1", "last - 1", _SAMPLING),
    Fault(
        "etl_batch.sampling.sample_state.SampleState._all_of_them",
        "totals.places_of(keys)[part.strata]",
        "part.strata",
        _SAMPLING,
    ),
    Fault(
        "etl_batch.formats.arrow.plain_arrays.taken",
        'call_function("take", [values, numbers(places)])',
        "values.take(numbers(places))",
        "tests/unit/sampling/test_finish.py",
    ),
    Fault("etl_batch.sampling.packing.pack", " + behind", "", _SAMPLING),
    Fault("etl_batch.sampling.sample_state.SampleState.add", "] += count", "] = count", _SAMPLING),
    Fault("etl_batch.sampling.sample_file._repetitive", "<= some", "> some", _FINISH),
    Fault("etl_batch.formats.arrow.plain_arrays.different_values", "pa.ArrowNotImplementedError", "KeyError", _FINISH),
    Fault("etl_batch.sampling.sample_file._rows", "order[as_they_came]", "order[:]", _FINISH),
    Fault("etl_batch.sampling.draw.draw", "drawn[listed]", "drawn", _SAMPLING),
    Fault("etl_batch.sampling.finish._read_rows", "piece.start :", "piece.start + 8 :", _FINISH),
    Fault("etl_batch.formats.csv.line_store.LineStore.keep", "int(stops[start])", "0", _LINES),
    Fault("etl_batch.pipeline.outputs.sample_output.JobSample._take_all", "stop - len(its.rows)", "stop", _WHOLE_JOBS),
    Fault("etl_batch.pipeline.span_worker.SpanWorker._write_outputs", "grant.sample_offset", "0", _WHOLE_JOBS),
    Fault(
        "etl_batch.pipeline.runners.workers.Worker._not_yet_handed",
        " if file.key not in self.handed",
        "",
        f"{_WHOLE_JOBS}::test_part_files_are_handed_to_each_worker_once",
    ),
    Fault("etl_batch.sampling.span_sample.SpanSample.from_bytes", "array.copy() for", "array for", _SAMPLING),
    Fault(
        "etl_batch.formats.binary.record_store.RecordStore.keep",
        "places[start:stop] - first",
        "places[start:stop]",
        "tests/unit/formats/test_record_store.py",
    ),
    Fault(
        "etl_batch.pipeline.outputs.metadata._single",
        " and math.isfinite(value)",
        "",
        "tests/unit/pipeline/outputs/test_metadata.py",
    ),
    Fault(
        "etl_batch.sampling.draw._ordered",
        "<< np.uint64(_BITS - bits)",
        "<< np.uint64(0)",
        "tests/property/sampling/test_order_of_draw.py",
    ),
    Fault(
        "etl_batch.estimate.exact_sums.settled",
        ">> LIMB_BITS",
        ">> (LIMB_BITS - 1)",
        "tests/property/estimate/test_exact_sums.py tests/property/sampling/test_sample.py",
    ),
    Fault(
        "etl_batch.estimate.exact_sums.Sums.total",
        "None if self.odd.any() else",
        "",
        "tests/property/estimate/test_exact_sums.py tests/property/sampling/test_sample.py",
    ),
)
