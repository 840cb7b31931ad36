"""The sample of a file: a pilot, as many units as the wanted error takes, and a second look at what came out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from etl_batch.estimate.clusters import (
    FEW_UNITS,
    SKEWED,
    UNITS_FOR_A_TAIL,
    Design,
    Measured,
    UnitEstimate,
    Units,
    doubts,
    estimate_units,
)
from etl_batch.estimate.sample_size import units_needed
from etl_batch.file_estimate.contract import Integers, Question, Reader, Wanted
from etl_batch.file_estimate.draw import Draw
from etl_batch.file_estimate.read_ahead import in_order
from etl_batch.file_estimate.stratum_estimates import stratum_estimates
from etl_batch.file_estimate.tally import ROWS, STRATA_ROWS, StrataRows, Tally
from etl_batch.file_estimate.whole_file import not_finite
from etl_batch.values import StratumEstimate, TotalEstimate

PILOT_ROWS = 2_000
PILOT_UNITS = 200
SHARE_THAT_PAYS = 0.5  #: of the units; to read more of them at random takes longer than to read all in order
_GROWTH = 4  #: times as many units as before, at the most, so that the last step knows the variance well
_MARGIN = 1.03  #: more units than are needed on average
_LOW_N = 30
_BATCH_ROWS = 1 << 15  #: at once: what is made of them stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Sampled:
    """What the sample says."""

    estimates: tuple[TotalEstimate, ...]
    rows: TotalEstimate  #: how many rows there are within the filter
    designs: dict[str, Design]
    rows_read: int


@dataclass(frozen=True, slots=True)
class ReadWhole:
    """Sampling would not pay, or would not hold: the file is to be read whole; why."""

    reason: str


class Sampling:
    """One sample of one file, which grows as it must."""

    def __init__(self, reader: Reader, wanted: Wanted, question: Question) -> None:
        self._reader = reader
        self._question = question
        self._tally = Tally(wanted)
        self._draw = Draw(reader.units, question.seed)
        self._names = wanted.measures or (ROWS,)

    def run(self) -> Sampled | ReadWhole:
        """Read as much as it takes."""
        return self._within_error() if self._question.error_within is not None else self._share()

    def _most_units(self) -> int:
        return int(self._reader.units * SHARE_THAT_PAYS)

    def _within_error(self) -> Sampled | ReadWhole:
        """Until every total is as exact as wanted, and no doubt is left."""
        wanted = self._question.error_within or 0.0
        target = max(PILOT_UNITS, math.ceil(PILOT_ROWS / self._reader.rows_per_unit))
        while target <= self._most_units():
            self._read_to(target)
            estimates = self._estimates()
            worst = [name for name, one in estimates.items() if not _is_within(one, wanted)]
            unsure = [name for name, one in estimates.items() if self._doubts(name, one)]
            if not worst and not unsure:
                return self._sampled()
            needed = max(
                (units_needed(estimates[name], wanted, self._question.confidence) for name in worst),
                default=2 * target,
            )
            if unsure:
                needed = max(needed, 2 * target)
            target = math.ceil(min(max(needed * _MARGIN, target * 1.1), _GROWTH * target))
        return ReadWhole(f"an error within {100 * wanted:g} % takes more than half of the {self._reader.unit}s")

    def _share(self) -> Sampled | ReadWhole:
        """A share of the rows, capped; more where the interval would not hold, as far as the cap goes."""
        question, reader = self._question, self._reader
        pilot = max(math.ceil(PILOT_ROWS / reader.rows_per_unit), 2 * FEW_UNITS)
        if pilot > self._most_units():
            return ReadWhole(f"it has only {reader.units:,} {reader.unit}s")
        pilot = min(max(pilot, UNITS_FOR_A_TAIL), self._most_units())
        self._read_to(pilot)
        rows_per_unit = max(self._tally.rows_read / self._tally.units, 1e-9)
        most = max(min(int(question.max_rows / rows_per_unit), self._most_units()), pilot)
        target = min(max(math.ceil(question.sample_frac * reader.units), pilot), most)
        self._read_to(target)
        while target < most and any(self._doubts(name, one) for name, one in self._estimates().items()):
            target = min(2 * target, most)
            self._read_to(target)
        return self._sampled()

    def _read_to(self, units: int) -> None:
        """Read units until there are so many."""
        rows_per_unit = max(self._reader.rows_per_unit, 1)
        step = max(int(_BATCH_ROWS / rows_per_unit), 1)
        with_strata = math.ceil(STRATA_ROWS / rows_per_unit)
        batches: list[tuple[Integers, Wanted]] = []
        at = self._tally.units
        while at < units:
            wanted = self._tally.wanted
            if at >= with_strata:
                wanted = replace(wanted, strata=None)
            # Sorted within each batch only: the first batches must be a simple random sample by themselves.
            numbers = np.sort(self._draw.more(min(step, units - at)))
            batches.append((numbers, wanted))
            at += len(numbers)
        for rows in in_order(lambda batch: self._reader.read(*batch), batches, self._reader.at_once):
            self._tally.add(rows)

    def _estimates(self) -> dict[str, UnitEstimate]:
        units = self._tally.sampled(self._reader)
        return {
            name: estimate_units(units, self._tally.measured(name), self._question.confidence) for name in self._names
        }

    def _doubts(self, name: str, estimate: UnitEstimate) -> list[str]:
        return doubts(self._tally.sampled(self._reader), self._tally.measured(name), estimate)

    def _sampled(self) -> Sampled:
        units = self._tally.sampled(self._reader)
        strata = self._tally.strata_rows()
        every: dict[str, TotalEstimate] = {}
        designs: dict[str, Design] = {}
        for name in dict.fromkeys((*self._names, ROWS)):
            measured = self._tally.measured(name)
            estimate = estimate_units(units, measured, self._question.confidence)
            designs[name] = estimate.design
            every[name] = self._total(units, measured, estimate, strata if name != ROWS else None)
        rows = every.pop(ROWS)
        return Sampled(tuple(every.values()), rows, designs, self._tally.rows_read)

    def _total(
        self, units: Units, measured: Measured, estimate: UnitEstimate, strata: StrataRows | None
    ) -> TotalEstimate:
        confidence = self._question.confidence
        warnings = [
            f"the interval may hold less often than it says: {one}" for one in doubts(units, measured, estimate)
        ]
        if measured.name in self._tally.not_numbers:
            warnings.append(not_finite(self._tally.not_numbers[measured.name]))
        parts: tuple[StratumEstimate, ...] = ()
        if strata is not None:
            parts = stratum_estimates(units, strata, self._tally.codes.names, measured.name, confidence)
            few = sum(one.sample < _LOW_N for one in parts)
            if few:
                warnings.append(
                    f"low n: {few} of the {len(parts)} strata met have fewer than {_LOW_N} rows in the sample"
                )
        known_rows = measured.name == ROWS and self._tally.wanted.where is None and units.rows_population is not None
        design = estimate.design
        method = f"{design.name}, {design.estimator}, Student's t"
        if abs(design.skewness) > 1e-6 * SKEWED:
            method += ", Hall's transform"
        total = TotalEstimate(
            measure=measured.name, total=estimate.total, std_error=estimate.std_error, df=estimate.df,
            confidence=confidence, ci_low=estimate.low, ci_high=estimate.high,
            rows_population=round(units.rows_estimated), rows_sampled=self._tally.rows_read,
            method=method, warnings=tuple(warnings), strata=parts,
        )  # fmt: skip
        return _certain(total, float(units.rows_population or 0)) if known_rows else total


def _certain(estimate: TotalEstimate, total: float) -> TotalEstimate:
    """What needs no estimate."""
    return replace(
        estimate, total=total, std_error=0.0, df=None, ci_low=total, ci_high=total, exact_total=total,
        method="exact: known from the file's size", warnings=(),
    )  # fmt: skip


def _is_within(estimate: UnitEstimate, wanted: float) -> bool:
    if estimate.low is None or estimate.high is None or not estimate.total:
        return False
    half = max(estimate.high - estimate.total, estimate.total - estimate.low)
    return half <= wanted * abs(estimate.total)
