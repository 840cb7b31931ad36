"""Totals: published figures, closed forms, and what must never happen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.allocation import allocate
from etl_batch.estimate.estimator import estimate_total, stratified_total
from etl_batch.estimate.quantiles import t_quantile
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.values import StratumEstimate, TotalEstimate

#: Inhabitants of 64 cities of the United States in 1930, in thousands (Cochran 1977, table 5.1)
LARGE_CITIES = (900, 822, 781, 805, 670, 1238, 573, 634, 578, 487, 442, 451, 459, 464, 400, 366)
SMALL_CITIES = (
    364, 317, 328, 302, 288, 291, 253, 291, 308, 272, 284, 255, 270, 214, 195, 260,
    209, 183, 163, 253, 232, 260, 201, 147, 292, 164, 143, 169, 139, 170, 150, 143,
    113, 115, 123, 154, 140, 119, 130, 127, 100, 107, 114, 111, 163, 116, 122, 134,
)  # fmt: skip


def with_variance_of(cities: tuple[int, ...], rows: int) -> np.ndarray:
    """A sample whose variance is just that of the whole population, so that the estimate's error is the true one."""
    wanted = float(np.var(cities, ddof=1))
    pattern = np.arange(rows) - (rows - 1) / 2
    return np.mean(cities) + pattern * math.sqrt(wanted / np.var(pattern, ddof=1))


@pytest.mark.parametrize(
    ("strata", "budget", "power", "std_error"),
    [
        ([LARGE_CITIES + SMALL_CITIES], 24, 1, 2365),
        ([LARGE_CITIES, SMALL_CITIES], 24, 1, 1372),
        ([LARGE_CITIES, SMALL_CITIES], 24, 0, 1044),
    ],
    ids=["simple", "proportional", "equal"],
)
def test_64_cities(strata: list[tuple[int, ...]], budget: int, power: float, std_error: float) -> None:
    """Standard errors of the total that Cochran (1977, 5.8) gives for three ways to draw 24 cities."""
    populations = {str(at): len(cities) for at, cities in enumerate(strata)}
    rows = allocate(populations, budget, power)
    samples = {str(at): with_variance_of(cities, rows[str(at)]) for at, cities in enumerate(strata)}
    found = stratified_total(samples, populations)
    assert found.std_error is not None
    assert round(found.std_error) == std_error
    assert found.total == pytest.approx(sum(map(sum, strata)), rel=1e-9)


def test_the_fpc_example_of_stata() -> None:
    """Survey Data Reference Manual, `svyset`: a mean of 5.4481, standard error 0.6160, without fpc 0.7413."""
    samples = {"1": [2.8, 4.1, 6.8, 6.8, 9.2], "2": [3.7, 6.6, 4.2]}
    found = stratified_total(samples, {"1": 15, "2": 12})
    assert found.std_error is not None
    assert (round(found.total / 27, 4), round(found.std_error / 27, 4)) == (5.4481, 0.6160)
    factor = 10**9  # of so large a population, hardly any part is sampled
    found = stratified_total(samples, {"1": 15 * factor, "2": 12 * factor})
    assert found.std_error is not None
    assert round(found.std_error / 27 / factor, 4) == 0.7413


def test_one_stratum_in_closed_form() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = stratified_total({"s": values}, {"s": 10}, confidence=0.9)
    std_error = math.sqrt(10 * 6 * np.var(values, ddof=1) / 4)
    half = t_quantile(0.95, 3) * std_error
    assert found.total == pytest.approx(40, rel=1e-12)
    assert found.std_error == pytest.approx(std_error, rel=1e-12)
    assert found.df == pytest.approx(3, rel=1e-12)
    assert found.ci_low == pytest.approx(max(40 - half, 16), rel=1e-9)
    assert found.ci_high == pytest.approx(40 + half, rel=1e-9)
    assert [(part.stratum, part.total, part.sample, part.population) for part in found.strata] == [("s", 40, 4, 10)]


def test_each_stratum_in_closed_form() -> None:
    """The interval of a stratum is its own: the t quantile of its own degrees of freedom."""
    samples = {
        "a": np.array([1.0, 2.0, 4.0, 9.0]),
        "b": np.array([100.0, 150.0, 170.0]),
        "c": np.array([-20.0, 3.0, 5.0]),
    }
    populations = {"a": 10, "b": 300, "c": 50}
    found = stratified_total(samples, populations, confidence=0.9)
    for part in found.strata:
        values, rows = samples[part.stratum], populations[part.stratum]
        n = len(values)
        std_error = math.sqrt(rows * (rows - n) * np.var(values, ddof=1) / n)
        half = t_quantile(0.95, n - 1) * std_error
        assert part.std_error == pytest.approx(std_error, rel=1e-12)
        assert part.ci_high == pytest.approx(part.total + half, rel=1e-9)
        floor = values.sum() if values.min() >= 0 else -math.inf  # what was seen; but with values below 0 it is none
        assert part.ci_low == pytest.approx(max(part.total - half, floor), rel=1e-9)


def test_satterthwaite() -> None:
    samples = {"a": [1.0, 2, 3, 5], "b": [10.0, 30, 70]}
    found = stratified_total(samples, {"a": 100, "b": 20})
    parts = [100 * 96 * np.var(samples["a"], ddof=1) / 4, 20 * 17 * np.var(samples["b"], ddof=1) / 3]
    assert found.df == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 3 + parts[1] ** 2 / 2), rel=1e-12)


def test_a_census_has_no_error() -> None:
    found = stratified_total({"a": [1.0, 2], "b": [5.0]}, {"a": 2, "b": 1})
    assert (found.total, found.std_error, found.df, found.ci_low, found.ci_high) == (8, 0, None, 8, 8)
    assert found.method == "census: every row was seen"


def test_a_census_stratum_adds_no_error() -> None:
    alone = stratified_total({"a": [1.0, 2, 4]}, {"a": 30})
    both = stratified_total({"a": [1.0, 2, 4], "b": [5.0, 6]}, {"a": 30, "b": 2})
    assert (both.std_error, both.df) == (alone.std_error, alone.df)
    assert both.total == alone.total + 11


def test_rows_taken_for_certain_leave_the_population() -> None:
    certain = np.array([1000.0, 900])
    found = estimate_total([StratumSample("a", 12, np.array([1.0, 2, 4]), certain)], "value")
    without = estimate_total([StratumSample("a", 10, np.array([1.0, 2, 4]))], "value")
    assert found.total == without.total + 1900
    assert found.std_error == without.std_error
    assert (found.rows_population, found.rows_sampled) == (12, 5)


def test_equal_values_prove_nothing() -> None:
    found = stratified_total({"a": [3.0, 3, 3]}, {"a": 10})
    assert found.total == 30
    assert (found.std_error, found.df, found.ci_low, found.ci_high) == (None, None, None, None)
    assert "no interval" in found.warnings[0]


def test_a_single_row_is_collapsed_with_the_stratum_nearest_in_size() -> None:
    samples = {"lone": [8.0], "near": [1.0, 3], "far": [100.0, 500]}
    found = stratified_total(samples, {"lone": 10, "near": 12, "far": 1000})
    pooled = np.var([8, 1, 3], ddof=1)
    parts = [10 * 9 * pooled, 12 * 10 * np.var([1, 3], ddof=1) / 2, 1000 * 998 * np.var([100, 500], ddof=1) / 2]
    assert found.total == 80 + 24 + 300_000
    assert found.std_error == pytest.approx(math.sqrt(sum(parts)), rel=1e-12)
    assert "1 stratum has (lone) fewer than 2 sampled rows" in found.warnings[0]


def test_nothing_was_sampled() -> None:
    found = stratified_total({}, {"a": 10})
    assert (found.total, found.std_error, found.ci_low, found.ci_high) == (0, None, None, None)
    assert stratified_total({}, {}).total == 0


@pytest.mark.parametrize(
    ("samples", "populations", "confidence", "says"),
    [
        ({"a": [1.0, 2]}, {"a": 1}, 0.95, "larger than its population"),
        ({"b": [1.0]}, {"a": 1}, 0.95, "no population"),
        ({"a": [math.nan]}, {"a": 2}, 0.95, "not a finite"),
        ({"a": [math.inf, 1]}, {"a": 2}, 0.95, "not a finite"),
        ({"a": [1.0]}, {"a": 2}, 1.0, "confidence"),
    ],
)
def test_what_is_refused(
    samples: dict[str, list[float]], populations: dict[str, int], confidence: float, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        stratified_total(samples, populations, confidence)


VALUES = st.one_of(st.floats(-1e9, 1e9, allow_subnormal=False), st.sampled_from([0.0, 1.0, 1e-9]))


@st.composite
def stratum(draw: st.DrawFn, values: st.SearchStrategy[float] = VALUES) -> StratumSample:
    sampled = draw(st.lists(values, max_size=8))
    certain = draw(st.lists(values, max_size=3))
    more = draw(st.sampled_from([0, 1, 2, 50, 10**6]))
    population = len(sampled) + len(certain) + more
    return StratumSample(draw(st.text(max_size=2)), population, np.array(sampled), np.array(certain))


def assert_honest(found: TotalEstimate | StratumEstimate, *, is_census: bool) -> None:
    numbers = (found.total, found.std_error, found.ci_low, found.ci_high)
    assert all(number is None or math.isfinite(number) for number in numbers)
    assert (found.ci_low is None) == (found.ci_high is None) == (found.std_error is None)
    if found.ci_low is not None and found.ci_high is not None:
        assert found.ci_low <= found.total <= found.ci_high
        assert is_census or found.ci_low < found.ci_high


@given(st.lists(stratum(), max_size=6))
def test_no_nan_and_no_interval_of_no_width(strata: list[StratumSample]) -> None:
    found = estimate_total(strata, "value")
    seen_all = [len(part.values) + len(part.certain) == part.population for part in strata]
    assert_honest(found, is_census=all(seen_all))
    for part, whole in zip(found.strata, seen_all, strict=True):
        assert_honest(part, is_census=whole)


@given(st.lists(stratum(st.floats(0, 1e9)), min_size=1, max_size=6))
def test_no_bound_below_what_was_seen(strata: list[StratumSample]) -> None:
    found = estimate_total(strata, "value")
    if found.ci_low is not None:
        seen = sum(float(part.values.sum() + part.certain.sum()) for part in strata)
        assert found.ci_low >= seen * (1 - 1e-12) >= 0
    assert all(part.ci_low is None or part.ci_low >= 0 for part in found.strata)


@given(st.lists(stratum(st.floats(-1e6, 1e6)), min_size=1, max_size=5), st.sampled_from([0.25, 3.0, -1.0]))
def test_units_do_not_matter(strata: list[StratumSample], factor: float) -> None:
    scaled = [
        StratumSample(sample.name, sample.population, sample.values * factor, sample.certain * factor)
        for sample in strata
    ]
    before, after = estimate_total(strata, "m"), estimate_total(scaled, "m")
    scale = abs(before.total) + (before.std_error or 0) + 1e-3
    assert after.total == pytest.approx(before.total * factor, abs=1e-9 * scale)
    if before.std_error is not None and before.std_error > 1e-6 * scale:
        assert after.std_error == pytest.approx(before.std_error * abs(factor), rel=1e-6)


@given(st.lists(stratum(st.floats(-1e6, 1e6)), min_size=2, max_size=5, unique_by=lambda sample: sample.name))
def test_the_order_of_the_strata_does_not_matter(strata: list[StratumSample]) -> None:
    found, reversed_ = estimate_total(strata, "m"), estimate_total(strata[::-1], "m")
    assert found.total == pytest.approx(reversed_.total, rel=1e-9, abs=1e-6)
    assert (found.std_error is None) == (reversed_.std_error is None)
    if found.std_error is not None:
        assert found.std_error == pytest.approx(reversed_.std_error, rel=1e-9)


def test_skewness_is_corrected_and_told() -> None:
    values = np.array([1.0, 1, 1, 1, 2, 2, 3, 50])
    plain = stratified_total({"a": values}, {"a": 1000})
    found = estimate_total([StratumSample("a", 1000, values)], "value")
    assert plain.ci_high is not None
    assert found.ci_high is not None
    assert found.ci_high > plain.ci_high
    assert any("very skewed" in warning for warning in found.warnings)
    assert any("a single sampled row supplies" in warning for warning in found.warnings)
