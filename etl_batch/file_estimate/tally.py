"""What was read so far, as the totals of units that the estimators take."""

from __future__ import annotations

import math
from dataclasses import field

import numpy as np

from etl_batch.estimate.clusters import Measured, Units
from etl_batch.estimate.unit_doubts import tail_index
from etl_batch.estimate.where_mask import mask
from etl_batch.estimate.zone_spread import Drawn
from etl_batch.estimate.zones import Zones
from etl_batch.formats.units.unit import ROWS, Floats, Integers, Reader, Rows, Strata, Wanted
from etl_batch.formats.units.unit_strata import StratumCodes
from etl_batch.light_dataclass import dataclass

STRATA_ROWS = 200_000  #: about as many rows go into the strata; those of the first units


@dataclass(slots=True)
class _Column:
    """One measure, unit by unit."""

    totals: list[Floats] = field(default_factory=list)
    squares: float = 0.0
    lowest: float = 0.0
    largest: Floats = field(default_factory=lambda: np.empty(0))  #: absolute values, the square root of all of them
    matching: int = 0  #: values that are not 0

    def add(self, values: Floats, per_unit: Integers, rows_before: int) -> None:
        """Take the rows of more units; values outside of the filter are 0."""
        self.totals.append(unit_sums(values, per_unit))
        self.squares += float(np.square(values).sum())  # no BLAS: its threads would wait for each other
        self.lowest = min(self.lowest, float(values.min(initial=0.0)))
        self.matching += int(np.count_nonzero(values))
        sizes = np.abs(values)
        keep = math.isqrt(rows_before + len(values)) + 1
        least = self.largest.min() if len(self.largest) >= keep // 2 else 0.0
        together = np.concatenate([self.largest, sizes[sizes > least]])
        self.largest = np.partition(together, len(together) - keep)[-keep:] if len(together) > keep else together

    def count(self, per_unit: Integers) -> None:
        """Take rows that count as 1 each, all of them."""
        self.totals.append(per_unit.astype(np.float64))
        rows = int(per_unit.sum())
        self.squares += rows
        self.matching += rows

    def tail_index(self) -> float | None:
        """Of the square root of the values that are not 0."""
        keep = math.isqrt(self.matching)
        return tail_index(np.sort(self.largest)[-keep:]) if keep else None


@dataclass(frozen=True, slots=True)
class StrataRows:
    """The rows whose strata were looked at: those of the first units read."""

    units: int  #: how many units they are of
    unit_of_row: Integers  #: shape (rows,), rows within the filter only
    codes: Integers  #: shape (rows,)
    values: dict[str, Floats]  #: of each measure, and of `ROWS`


class Tally:
    """Takes rows, unit by unit, and knows their totals."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.codes = StratumCodes()
        self.rows_read = 0
        self.matching = 0
        self.not_numbers: dict[str, int] = {}
        self._columns = {name: _Column() for name in (*wanted.measures, ROWS)}
        self._numbers: list[Integers] = []
        self._sizes: list[Floats] = []
        self._rows: list[Integers] = []
        self._strata: list[tuple[Integers, Integers, dict[str, Floats]]] = []
        self._strata_units = 0

    @property
    def units(self) -> int:
        """How many units were taken."""
        return sum(len(sizes) for sizes in self._sizes)

    def add(self, rows: Rows, numbers: Integers) -> None:
        """Take the rows of more units, whose numbers in the file these are."""
        inside = None
        if self.wanted.where is not None and rows.conditions is not None:
            inside = mask(self.wanted.where, rows.conditions)
        values = {name: self._finite(name, rows.values[name], inside) for name in self.wanted.measures}
        if inside is not None:
            values[ROWS] = inside.astype(np.float64)
        for name, column in self._columns.items():
            if name in values:
                column.add(values[name], rows.per_unit, self.rows_read)
            else:
                column.count(rows.per_unit)
        if rows.strata is not None:
            self._add_strata(rows.strata, rows.per_unit, values, inside)
        self.matching += rows.count if inside is None else int(np.count_nonzero(inside))
        self.rows_read += rows.count
        self._numbers.append(numbers)
        self._sizes.append(rows.sizes)
        self._rows.append(rows.per_unit)

    def sampled(self, reader: Reader, zones: Zones) -> Units:
        """The units as a sample of the file's."""
        return Units(
            name=reader.unit,
            population=reader.units,
            drawn=Drawn(zones.of_units(self.numbers), zones.populations),
            equal=reader.equal,
            sizes=_joined(self._sizes),
            size_name=reader.size_name,
            size_population=reader.size_population,
            rows=_joined(self._rows).astype(np.float64),
            rows_population=reader.rows_population,
        )

    @property
    def numbers(self) -> Integers:
        """Of the units that were taken, in the file."""
        return _joined(self._numbers).astype(np.int64)

    def measured(self, name: str) -> Measured:
        """One measure of the units."""
        column = self._columns[name]
        return Measured(
            name=name,
            totals=_joined(column.totals),
            squares=column.squares,
            matching=self.matching,
            nonnegative=column.lowest >= 0,
            tail_index=column.tail_index() if name != ROWS else None,
        )

    def strata_rows(self) -> StrataRows | None:
        """The rows with their strata; None: there are none."""
        if not self._strata:
            return None
        units, codes, values = zip(*self._strata, strict=True)
        together = {name: _joined([value[name] for value in values]) for name in self._columns}
        return StrataRows(self._strata_units, np.concatenate(units), np.concatenate(codes), together)

    def _finite(self, name: str, values: Floats, inside: np.ndarray | None) -> Floats:
        """The values as they count: 0 where they are null, no number, or outside of the filter."""
        if inside is not None:
            values = np.where(inside, values, 0.0)
        finite = np.isfinite(values)
        if finite.all():
            return values
        infinite = int(np.isinf(values).sum())
        if infinite:
            self.not_numbers[name] = self.not_numbers.get(name, 0) + infinite
        return np.where(finite, values, 0.0)

    def _add_strata(
        self, strata: Strata, per_unit: Integers, values: dict[str, Floats], inside: np.ndarray | None
    ) -> None:
        codes = self.codes.of(strata)
        unit_of_row = np.repeat(np.arange(len(per_unit)), per_unit) + self._strata_units
        self._strata_units += len(per_unit)
        if inside is None:
            self._strata.append((unit_of_row, codes, {**values, ROWS: np.ones(len(codes))}))
        else:
            self._strata.append((unit_of_row[inside], codes[inside], {n: v[inside] for n, v in values.items()}))


def unit_sums(values: Floats, per_unit: Integers) -> Floats:
    """The sum of each unit's values, which lie side by side; shape (units,)."""
    if not len(per_unit):
        return np.empty(0)
    if (per_unit == per_unit[0]).all():
        return values.reshape(len(per_unit), -1).sum(axis=1) if per_unit[0] else np.zeros(len(per_unit))
    starts = np.concatenate([[0], np.cumsum(per_unit)])
    filled = per_unit > 0
    found = np.zeros(len(per_unit))
    found[filled] = np.add.reduceat(values, starts[:-1][filled])
    return found


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.empty(0)
