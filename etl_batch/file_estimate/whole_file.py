"""The exact answer: every row read, by the same readers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from etl_batch.estimate.where_mask import mask
from etl_batch.file_estimate.contract import Floats, Rows, Wanted
from etl_batch.file_estimate.stratum_codes import StratumCodes
from etl_batch.file_estimate.tally import ROWS
from etl_batch.values import StratumEstimate, TotalEstimate

METHOD = "exact: every row was read"


@dataclass(slots=True)
class _Sums:
    """One measure, part by part."""

    whole: list[float] = field(default_factory=list)
    strata: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    infinite: int = 0


class WholeFile:
    """Adds up all rows of a file."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._codes = StratumCodes()
        self._sums = {name: _Sums() for name in (*wanted.measures, ROWS)}
        self._populations: dict[int, int] = defaultdict(int)
        self.rows = 0

    def add_all(self, parts: Iterable[Rows]) -> None:
        """Take all parts."""
        for part in parts:
            self.add(part)

    def add(self, part: Rows) -> None:
        """Take some rows."""
        inside = np.ones(part.count, dtype=np.bool_)
        if self._wanted.where is not None and part.conditions is not None:
            inside = mask(self._wanted.where, part.conditions)
        codes = self._codes.of(part.strata) if part.strata is not None else None
        self.rows += part.count
        if codes is not None:
            for code, rows in enumerate(np.bincount(codes)):
                self._populations[code] += int(rows)
        for name, sums in self._sums.items():
            values = inside.astype(np.float64) if name == ROWS else np.where(inside, part.values[name], 0.0)
            finite = np.isfinite(values)
            sums.infinite += int(np.isinf(values).sum())
            values = np.where(finite, values, 0.0)
            sums.whole.append(_sum(values))
            if codes is not None:
                for code, total in enumerate(np.bincount(codes, weights=values).tolist()):
                    sums.strata[code].append(total)

    def estimate(self, name: str, confidence: float) -> TotalEstimate:
        """The exact total of a measure."""
        sums = self._sums[name]
        total = math.fsum(sums.whole)
        names = self._codes.names
        strata = tuple(
            _exact_stratum(names[code], self._populations[code], math.fsum(parts))
            for code, parts in sums.strata.items()
        )
        warnings = (not_finite(sums.infinite),) if sums.infinite else ()
        return TotalEstimate(
            measure=name, total=total, std_error=0.0, df=None, confidence=confidence, ci_low=total, ci_high=total,
            exact_total=total, rows_population=self.rows, rows_sampled=self.rows, method=METHOD, warnings=warnings,
            strata=tuple(sorted(strata, key=lambda one: (-abs(one.total), one.stratum))),
        )  # fmt: skip


def not_finite(count: int) -> str:
    """What is said of values that cannot be added up."""
    return f"{count} infinite values were met, and count as 0"


def _exact_stratum(name: str, rows: int, total: float) -> StratumEstimate:
    return StratumEstimate(
        stratum=name, population=rows, sample=rows, total=total, std_error=0.0, ci_low=total, ci_high=total,
        exact_total=total,
    )  # fmt: skip


def _sum(values: Floats) -> float:
    """With more digits than a float has, where the machine offers them."""
    return float(values.sum(dtype=np.longdouble))
