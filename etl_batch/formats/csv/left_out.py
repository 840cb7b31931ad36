"""Good rows of a CSV that turned out to be bad: left out of their batch, as if they had been so from the beginning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.csv_problems import BAD_ROW_FIELDS, ROW, START, STOP
from etl_batch.light_dataclass import dataclass
from etl_batch.values import Rejected

if TYPE_CHECKING:
    from etl_batch.formats.csv.csv_file import CsvFile
    from etl_batch.formats.csv.pieces import BadRows


@dataclass(frozen=True, slots=True)
class RowsInFile:
    """Good rows as they stand in what is read of the file."""

    text: npt.NDArray[np.uint8]  #: side by side
    lines: npt.NDArray[np.uint32]  #: where each begins there, and where the next one would, shape (rows + 1,)
    numbers: npt.NDArray[np.uint64]  #: of each within the input, from 1
    starts: npt.NDArray[np.uint64]  #: where each begins in what is read


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is left of rows, and those that are not."""

    text: npt.NDArray[np.uint8]
    rejected: Sequence[Rejected]
    bad: BadRows  #: as the check lists rows


def left_out(file: CsvFile, rows: RowsInFile, bad: Mapping[int, str], source: int, first_row: int) -> LeftOut:
    """Leave some rows out.

    Args:
        file: whose rows they are.
        rows: all that are good.
        bad: what is wrong with some of them, by their places, ascending.
        source: which input it is.
        first_row: the number of the span's first row within it, from 0.
    """
    places = list(bad)
    starts, numbers, lines = rows.starts[places].tolist(), rows.numbers[places].tolist(), rows.lines.tolist()
    listed = np.zeros((len(places), BAD_ROW_FIELDS), dtype=np.int64)
    rejected = []
    originals = file.original_places(starts)
    for line, place, number, start, byte in zip(listed, places, numbers, starts, originals, strict=True):
        stop = start + lines[place + 1] - lines[place]
        line[[ROW, START, STOP]] = number - 1 - first_row, start, stop
        raw = rows.text[lines[place] : lines[place + 1]].tobytes()
        stands = file.row_as_it_stands(raw, start, stop)
        rejected.append(Rejected(source, number, byte, bad[place], stands))
    kept = zip(
        [0, *(lines[place + 1] for place in places)], [*(lines[place] for place in places), lines[-1]], strict=True
    )
    return LeftOut(np.concatenate([rows.text[start:stop] for start, stop in kept]), rejected, listed)
