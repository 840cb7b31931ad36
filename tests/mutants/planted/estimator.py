"""Totals, variances, intervals."""

from __future__ import annotations

from tests.mutants.fault import Fault

_ESTIMATOR = "tests/unit/estimate/test_estimator.py"
_ALLOCATION = "tests/unit/estimate/test_allocation.py"
_MOMENTS = "tests/unit/estimate/test_moments.py"
_ZONES = "tests/unit/estimate/test_zones.py"
_SPREAD = "tests/unit/estimate/test_zone_spread.py"
_UNREAD = "tests/unit/file_estimate/test_unread.py"
_CLUSTERS = "tests/unit/estimate/test_clusters.py"
_DESIGNS = "tests/unit/file_estimate/test_block_designs.py"
_ESTIMATE = "tests/acceptance/test_estimate.py"

_STRATA_OF_BLOCKS = "tests/unit/file_estimate/test_stratum_estimates.py"

_FOOTERS = "tests/unit/formats/parquet/test_broken_footers.py"

FAULTS = (
    Fault("etl_batch.formats.parquet.unit_reader.ParquetReader._refuse_broken", "if unknown:", "if False:", _FOOTERS),
    Fault(
        "etl_batch.formats.parquet.unit_bounds._least_and_largest",
        "is_its_type and chunk.path",
        "chunk.path",
        _FOOTERS,
    ),
    Fault("etl_batch.formats.parquet.unread.refuse_broken_columns", "pre_buffer=True", "pre_buffer=False", _FOOTERS),
    Fault(
        "etl_batch.file_estimate.stratum_estimates.stratum_estimates",
        "t, float(spread.skewness[code]))",
        "t, 0.0)",
        _STRATA_OF_BLOCKS,
    ),
    Fault(
        "etl_batch.file_estimate.stratum_estimates.stratum_estimates",
        "int(holding[code]), units.name",
        "int(sampled[code]), units.name",
        _STRATA_OF_BLOCKS,
    ),
    Fault(
        "etl_batch.file_estimate.sampling._about_strata",
        'text.startswith("low n")',
        "False",
        _STRATA_OF_BLOCKS,
    ),
    Fault(
        "etl_batch.estimate.estimator._each",
        "third[at] / cubed if corrected",
        "third[at] / cubed if False",
        "tests/unit/estimate/test_stratum_intervals.py",
    ),
    Fault(
        "etl_batch.estimate.stratum_warnings.stratum_warnings",
        "if is_skewed(skewness):",
        "if False:",
        "tests/unit/estimate/test_stratum_intervals.py",
    ),
    Fault(
        "etl_batch.estimate.domains._unmet",
        "max((stratum.population",
        "min((stratum.population",
        "tests/unit/estimate/test_count_of_none.py",
    ),
    Fault(
        "etl_batch.estimate.estimator._each", "hall_bounds(total, error,", "hall_bounds(total, 0.9 * error,", _ESTIMATOR
    ),
    Fault(
        "etl_batch.estimate.estimator._estimate", "1 - (1 - confidence) / 2, df", "1 - (1 - confidence), df", _ESTIMATOR
    ),
    Fault("etl_batch.estimate.estimator._satterthwaite", "shares**2 / df[some]", "shares / df[some]", _ESTIMATOR),
    Fault("etl_batch.estimate.estimator._not_below_seen", "(seen < 0).any()", "False", _ESTIMATOR),
    Fault("etl_batch.estimate.estimator._not_below_seen", "low > _ABOVE_ROUNDING", "low > 0", _ESTIMATOR),
    Fault(
        "etl_batch.estimate.allocation.share_out", "-shares.upper, -remainders", "shares.upper, remainders", _ALLOCATION
    ),
    Fault(
        "etl_batch.estimate.allocation.allocate_counts",
        "_weighted(counts, power, minimum)",
        "_weighted(counts, 1.0, minimum)",
        _ALLOCATION,
    ),
    Fault(
        "etl_batch.estimate.heavy_tails.hall_bounds",
        "hall_inverse(quantile, skewness)",
        "hall_inverse(quantile, -skewness)",
        "tests/unit/estimate/test_domains.py",
    ),
    Fault("etl_batch.estimate.moments._moments_of", "lowest == highest", "lowest > highest", _MOMENTS),
    Fault(
        "etl_batch.estimate.zone_spread.spread_of",
        "np.where(paired.sum(axis=0) > own.sum(axis=0), paired, own)",
        "own",
        _SPREAD,
    ),
    Fault("etl_batch.estimate.zone_spread.spread_of", "<= _ROUNDING *", "< 0 *", _SPREAD),
    Fault("etl_batch.estimate.clusters.estimated_domains", "if units.equal is not False:", "if True:", _CLUSTERS),
    Fault(
        "etl_batch.file_estimate.sampling.Sampling._divide",
        "np.append(stand_out, reader.units - 1)",
        "stand_out",
        f"{_DESIGNS}::test_a_short_last_unit_does_not_count_as_a_whole_one",
    ),
    Fault("etl_batch.file_estimate.draw.Draw._in_turn", "np.lexsort((zone, turn))", "np.lexsort((turn, zone))", _ZONES),
    Fault("etl_batch.file_estimate.unread.unread_doubt", "if farthest <= half", "if farthest >= half", _UNREAD),
    Fault("etl_batch.formats.parquet.unit_bounds.bounds_of", "if may_count_as_0 or nulls", "if nulls", _UNREAD),
    Fault("etl_batch.formats.parquet.unit_bounds.outstanding", "_OUTSTANDING *", "1e9 *", _UNREAD),
    Fault(
        "etl_batch.file_estimate.estimate_file.is_within",
        "not all(said.startswith(ON_STRATA)",
        "not all(True",
        f"{_ESTIMATE}::test_only_warnings_on_the_total_count",
    ),
    Fault(
        "etl_batch.file_estimate.estimate_file._answer",
        "bytes_read + whole.bytes_read",
        "whole.bytes_read",
        f"{_ESTIMATE}::test_the_bytes_of_a_sample_that_did_not_do_are_counted",
    ),
)
