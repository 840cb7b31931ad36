"""Rows and exact sums for each stratum, of a span or of all spans so far: parts that are added in any order."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index, Sums, Unit, no_sums
from etl_batch.estimate.stratum_names import OTHER_KEY, OTHER_STRATUM, Hashes
from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class StrataTotals:
    """What is known of each stratum, in the order of the hashes of their names."""

    keys: Hashes  #: shape (strata,): of the names, ascending and different; NULL_KEY and OTHER_KEY stand for no name
    names: npt.NDArray[np.object_]  #: shape (strata,): bytes, as a CSV cell would have them without quotes
    rows: npt.NDArray[np.int64]  #: shape (strata,)
    sums: tuple[Sums, ...]  #: of each measure

    @property
    def strata(self) -> int:
        """How many."""
        return len(self.keys)

    @property
    def has_other(self) -> bool:
        """Whether some strata are not kept apart."""
        return self.strata > 0 and bool(self.keys[-1] == OTHER_KEY)

    def texts(self) -> list[str]:
        """The names as text."""
        return [name.decode("utf-8", "backslashreplace") for name in self.names.tolist()]

    def merged(self, other: StrataTotals, most: int) -> StrataTotals:
        """Both together; strata beyond `most` go to (other). The order in which parts are merged does not matter."""
        keys = united(self.keys, other.keys)
        rows = np.zeros(len(keys), dtype=np.int64)
        names = np.empty(len(keys), dtype=np.object_)
        spread: list[tuple[Sums, ...]] = []
        for part in (self, other):
            places = np.searchsorted(keys, part.keys)
            rows[places] += part.rows
            names[places] = part.names
            same = part.strata == len(keys)
            spread.append(
                part.sums if same else tuple(column_sums.spread(places, len(keys)) for column_sums in part.sums)
            )
        sums = tuple(ours + theirs for ours, theirs in zip(*spread, strict=True))
        return StrataTotals(keys, names, rows, sums).limited(most)

    def limited(self, most: int) -> StrataTotals:
        """The strata beyond `most` united as (other): those whose names have the largest hashes.

        A stratum that is kept in the end was kept in every part, with all its rows; so no part needs to remember more.
        """
        kept = self.strata - self.has_other
        if kept <= most:
            return self
        keys = np.append(self.keys[:most], OTHER_KEY)
        places = np.minimum(np.arange(self.strata), most)
        rows = np.zeros(most + 1, dtype=np.int64)
        np.add.at(rows, places, self.rows)
        names = np.append(self.names[:most], OTHER_STRATUM.encode())
        return StrataTotals(keys, names, rows, tuple(column_sums.spread(places, most + 1) for column_sums in self.sums))

    def places_of(self, keys: Hashes) -> Index:
        """Where the strata of some keys are; of those not kept apart: where (other) is."""
        places = np.searchsorted(self.keys, keys)
        if self.has_other:
            places = np.where(self.keys[np.minimum(places, self.strata - 1)] == keys, places, self.strata - 1)
        return places.astype(np.int64)


def united(keys: Hashes, more: Hashes) -> Hashes:
    """The keys of two parts, each ascending and different, as one; mostly the second part adds none."""
    if len(keys):
        places = np.minimum(np.searchsorted(keys, more), len(keys) - 1)
        if (keys[places] == more).all():
            return keys
    both = np.sort(np.concatenate((keys, more)))
    is_new = np.ones(len(both), dtype=np.bool_)  # `np.union1d` loads the whole of `numpy.ma`
    is_new[1:] = both[1:] != both[:-1]
    different: Hashes = both[is_new]
    return different


def no_totals(units: tuple[Unit, ...]) -> StrataTotals:
    """Of no rows."""
    nothing = np.empty(0, dtype=np.uint64)
    names = np.empty(0, dtype=np.object_)
    return StrataTotals(nothing, names, np.empty(0, dtype=np.int64), tuple(no_sums(0, unit) for unit in units))


def as_arrays(totals: StrataTotals) -> tuple[dict[str, Any], dict[str, Array], bytes]:
    """As `packing` takes it: JSON values, arrays, and the names side by side."""
    names = [bytes(name) for name in totals.names.tolist()]
    arrays: dict[str, Array] = {
        "keys": totals.keys,
        "rows": totals.rows,
        "lengths": np.array([len(name) for name in names], dtype=np.int64),
    }
    units = []
    for number, column_sums in enumerate(totals.sums):
        units.append([column_sums.unit.twos, column_sums.unit.tens, column_sums.first])
        arrays |= {
            f"limbs{number}": column_sums.limbs,
            f"most{number}": column_sums.most,
            f"odd{number}": column_sums.odd,
        }
    return {"sums": units}, arrays, b"".join(names)


def from_arrays(values: dict[str, Any], arrays: dict[str, Array], blob: bytes) -> StrataTotals:
    """What `as_arrays` made."""
    stops = np.cumsum(arrays["lengths"]).tolist()
    names = np.empty(len(stops), dtype=np.object_)
    names[:] = [blob[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]
    sums = tuple(
        Sums(Unit(twos, tens), first, arrays[f"limbs{number}"], arrays[f"most{number}"], arrays[f"odd{number}"])
        for number, (twos, tens, first) in enumerate(values["sums"])
    )
    return StrataTotals(arrays["keys"], names, arrays["rows"], sums)
