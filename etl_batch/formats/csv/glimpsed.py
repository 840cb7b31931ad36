"""Rows from all over a CSV, looked at before the pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from etl_batch.formats.csv.batch import CsvBatch
from etl_batch.formats.csv.check import sound_rows
from etl_batch.formats.csv.column_types import TEXT
from etl_batch.formats.csv.csv_file import CsvFile, TypedCsv
from etl_batch.formats.units.glimpse import Glimpse
from etl_batch.kernels.columns import Array
from etl_batch.kernels.csv_check import next_row


def glimpsed(whole: CsvFile, places: Sequence[tuple[int, int]]) -> Glimpse | None:
    """See `Glimpses.glimpse`."""
    if not whole.line_ends.as_usual:
        return None
    file = replace(whole, classify=False, measured=())  # what cells look like is not asked
    texts: list[Array] = []
    rows: list[int] = []
    first = min(start for start, _ in places)
    with file.mapped(first, first) as mapped:
        for start, stop in places:
            last = mapped.base + stop - 1
            begins = int(next_row(mapped.base + start, last + 1, 0))
            found = sound_rows(file, mapped, begins, last) if begins <= last else None
            if found is not None and found.stop < file.size:  # the last row may lack its line end
                texts.append(mapped.content[found.start - mapped.start : found.stop - mapped.start].copy())
                rows.append(found.rows)
    if not texts:
        return None
    text = np.concatenate(texts)
    typed = TypedCsv(file, (TEXT,) * file.columns, ())
    return Glimpse(CsvBatch(typed, text, sum(rows)), rows, len(text))
