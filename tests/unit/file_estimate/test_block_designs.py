"""Block designs hold, or say that they may not: 400 samples each, with fixed seeds. `make simulate` looks longer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from etl_batch.file_estimate.question import WHOLE_BYTES, Question
from etl_batch.file_estimate.sampling import ReadWhole, Sampling
from etl_batch.formats.binary.unit_reader import open_binary
from etl_batch.formats.units.unit import Bounds, Rows, Wanted
from tests.bench.simulate_blocks import (
    BLOCK_ROWS,
    ORDERS,
    QUESTIONS,
    ROWS,
    WANTED,
    ArrayReader,
    ordered,
    outcome,
    population,
    simulate,
)
from tests.bench.simulate_files import LARGE_ROWS, binary_input

pytestmark = pytest.mark.simulation

REPETITIONS = 400
SILENT = 0.05 + 2 * math.sqrt(
    0.05 * 0.95 / REPETITIONS
)  #: misses that nothing warns of: nominal, and two errors of chance
SHARE, WITHIN = QUESTIONS.values()


@pytest.mark.parametrize("order", [*ORDERS, "last 1 %", "1 % in the middle", "0.5 % in the middle"])
def test_misses_are_not_silent_wherever_the_large_rows_lie(order: str) -> None:
    found = simulate(population("gamma", order, np.random.default_rng(7)), SHARE, REPETITIONS)
    assert found.silent <= SILENT
    if order in {"shuffled", "clustered"}:
        assert found.warned <= 0.05


def test_zones_cost_nothing_where_rows_are_shuffled_and_gain_on_a_trend() -> None:
    values = population("gamma", "shuffled", np.random.default_rng(7))
    units = values.reshape(-1, BLOCK_ROWS).sum(axis=1)
    simple = 1.96 * units.std(ddof=1) / units.mean() * math.sqrt(1 / 600 - 1 / len(units))
    assert simulate(values, SHARE, 60).half_width <= 1.06 * simple
    trend = simulate(values * np.linspace(1, 10, ROWS), SHARE, 60)
    assert trend.half_width <= 1.3 * simple
    assert trend.warned == 0


@pytest.mark.parametrize(
    ("kind", "order"), [("lognormal 1", "clustered"), ("lognormal 1", "sorted"), ("pareto 1.3", "sorted")]
)
def test_heavy_tails_are_no_silent_miss(kind: str, order: str) -> None:
    assert simulate(population(kind, order, np.random.default_rng(8)), SHARE, REPETITIONS).silent <= SILENT


@pytest.mark.parametrize(("kind", "order"), [("gamma", "last 1 %"), ("lognormal 2", "clustered")])
def test_a_wanted_error_is_kept_or_the_answer_exact(kind: str, order: str) -> None:
    found = simulate(population(kind, order, np.random.default_rng(9)), WITHIN, REPETITIONS)
    assert found.silent <= SILENT
    assert found.warned == 0
    assert found.half_width <= 0.05


def test_a_short_last_unit_does_not_count_as_a_whole_one() -> None:
    """Totals that hardly differ: one of 4,001 units that is all but empty is then three standard errors."""
    values = np.random.default_rng(10).normal(10, 0.1, ROWS + 1)
    assert simulate(values, SHARE, REPETITIONS).silent <= SILENT


class UnevenReader(ArrayReader):
    """Units of 20 and of 40 rows, and one of 3."""

    def __post_init__(self) -> None:
        sizes = np.where(np.random.default_rng(4).random(len(self.values) // 30) < 0.9, 20, 40)
        self._ends = np.minimum(np.append(np.cumsum(sizes), len(self.values)), len(self.values))
        self.equal = False

    @property
    def units(self) -> int:
        return len(self._ends)

    def read(self, numbers: Sequence[int] | np.ndarray, wanted: Wanted) -> Rows:
        ends = self._ends[numbers]
        starts = np.where(np.asarray(numbers) > 0, self._ends[np.asarray(numbers) - 1], 0)
        found = np.concatenate([self.values[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
        per_unit = ends - starts
        return Rows(per_unit, per_unit.astype(np.float64), {wanted.measures[0]: found}, None, None)


def test_units_that_are_not_equally_large_are_taken_by_their_size() -> None:
    values = np.random.default_rng(11).normal(10, 0.1, ROWS)
    assert simulate(values, SHARE, REPETITIONS, UnevenReader).silent <= SILENT


@pytest.mark.parametrize("value", [9.99, 0.1, 1e9 / 3])
def test_equal_prices_leave_no_interval_and_a_reason(value: float) -> None:
    for reader in (ArrayReader, UnevenReader):
        found = Sampling(reader(np.full(ROWS, value)), WANTED, SHARE).run()
        assert not isinstance(found, ReadWhole)
        (estimate,) = found.estimates
        assert (estimate.ci_low, estimate.ci_high, estimate.std_error) == (None, None, None)
        assert any("which does not prove" in said for said in estimate.warnings)


class BoundedReader(ArrayReader):
    """Few, large units whose least and largest values are known, as a Parquet file has them."""

    def __post_init__(self) -> None:
        self.run, self.least_units = 300, 100
        groups = self.values.reshape(-1, self.run)
        self.known = Bounds(groups.min(axis=1) * self.run, groups.max(axis=1) * self.run)


@pytest.mark.parametrize(("spread", "warned"), [(0.0005, 0.0), (3.0, 1.0)])
def test_few_units_are_enough_where_what_is_known_bounds_the_others(spread: float, warned: float) -> None:
    """What lies together in six unread units of 400 may be missed, unless it cannot matter."""
    values = np.random.default_rng(3).uniform(10 - spread, 10 + spread, ROWS)
    values += 0.05 * np.repeat(np.random.default_rng(4).integers(0, 2, ROWS // 300), 300)
    found = simulate(values, SHARE, 40, BoundedReader)
    assert found.warned == warned


def test_a_file_of_more_than_64_mib(tmp_path: Path) -> None:
    values = ordered(np.random.default_rng(1).gamma(4.0, 1.0, LARGE_ROWS), "last 1 %", np.random.default_rng(2))
    source = binary_input(tmp_path, values)
    assert source.identity.size > WHOLE_BYTES
    with open_binary(source) as reader:
        runs = [Sampling(reader, WANTED, Question(measures=("value",), seed=seed)).run() for seed in range(REPETITIONS)]
    source.place.path.unlink()
    found = outcome([None if isinstance(run, ReadWhole) else run.estimates[0] for run in runs], float(values.sum()))
    assert found.silent <= SILENT
    assert found.whole == 0
