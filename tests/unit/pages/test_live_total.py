"""Totals while rows come in: the last look is the whole sample, and the intervals hold at all looks together."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import Forbidden, NotFound, WhereInvalid
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import EstimateService, LiveQuestion
from pages.services.live_total import LiveTotal, as_packed, unpacked
from tests.unit.pages.conftest import ANALYST, AUDITOR

OUTPUT = "output/sales.csv"


def _drawn(seed: int, sizes: tuple[int, ...] = (4000, 900, 100), share: float = 0.6) -> LiveTotal:
    """A population of lognormal values, sampled by the square roots of its strata."""
    rng = np.random.default_rng(seed)
    values = [rng.lognormal(1.0, 0.6, size) for size in sizes]
    picked, strata, order = [], [], []
    for at, (rows, size) in enumerate(zip(values, sizes, strict=True)):
        priority = rng.random(size)
        key = priority * math.sqrt(size)
        chosen = np.flatnonzero(key <= share * math.sqrt(min(sizes)))
        picked.append(rows[chosen])
        strata.append(np.full(len(chosen), at))
        order.append(key[chosen])
    ranks = np.argsort(np.concatenate(order))
    return LiveTotal(
        measure="value",
        values=np.concatenate(picked)[ranks],
        strata=np.concatenate(strata)[ranks],
        certain=tuple(np.empty(0) for _ in sizes),
        populations={str(at): size for at, size in enumerate(sizes)},
        confidence=0.95,
        exact=math.fsum(float(rows.sum()) for rows in values),
    )


def test_intervals_hold_at_all_looks_together() -> None:
    """Nominal: 5 % of runs miss at some look; a plain 1.96 would miss in a third of them."""
    runs, missed, naive = 50, 0, 0
    for seed in range(runs):
        live = _drawn(seed)
        assert live.exact is not None
        looks = [look for look in map(live.look, live.schedule[::2]) if look.low is not None and look.high is not None]
        missed += any(not (look.low or 0) <= live.exact <= (look.high or 0) for look in looks)
        naive += any(abs(look.total - live.exact) > ((look.high or 0) - look.total) * 1.96 / 3.1 for look in looks)
    assert missed <= 0.16 * runs  # chance allows it
    assert naive > missed


@given(st.integers(0, 50))
def test_the_schedule_grows_to_the_whole_sample(seed: int) -> None:
    live = _drawn(seed)
    schedule = live.schedule
    assert schedule == sorted(set(schedule))
    assert schedule[-1] == len(live.values)
    assert len(schedule) <= 40


def test_every_beginning_is_allocated_by_square_roots() -> None:
    live = _drawn(3, (40_000, 10_000, 2_500), 0.9)
    roots = np.sqrt([40_000, 10_000, 2_500])
    for rows in live.schedule[len(live.schedule) // 2 :]:
        counts = np.bincount(live.strata[:rows], minlength=3)
        expected = rows * roots / roots.sum()
        assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected) + 2)


def test_the_last_look_is_the_runs_sample(results_home: Path) -> None:
    answer = EstimateService(results_home).ask(ANALYST, AskedEstimate(file=OUTPUT, measures=("value",)))
    live = EstimateService(results_home).live(ANALYST, LiveQuestion(file=OUTPUT, measure="value"))
    last = live.look(live.schedule[-1])
    assert math.isclose(last.total, answer["estimates"][0]["total"], rel_tol=1e-12)
    assert live.exact == pytest.approx(answer["estimates"][0]["exact_total"])
    assert last.low is not None
    assert last.low < last.total


def test_a_filter_leaves_rows_out_but_counts_them_as_sampled(results_home: Path) -> None:
    whole = EstimateService(results_home).live(ANALYST, LiveQuestion(file=OUTPUT, measure="quantity"))
    some = EstimateService(results_home).live(
        ANALYST, LiveQuestion(file=OUTPUT, measure="quantity", where="product = 'MILK'")
    )
    assert len(some.values) == len(whole.values)
    assert 0 < np.count_nonzero(some.values) < np.count_nonzero(whole.values)
    assert some.exact is None


def test_totals_of_what_is_not_below_zero_are_not_below_what_was_seen() -> None:
    live = _drawn(1)
    for rows in live.schedule:
        look = live.look(rows)
        assert look.low is None or look.low >= math.fsum(live.values[:rows]) - 1e-6


def test_what_has_no_sample_is_refused(results_home: Path) -> None:
    with pytest.raises(NotFound):
        EstimateService(results_home).live(ANALYST, LiveQuestion(file="data/sales.csv", measure="value"))
    with pytest.raises(NotFound):
        EstimateService(results_home).live(ANALYST, LiveQuestion(file=OUTPUT, measure="_order"))
    with pytest.raises(WhereInvalid):
        EstimateService(results_home).live(ANALYST, LiveQuestion(file=OUTPUT, measure="value", where="no = 1"))
    with pytest.raises(Forbidden):
        EstimateService(results_home).live(AUDITOR, LiveQuestion(file=OUTPUT, measure="value"))


def test_no_row_is_no_look() -> None:
    live = LiveTotal("x", np.empty(0), np.empty(0, np.int64), (np.empty(0),), {"a": 5}, 0.95, None)
    assert live.schedule == []
    assert live.look(0).low is None


@given(st.integers(0, 50))
def test_it_travels_between_processes_unchanged(seed: int) -> None:
    live = _drawn(seed, (400, 90, 10))
    came = unpacked(json.loads(json.dumps(as_packed(live), allow_nan=False)))
    assert np.array_equal(came.values, live.values)
    assert np.array_equal(came.strata, live.strata)
    assert [one.tolist() for one in came.certain] == [one.tolist() for one in live.certain]
    assert (came.populations, came.confidence, came.exact) == (live.populations, live.confidence, live.exact)
