"""What one span adds to the sample and to the totals, as it travels to the parent and lies in the side file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_names import Hashes
from etl_batch.kernels.columns import Array
from etl_batch.sampling.packing import Packed, pack, unpack
from etl_batch.sampling.strata_totals import StrataTotals, as_arrays, from_arrays


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may be in the sample."""

    keys: Hashes  #: shape (rows,): the hash of each row's stratum
    priority: npt.NDArray[np.uint64]  #: shape (rows,)
    source: npt.NDArray[np.int64]  #: shape (rows,): which input
    row: npt.NDArray[np.uint64]  #: shape (rows,): which row of it
    values: npt.NDArray[np.float64]  #: shape (rows, measures): null as 0

    def __len__(self) -> int:
        return len(self.row)

    def taken(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Candidates:
        """Some of them."""
        return Candidates(
            self.keys[which], self.priority[which], self.source[which], self.row[which], self.values[which]
        )


def joined(parts: Sequence[Candidates]) -> Candidates:
    """The rows of several parts, one behind the other; there must be a part."""
    return Candidates(
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.priority for part in parts]),
        np.concatenate([part.source for part in parts]),
        np.concatenate([part.row for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def no_candidates(measures: int) -> Candidates:
    """No rows."""
    nothing = np.empty(0, dtype=np.uint64)
    return Candidates(nothing, nothing, np.empty(0, dtype=np.int64), nothing, np.empty((0, measures)))


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
    rows: bytes  #: the candidates themselves, as their source keeps rows

    @classmethod
    def of(cls, source: int, totals: StrataTotals, candidates: Candidates, rows: bytes) -> SpanSample:
        """What a span adds, its sums rounded for the file of totals."""
        shape = (len(totals.sums), totals.strata)
        sums = np.array([column_sums.totals() for column_sums in totals.sums], dtype=np.float64).reshape(shape)
        most = np.array([column_sums.most for column_sums in totals.sums]).reshape(shape)
        return cls(source, totals, sums, most, candidates, rows)

    def to_bytes(self) -> bytes:
        """As it travels."""
        values, arrays, names = as_arrays(self.totals)
        ours: dict[str, Array] = {
            "block_sums": self.block_sums,
            "block_most": self.block_most,
            "candidate_keys": self.candidates.keys,
            "priority": self.candidates.priority,
            "row": self.candidates.row,
            "values": self.candidates.values,
        }
        values |= {"source": self.source, "names": len(names)}
        return pack(Packed(values, arrays | ours, names + self.rows))

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> SpanSample:
        """What `to_bytes` made."""
        packed = unpack(data)
        values, arrays = packed.values, packed.arrays
        names, rows = packed.blob[: values["names"]], packed.blob[values["names"] :]
        source = np.full(len(arrays["row"]), values["source"], dtype=np.int64)
        candidates = Candidates(arrays["candidate_keys"], arrays["priority"], source, arrays["row"], arrays["values"])
        totals = from_arrays(values, dict(arrays), names)
        return cls(values["source"], totals, arrays["block_sums"], arrays["block_most"], candidates, rows)
