"""The sample of a file: a pilot, as many units as the wanted error takes, and a second look at what came out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from etl_batch.estimate.clusters import Design, Measured, UnitEstimate, Units, estimate_units
from etl_batch.estimate.sample_size import units_needed
from etl_batch.estimate.stratum_warnings import FEW
from etl_batch.estimate.unit_doubts import FEW_UNITS, SKEWED, doubts, no_interval
from etl_batch.estimate.zones import Zones
from etl_batch.file_estimate.draw import Draw
from etl_batch.file_estimate.question import Question
from etl_batch.file_estimate.stratum_estimates import stratum_estimates
from etl_batch.file_estimate.tally import STRATA_ROWS, StrataRows, Tally
from etl_batch.file_estimate.unread import unread_doubt, within_bounds
from etl_batch.formats.units.read_ahead import in_order
from etl_batch.formats.units.unit import LEAST_UNITS, ROWS, Bounds, Integers, Reader, Wanted
from etl_batch.light_dataclass import dataclass
from etl_batch.values import StratumEstimate, TotalEstimate

PILOT_ROWS = 2_000
UNITS_PER_ZONE = 4  #: at first
SHARE_THAT_PAYS = 0.5  #: of the units; to read more of them at random takes longer than to read all in order
_SHARE_CERTAIN = 0.25  #: of the first sample, at the most, that goes to units that stand out
_GROWTH = 4  #: times as many units as before, at the most, so that the last step knows the variance well
_MARGIN = 1.03  #: more units than are needed on average
IN_DOUBT = "the interval may hold less often than it says"  #: begins a warning that it may
ON_STRATA = ("low n", "no interval for")  #: begin a warning that is on strata, not on the total
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
        self._names = wanted.measures or (ROWS,)

    def run(self) -> Sampled | ReadWhole:
        """Read as much as it takes."""
        question, reader = self._question, self._reader
        least = max(math.ceil(PILOT_ROWS / reader.rows_per_unit), reader.least_units)
        if least > self._most_units() and reader.least_units < LEAST_UNITS:
            least = max(math.ceil(PILOT_ROWS / reader.rows_per_unit), 2 * FEW_UNITS)
        if least > self._most_units():
            return ReadWhole(f"it has only {reader.units:,} {reader.unit}s")
        most = max(min(int(question.max_rows / reader.rows_per_unit), self._most_units()), least)
        target = min(max(math.ceil(question.sample_frac * reader.units), least), most)
        within = question.error_within is not None
        self._divide(least if within else target)
        return self._within_error(least) if within else self._share(target, most)

    def _divide(self, first: int) -> None:
        """Into zones that give some units each to the first sample; the last unit may be short and is read anyway."""
        reader = self._reader
        stand_out = reader.outstanding(self._tally.wanted, int(first * _SHARE_CERTAIN))
        certain = np.append(stand_out, reader.units - 1)
        self._zones = Zones.of(reader.units, (first - len(np.unique(certain))) // UNITS_PER_ZONE, certain)
        self._draw = Draw(self._zones, self._question.seed)

    def _most_units(self) -> int:
        return int(self._reader.units * SHARE_THAT_PAYS)

    def _within_error(self, target: int) -> Sampled | ReadWhole:
        """Until every total is as exact as wanted, and no doubt is left."""
        wanted = self._question.error_within or 0.0
        while target <= self._most_units():
            self._read_to(target)
            estimates = self._estimates()
            worst = [name for name, estimate in estimates.items() if not _is_within(estimate, wanted)]
            unsure = [name for name, estimate in estimates.items() if self._doubts(name, estimate)]
            if not worst and not unsure:
                return self._sampled()
            if self._most_units() < LEAST_UNITS and any(
                self._unread(name, estimate) for name, estimate in estimates.items()
            ):
                break  # to read more of them does not tell what the others hold
            needed = max(
                (units_needed(estimates[name], wanted, self._question.confidence) for name in worst),
                default=2 * target,
            )
            if unsure:
                needed = max(needed, 2 * target)
            target = math.ceil(min(max(needed * _MARGIN, target * 1.1), _GROWTH * target))
        return ReadWhole(f"an error within {100 * wanted:g} % takes more than half of the {self._reader.unit}s")

    def _share(self, target: int, most: int) -> Sampled:
        """A share of the rows, capped; more where the interval would not hold, as far as the cap goes."""
        self._read_to(target)
        while target < most and any(self._doubts(name, estimate) for name, estimate in self._estimates().items()):
            target = min(2 * target, most)
            self._read_to(target)
        return self._sampled()

    def _read_to(self, units: int) -> None:
        """Read units until there are so many."""
        rows_per_unit = max(self._reader.rows_per_unit, 1)
        step = max(int(_BATCH_ROWS / rows_per_unit), 1)
        with_strata = max(math.ceil(STRATA_ROWS / rows_per_unit), 2 * self._zones.count + len(self._zones.certain))
        batches: list[tuple[Integers, Wanted]] = []
        at = self._tally.units
        while at < units:
            wanted = self._tally.wanted
            if at >= with_strata:
                wanted = replace(wanted, strata=None)
            # Sorted within each batch only: the first batches must be a random sample by themselves.
            numbers = np.sort(self._draw.more(min(step, units - at)))
            batches.append((numbers, wanted))
            at += len(numbers)
        all_rows = in_order(lambda batch: self._reader.read(*batch), batches, self._reader.at_once)
        for (numbers, _), rows in zip(batches, all_rows, strict=True):
            self._tally.add(rows, numbers)
        self._units = self._tally.sampled(self._reader, self._zones)

    def _estimate(self, name: str) -> UnitEstimate:
        measured = self._tally.measured(name)
        found = estimate_units(self._units, measured, self._question.confidence)
        return within_bounds(found, measured, self._tally.numbers, self._bounds(name))

    def _estimates(self) -> dict[str, UnitEstimate]:
        return {name: self._estimate(name) for name in self._names}

    def _doubts(self, name: str, estimate: UnitEstimate) -> list[str]:
        units = self._units
        unread = self._unread(name, estimate)
        return [*doubts(units, self._tally.measured(name), estimate), *([unread] if unread else [])]

    def _unread(self, name: str, estimate: UnitEstimate) -> str | None:
        return unread_doubt(self._units, estimate, self._tally.numbers, self._bounds(name))

    def _bounds(self, name: str) -> Bounds | None:
        return self._reader.bounds(name, filtered=self._tally.wanted.where is not None)

    def _sampled(self) -> Sampled:
        units = self._units
        strata = self._tally.strata_rows()
        every: dict[str, TotalEstimate] = {}
        designs: dict[str, Design] = {}
        for name in dict.fromkeys((*self._names, ROWS)):
            estimate = self._estimate(name)
            designs[name] = estimate.design
            every[name] = self._total(units, self._tally.measured(name), estimate, strata if name != ROWS else None)
        rows = every.pop(ROWS)
        return Sampled(tuple(every.values()), rows, designs, self._tally.rows_read)

    def _total(
        self, units: Units, measured: Measured, estimate: UnitEstimate, strata: StrataRows | None
    ) -> TotalEstimate:
        confidence = self._question.confidence
        warnings = [f"{IN_DOUBT}: {doubt}" for doubt in self._doubts(measured.name, estimate)]
        none_given = no_interval(units, estimate)
        if none_given:
            warnings.append(none_given)
        if measured.name in self._tally.not_numbers:
            infinite = self._tally.not_numbers[measured.name]
            warnings.append(f"{infinite} infinite values were met, and count as 0")
        parts: tuple[StratumEstimate, ...] = ()
        if strata is not None:
            parts = stratum_estimates(units, strata, self._tally.codes.names, measured.name, confidence)
            warnings += _about_strata(parts, units.name)
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
        return _certain(total, units.rows_population or 0) if known_rows else total


def _about_strata(parts: Sequence[StratumEstimate], unit: str) -> list[str]:
    """What is to be said of the strata of one measure."""
    said = []
    few = sum(any(text.startswith("low n") for text in part.warnings) for part in parts)
    if few:
        said.append(f"low n: {few} of the {len(parts)} strata met lie in fewer than {FEW} of the {unit}s read")
    unknown = sum(part.ci_low is None for part in parts)
    if unknown:
        same = f"all {unit}s that were read have the same total of them"
        said.append(
            f"no interval for {unknown} of the {len(parts)} strata met: {same}, which does not prove that all have"
        )
    return said


def _certain(estimate: TotalEstimate, total: int) -> TotalEstimate:
    """What needs no estimate."""
    return replace(
        estimate, total=total, std_error=0.0, df=None, ci_low=total, ci_high=total, exact_total=total,
        exact_total_text=str(total), method="exact: known from the file's size", warnings=(),
    )  # fmt: skip


def _is_within(estimate: UnitEstimate, wanted: float) -> bool:
    if estimate.low is None or estimate.high is None or not estimate.total:
        return False
    half = max(estimate.high - estimate.total, estimate.total - estimate.low)
    return half <= wanted * abs(estimate.total)
