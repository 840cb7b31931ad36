"""A total while its rows come in, one look after the other: pure. What reads the sample is `live_sample`.

The rows of a run's sample enter in the order of h * sqrt(N): priority times the root of the stratum's rows. Every
beginning of this order is a sample that is allocated by square roots, as the whole is. Since there are many looks, the
interval is not that of one look: its multiplier is that of a confidence sequence.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.confidence_sequence import multiplier
from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.stratum_sample import Floats, StratumSample

LOOKS = 40
_FIRST_ROWS = 60  #: of the first look at the least, and two for each stratum where the sample has them to spare

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Look:
    """The total as it stands after so many rows."""

    rows: int  #: drawn so far; those taken for certain come on top
    total: float
    low: float | None  #: None: too few rows for an interval
    high: float | None


@dataclass(frozen=True, slots=True)
class LiveTotal:
    """The sample of one measure in the order in which its rows enter. Arrays of shape (rows,)."""

    measure: str
    values: Floats  #: 0 where the filter leaves the row out
    strata: Integers  #: the stratum of each row, as its place in `populations`
    certain: tuple[Floats, ...]  #: of each stratum, the values that were taken for certain
    populations: Mapping[str, int]  #: rows of each stratum, certain ones included
    confidence: float
    exact: float | None  #: the exact total, where it is known

    @property
    def schedule(self) -> list[int]:
        """Rows at each look: growing by the same factor, the last one all of them."""
        rows = len(self.values)
        first = max(_FIRST_ROWS, min(2 * len(self.populations), rows // 4))
        if rows <= first:
            return [rows] if rows else []
        steps = np.geomspace(first, rows, LOOKS)
        return sorted({round(float(step)) for step in steps})

    def look(self, rows: int) -> Look:
        """The total after the first `rows` rows."""
        order = np.argsort(self.strata[:rows], kind="stable")
        bounds = np.searchsorted(self.strata[:rows][order], np.arange(len(self.populations) + 1))
        groups = [
            StratumSample(name, population, self.values[order[bounds[at] : bounds[at + 1]]], self.certain[at])
            for at, (name, population) in enumerate(self.populations.items())
        ]
        found = estimate_total(groups, self.measure, self.confidence)
        if found.std_error is None or rows == 0:
            return Look(rows, found.total, None, None)
        reach = multiplier(rows, self.confidence) * found.std_error
        return Look(rows, found.total, max(found.total - reach, self._floor(rows)), found.total + reach)

    def _floor(self, rows: int) -> float:
        """Where no value is below 0, the total is not below what was seen."""
        seen = [self.values[:rows], *self.certain]
        if any(float(part.min(initial=0.0)) < 0 for part in seen):
            return -math.inf
        return math.fsum(float(part.sum()) for part in seen)


def as_packed(live: LiveTotal) -> dict[str, Any]:
    """As JSON; arrays as the text of their bytes."""
    return {
        "measure": live.measure,
        "values": _packed(live.values),
        "strata": _packed(live.strata),
        "certain": [_packed(values) for values in live.certain],
        "populations": dict(live.populations),
        "confidence": live.confidence,
        "exact": live.exact,
    }


def unpacked(packed: Mapping[str, Any]) -> LiveTotal:
    """What `as_packed` made of it."""
    return LiveTotal(
        measure=packed["measure"],
        values=_unpacked(packed["values"], np.float64),
        strata=_unpacked(packed["strata"], np.int64),
        certain=tuple(_unpacked(values, np.float64) for values in packed["certain"]),
        populations=packed["populations"],
        confidence=packed["confidence"],
        exact=packed["exact"],
    )


def _packed(array: npt.NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def _unpacked(text: str, kind: Any) -> npt.NDArray[Any]:  # noqa: ANN401 - a NumPy type
    return np.frombuffer(base64.b64decode(text), dtype=kind)
