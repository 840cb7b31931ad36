"""What is expected of a sample: wide enough for what is drawn, narrow enough to be of use, and never believed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.errors import SampleTooSmall
from etl_batch.estimate.allocation import allocate_counts
from etl_batch.sampling.draw import draw
from etl_batch.sampling.expected import Expected, Glimpsed, expected
from etl_batch.sampling.packing import Packed, pack, unpack
from etl_batch.sampling.plan import MINIMUM, drawn_place
from etl_batch.sampling.sample_state import SampleState
from etl_batch.sampling.span_sampler import SpanSampler
from etl_batch.sampling.thresholds import limits_of, scale_bound
from etl_batch.values import Span
from tests.helpers.chance import examples
from tests.property.sampling.test_sample import Rows, SideFile, plan_of, rows_in, sampled

_ALL = 2**64 - 1


def sampled_with(was: Expected, names: list[str], budget: int, cut: int) -> list[tuple[int, int, bool, bool]]:
    """The sample of rows in two spans, beyond an expectation."""
    plan = plan_of(len(names), budget)
    state, file, sampler = SampleState(plan, 1, was), SideFile(), SpanSampler(plan, was)
    for number, (start, stop) in enumerate(((0, cut), (cut, len(names)))):
        rows = Rows(names[start:stop], [float(row % 7) for row in range(start, stop)], start)
        part = sampler.take(rows, Span(number, 0, start, stop, start, stop - start))  # type: ignore[arg-type]
        if part is not None:
            file.add(part, state)
    state.prune()
    assert state.totals is not None
    return rows_in(state, draw(plan, state.totals, state.candidates, was), file)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.sampled_from("aaaabbc"), min_size=20, max_size=400), st.integers(1, 40), st.integers(0, 20),
    st.lists(st.floats(0.001, 1), min_size=3, max_size=3),
)  # fmt: skip
def test_whatever_is_expected_it_is_the_sample_or_it_is_seen(
    names: list[str], budget: int, cut: int, shares: list[float]
) -> None:
    """Rows beyond it are missing, even those of large values: then others of their priority are, too."""
    state, drawn, file = sampled(plan_of(len(names), budget), names, [float(row % 7) for row in range(len(names))], [])
    assert state.totals is not None
    limits = np.array([min(int(share * 2.0**64), _ALL) for share in shares], np.uint64)[: state.totals.strata]
    try:
        found = sampled_with(Expected(state.totals.keys, limits), names, budget, cut)
    except SampleTooSmall:
        candidates, needed = state.candidates, dict(enumerate(drawn.drawn.tolist()))
        within = candidates.priority <= limits[candidates.strata]
        there = np.bincount(candidates.strata[within], minlength=state.totals.strata)
        assert any(there[stratum] < count for stratum, count in needed.items())
    else:
        assert found == rows_in(state, drawn, file)


@pytest.mark.parametrize("seed", range(12))
def test_a_row_of_a_large_value_stands_in_for_none_that_is_missing(seed: int) -> None:
    """It is kept whatever its priority; a stratum that lacks one row for the sample must not be given that one."""
    names, plan = ["a"] * 400, plan_of(400, 40, seed)
    numbers = [float((row * 197 + seed) % 401) for row in range(400)]
    state, drawn, _ = sampled(plan, names, numbers, [])
    assert state.totals is not None
    last = np.sort(state.candidates.priority)[drawn.drawn[0] - 1]
    was = Expected(state.totals.keys, np.array([last - np.uint64(1)]))
    part = SpanSampler(plan, was).take(Rows(names, numbers, 0), Span(0, 0, 0, 400, 0, 400))  # type: ignore[arg-type]
    assert part is not None
    with pytest.raises(SampleTooSmall):
        draw(plan, state.totals, part.candidates, was)


def glimpsed(rows: np.ndarray, places: int, in_each: int, seed: int) -> list[Glimpsed]:
    """Rows of some places, one in each part of the whole, as `glimpses` takes them."""
    part, found = len(rows) / places, []
    for number in range(places):
        at = min(int((number + drawn_place(seed, number)) * part), len(rows) - in_each)
        found.append(np.unique(rows[at : at + in_each], return_counts=True))
    half = places // 2
    told = []
    for its in (found[:half], found[half:]):
        keys = np.unique(np.concatenate([keys for keys, _ in its])).astype(np.uint64)
        counts = np.zeros((len(its), len(keys)), np.int64)
        for line, (ours, rows_of) in zip(counts, its, strict=True):
            line[np.searchsorted(keys, ours)] = rows_of
        told.append(Glimpsed(keys, counts, 10 * in_each * len(its)))
    return told


def shares_needed(rows: np.ndarray, budget: int) -> dict[int, float]:
    """Of each stratum the share that is drawn of it."""
    keys, counts = np.unique(rows, return_counts=True)
    drawn = allocate_counts(counts, budget + int(np.minimum(counts, MINIMUM).sum()))
    return dict(zip(keys.tolist(), (drawn / counts).tolist(), strict=True))


def mixed_rows(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.minimum(chance.zipf(1.3, 400_000), 60)


@pytest.mark.parametrize("seed", range(8))
def test_of_rows_that_are_the_same_everywhere_little_is_kept_in_vain(seed: int) -> None:
    rows, budget = mixed_rows(seed), 8_000
    found = expected(plan_of(len(rows), budget, seed), glimpsed(rows, 64, 800, seed), 10 * len(rows))
    assert found is not None
    needed = shares_needed(rows, budget)
    limits = found.of(np.array(sorted(needed), np.uint64)) / 2.0**64
    counts = np.unique(rows, return_counts=True)[1]
    for share, limit, count in zip(
        (needed[key] for key in sorted(needed)), limits.tolist(), counts.tolist(), strict=True
    ):
        drawn = share * count
        assert limit == 1.0 or limit * count > drawn + 5 * math.sqrt(drawn)
    exact = limits_of(counts, scale_bound(counts, 0, budget, 100_000), 0.0) / 2.0**64
    assert float((limits * counts).sum()) < 1.4 * float((exact * counts).sum())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("strata", [5, 20, 200])
def test_where_strata_lie_together_limits_are_wide_enough_too(seed: int, strata: int) -> None:
    rows = np.sort(np.random.default_rng(seed).integers(0, strata, 400_000))
    budget = 4_000
    found = expected(plan_of(len(rows), budget, seed), glimpsed(rows, 64, 200, seed), 10 * len(rows))
    if found is None:
        return
    needed = shares_needed(rows, budget)
    limits = found.of(np.array(sorted(needed), np.uint64)) / 2.0**64
    assert all(limit > needed[key] for key, limit in zip(sorted(needed), limits.tolist(), strict=True))


def test_of_few_places_or_of_nothing_nothing_is_expected() -> None:
    rows, plan = mixed_rows(1), plan_of(400_000, 8_000)
    assert expected(plan, glimpsed(rows, 32, 200, 1), 4_000_000) is not None
    assert expected(plan, glimpsed(rows, 30, 200, 1), 4_000_000) is None
    assert expected(plan, [], 4_000_000) is None
    assert expected(plan, [Glimpsed(np.empty(0, np.uint64), np.empty((40, 0), np.int64), 40)], 4_000_000) is None
    assert expected(plan_of(400_000, 100), glimpsed(rows, 64, 200, 1), 4_000_000) is None, "the least numbers take more"
    assert expected(plan_of(400_000, 400_000), glimpsed(rows, 64, 200, 1), 4_000_000) is None, "all rows are drawn"
    many = Glimpsed(np.arange(5_000, dtype=np.uint64), np.ones((40, 5_000), np.int64), 40)
    assert expected(plan, [many], 4_000_000) is None


def test_strata_that_no_place_has_are_not_limited() -> None:
    was = Expected(np.array([3, 8], np.uint64), np.array([5, 6], np.uint64))
    assert was.of(np.array([1, 3, 4, 8, 9], np.uint64)).tolist() == [_ALL, 5, _ALL, 6, _ALL]


def test_it_travels_as_bytes() -> None:
    was = Expected(np.array([3, 8], np.uint64), np.array([5, 6], np.uint64))
    found = Expected.of_packed(unpack(was.packed()))
    assert found is not None
    assert (found.keys.tolist(), found.limits.tolist()) == ([3, 8], [5, 6])
    assert Expected.of_packed(unpack(pack(Packed({"where": (1,)}, {})))) is None


def test_strata_that_are_united_may_lack_rows() -> None:
    names = [f"s{row % 60}" for row in range(600)]
    plan = plan_of(600, 30, most=50)
    state, _, _ = sampled(plan, names, [1.0] * 600, [])
    assert state.totals is not None
    was = Expected(np.array([3], np.uint64), np.array([5], np.uint64))
    with pytest.raises(SampleTooSmall, match="not kept apart"):
        draw(plan, state.totals, state.candidates, was)


def test_places_are_all_over() -> None:
    drawn = [drawn_place(7, number) for number in range(2_000)]
    assert 0 <= min(drawn) < 0.01
    assert 0.99 < max(drawn) < 1
    assert abs(sum(drawn) / 2_000 - 0.5) < 0.03
    assert drawn != [drawn_place(8, number) for number in range(2_000)]
