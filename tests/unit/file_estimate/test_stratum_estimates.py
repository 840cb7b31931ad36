"""Strata of a sample of blocks: intervals corrected for skewness, with a word where they may hold less often."""

from __future__ import annotations

import numpy as np
import pytest

from etl_batch.estimate.clusters import Units
from etl_batch.estimate.stratum_warnings import FEW
from etl_batch.estimate.zone_spread import Drawn
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.file_estimate.stratum_estimates import stratum_estimates
from etl_batch.file_estimate.tally import StrataRows
from etl_batch.formats.csv import unit_reader
from etl_batch.formats.units.unit import ROWS
from etl_batch.values import StratumEstimate
from tests.conftest import Home

BLOCKS, BLOCK_ROWS, DRAWN, RUNS = 2_000, 20, 100, 400
NAMES = ["even", "skewed", "rare"]
EVEN, SKEWED, RARE = range(3)

Floats = np.ndarray


def strata_of_rows(chance: np.random.Generator) -> np.ndarray:
    """Every tenth row is of the skewed stratum."""
    return np.where(chance.random((BLOCKS, BLOCK_ROWS)) < 0.1, SKEWED, EVEN)


def values_of(codes: np.ndarray, chance: np.random.Generator) -> Floats:
    return np.where(codes == SKEWED, chance.lognormal(0, 1.5, codes.shape), chance.normal(50, 5, codes.shape))


def sample_of(blocks: np.ndarray, codes: np.ndarray, values: Floats) -> dict[str, StratumEstimate]:
    rows = np.full(len(blocks), float(BLOCK_ROWS))
    units = Units(
        name="block", population=BLOCKS, drawn=Drawn(np.zeros(len(blocks), np.int64), np.array([BLOCKS])), sizes=rows,
        size_name="rows", size_population=float(BLOCKS * BLOCK_ROWS), rows=rows, rows_population=BLOCKS * BLOCK_ROWS,
        equal=True,
    )  # fmt: skip
    of_rows = StrataRows(
        units=len(blocks),
        unit_of_row=np.repeat(np.arange(len(blocks)), BLOCK_ROWS),
        codes=codes[blocks].ravel(),
        values={"value": values[blocks].ravel(), ROWS: np.ones(len(blocks) * BLOCK_ROWS)},
    )
    return {estimate.stratum: estimate for estimate in stratum_estimates(units, of_rows, NAMES, "value", 0.95)}


def test_skewed_strata_are_not_missed_without_a_word() -> None:
    chance = np.random.default_rng(3)
    codes = strata_of_rows(chance)
    held = silent = plain = even = warned = 0
    for run in range(RUNS):
        if run % 20 == 0:
            values = values_of(codes, chance)
        found = sample_of(chance.choice(BLOCKS, DRAWN, replace=False), codes, values)
        at_skewed, at_even = found["skewed"], found["even"]
        truth = values[codes == SKEWED].sum()
        assert at_skewed.ci_low is not None
        assert at_skewed.ci_high is not None
        assert at_skewed.std_error is not None
        is_held = at_skewed.ci_low <= truth <= at_skewed.ci_high
        held += is_held
        plain += abs(at_skewed.total - truth) <= 1.984 * at_skewed.std_error
        silent += not is_held and not at_skewed.warnings
        assert at_even.ci_low is not None
        assert at_even.ci_high is not None
        even += at_even.ci_low <= values[codes == EVEN].sum() <= at_even.ci_high
        warned += bool(at_even.warnings)
    assert held / RUNS >= 0.91
    assert held - plain >= 0.02 * RUNS  # Student's t alone holds less often
    assert silent / RUNS <= 0.05 + 2 * (0.05 * 0.95 / RUNS) ** 0.5
    assert even / RUNS >= 0.93
    assert warned / RUNS <= 0.05


def test_the_interval_reaches_farther_where_the_tail_is() -> None:
    chance = np.random.default_rng(4)
    codes = strata_of_rows(chance)
    skewed = sample_of(np.arange(DRAWN), codes, values_of(codes, chance))["skewed"]
    assert skewed.ci_low is not None
    assert skewed.ci_high is not None
    assert skewed.ci_high - skewed.total > 1.3 * (skewed.total - skewed.ci_low)
    assert any(said.startswith("skewed: ") for said in skewed.warnings)


def test_low_n_counts_the_blocks_that_hold_a_stratum_not_its_rows() -> None:
    chance = np.random.default_rng(5)
    codes = strata_of_rows(chance)
    codes[:5] = RARE
    found = sample_of(np.arange(DRAWN), codes, values_of(codes, chance))
    assert found["rare"].sample == 5 * BLOCK_ROWS
    assert found["rare"].warnings[0] == "low n: 5 blocks in the sample"


def test_what_is_said_of_all_strata_counts_those_of_few_blocks(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand rows side by side in a few blocks of 1 KiB."""
    monkeypatch.setattr(unit_reader, "BLOCK_BYTES", 1024)
    rows = [f"{'rare' if 30_000 <= row < 31_000 else 'even'},{row % 7}.5" for row in range(200_000)]
    home.put("in.csv", ("product,value\n" + "\n".join(rows) + "\n").encode())
    (estimate,) = estimate_file(
        home.config(home.data / "in.csv"), Question(measures=("value",), whole_bytes=0)
    ).estimates
    assert {part.stratum: part.sample > FEW for part in estimate.strata} == {"even": True, "rare": True}
    assert "low n: 1 of the 2 strata met lie in fewer than 30 of the blocks read" in estimate.warnings
