"""The exact answer: every row read, and added up as a run does, so that both say the same to the last digit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

import numpy as np

from etl_batch.estimate.exact_sums import Sums, Unit, no_sums
from etl_batch.estimate.exact_text import number_of
from etl_batch.estimate.where_mask import mask
from etl_batch.formats.units.unit import ROWS, ReadAgain, Reader, Wanted, WholeRows
from etl_batch.formats.units.unit_strata import StratumCodes
from etl_batch.light_dataclass import dataclass
from etl_batch.text.number_text import counted
from etl_batch.values import StratumEstimate, TotalEstimate

METHOD = "exact: every row was read"
_NOT_FINITE = "not finite (NaN or infinite), counted as 0: no exact total can be given"
_TOO_LARGE = "the total is beyond the range of floats, and cannot be given"


def read_whole(reader: Reader, wanted: Wanted, done: Callable[[int], None] | None = None) -> WholeFile:
    """The sums of all rows of a file.

    Args:
        reader: of the file.
        wanted: what is added up.
        done: called with the rows so far, now and then.

    Raises:
        BadRow: a value that its type does not allow.
    """
    while True:
        found = WholeFile(wanted)
        try:
            for part in reader.read_all(wanted):
                found.add(part)
                if done is not None:
                    done(found.rows)
        except ReadAgain:
            continue
        return found


@dataclass(slots=True)
class WholeFile:
    """Adds up all rows of a file."""

    wanted: Wanted
    rows: int = 0
    matching: int = 0  #: those that fulfil the condition
    _codes: StratumCodes = field(default_factory=StratumCodes)
    _populations: list[int] = field(default_factory=list)  #: rows of each stratum, whether they count or not
    _sums: dict[str, Sums] = field(init=False)

    def __post_init__(self) -> None:
        self._sums = {name: no_sums(0, Unit()) for name in self.wanted.measures}

    def add(self, part: WholeRows) -> None:
        """Take some rows."""
        codes = np.zeros(part.count, np.int64) if part.strata is None else self._codes.of(part.strata)
        strata = 1 if part.strata is None else len(self._codes.names)
        rows = np.bincount(codes, minlength=strata).tolist()
        known = [*self._populations, *[0] * (strata - len(self._populations))]
        self._populations = [before + more for before, more in zip(known, rows, strict=True)]
        self.rows += part.count
        self.matching += part.count
        if self.wanted.where is not None and part.conditions is not None:
            inside = mask(self.wanted.where, part.conditions)
            codes = np.where(inside, codes, strata)  # a stratum of those that do not count, which is left out
            self.matching -= part.count - int(np.count_nonzero(inside))
        places = codes.astype(np.uint32)
        for name, sums_of in part.sums.items():
            before = self._sums[name]
            before = before.spread(np.arange(len(before.odd)), strata)
            self._sums[name] = before + sums_of(places, strata + 1).first_strata(strata)

    def estimate(self, name: str, confidence: float) -> TotalEstimate:
        """The total of a measure."""
        sums = self._sums[name]
        finite, odd = sums.of_finite(), int(sums.odd.sum())
        each = zip(self._codes.names, self._populations, sums.texts(), finite.texts(), strict=False)
        strata = [
            StratumEstimate(stratum=stratum, population=rows, sample=rows, **_known(text, of_finite))
            for stratum, rows, text, of_finite in each
        ]
        found = TotalEstimate(
            measure=name, df=None, confidence=confidence, rows_population=self.rows, rows_sampled=self.rows,
            method=METHOD, strata=tuple(sorted(strata, key=lambda stratum: (-abs(stratum.total), stratum.stratum))),
            **_known(sums.text(), finite.text()),
        )  # fmt: skip
        said = f"{counted(odd, 'value')} {_NOT_FINITE}" if odd else _TOO_LARGE
        return found if found.exact_total is not None else replace(found, warnings=(said,))

    def estimate_rows(self, confidence: float) -> TotalEstimate:
        """How many rows count."""
        return TotalEstimate(
            measure=ROWS, df=None, confidence=confidence, rows_population=self.rows, rows_sampled=self.rows,
            method=METHOD, **_known(str(self.matching), str(self.matching)),
        )  # fmt: skip


def _known(text: str | None, of_finite: str | None) -> dict[str, Any]:
    """The fields of an estimate for a sum that is known.

    Args:
        text: its digits; None: there is none, for a value is not finite, or it is beyond the range of floats.
        of_finite: those of the values that are; None: beyond that range.
    """
    total = math.inf if of_finite is None else number_of(of_finite)
    exact = None if text is None else total
    return {
        "total": total, "std_error": None if text is None else 0.0, "ci_low": exact, "ci_high": exact,
        "exact_total": exact, "exact_total_text": text,
    }  # fmt: skip
