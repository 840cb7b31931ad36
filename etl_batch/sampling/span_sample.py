"""What one span adds to the sample and to the totals, as it travels to the parent and lies in the side file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index
from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.packing import Packed, pack, unpack
from etl_batch.sampling.strata_totals import StrataTotals, as_arrays, from_arrays

_OF_ROWS = {"candidate_keys", "strata", "priority", "row", "values"}
_NARROW, _MOST_NARROW = np.uint16, 2**16  #: strata, whose places are of that type


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may be in the sample."""

    strata: Index  #: shape (rows,): the place of each row's stratum among the totals that they come with
    priority: npt.NDArray[np.uint64]  #: shape (rows,)
    source: npt.NDArray[np.int64]  #: shape (rows,): which input
    row: npt.NDArray[np.uint64]  #: shape (rows,): which row of it
    values: npt.NDArray[np.float64]  #: shape (rows, measures): null as 0

    def __len__(self) -> int:
        return len(self.row)

    def taken(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Candidates:
        """Some of them."""
        return Candidates(
            self.strata[which], self.priority[which], self.source[which], self.row[which], self.values[which]
        )


def joined(parts: Sequence[Candidates]) -> Candidates:
    """The rows of several parts, one behind the other, their strata among the same totals; there must be a part."""
    return Candidates(
        np.concatenate([part.strata for part in parts]),
        np.concatenate([part.priority for part in parts]),
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def no_candidates(measures: int) -> Candidates:
    """No rows."""
    nothing, no_place = np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    return Candidates(no_place, nothing, no_place, nothing, np.empty((0, measures)))


@dataclass(frozen=True, slots=True)
class SpanSample:
    """A span's part of the sample."""

    source: int  #: which input
    totals: StrataTotals  #: of all its good rows
    block_sums: npt.NDArray[
        np.float64
    ]  #: shape (measures, strata): exact, rounded once; NaN: some value was not finite
    block_most: npt.NDArray[np.float64]  #: shape (measures, strata): the largest value; -inf: there is none
    candidates: Candidates
    rows: bytes | memoryview  #: the candidates themselves, as their source keeps rows

    @classmethod
    def of(cls, source: int, totals: StrataTotals, candidates: Candidates, rows: bytes | memoryview) -> SpanSample:
        """What a span adds, its sums rounded for the file of totals."""
        shape = (len(totals.sums), totals.strata)
        sums = np.array([column_sums.totals() for column_sums in totals.sums], dtype=np.float64).reshape(shape)
        most = np.array([column_sums.most for column_sums in totals.sums]).reshape(shape)
        return cls(source, totals, sums, most, candidates, rows)

    def packed(self) -> bytes:
        """As it travels, and lies in the side file: all but the rows, which come behind it there."""
        values, arrays, names = as_arrays(self.totals)
        ours: dict[str, Array] = {
            "block_sums": self.block_sums,
            "block_most": self.block_most,
            "priority": self.candidates.priority,
            "row": self.candidates.row,
            "values": self.candidates.values,
            "strata": self.candidates.strata.astype(_NARROW if self.totals.strata <= _MOST_NARROW else np.uint32),
        }
        values |= {"source": self.source, "names": len(names)}
        return pack(Packed(values, arrays | ours, names), len(self.rows))

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> SpanSample:
        """What `packed` made, with or without rows behind it.

        What is known of each row is part of the data, and mostly soon forgotten; all else is not.
        """
        packed = unpack(data)
        values, arrays = packed.values, packed.arrays
        kept = {name: array.copy() for name, array in arrays.items() if name not in _OF_ROWS}
        totals = from_arrays(values, kept, bytes(packed.blob[: values["names"]]))
        source = np.full(len(arrays["row"]), values["source"], dtype=np.int64)
        # Side files of jobs that an earlier version began have the keys of the strata.
        strata = arrays["strata"] if "strata" in arrays else totals.places_of(arrays["candidate_keys"])
        candidates = Candidates(strata.astype(np.int64), arrays["priority"], source, arrays["row"], arrays["values"])
        return cls(
            values["source"], totals, kept["block_sums"], kept["block_most"], candidates, packed.blob[values["names"] :]
        )
