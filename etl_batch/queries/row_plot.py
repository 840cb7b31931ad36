"""One or two columns of the rows of a look as a picture: what is drawn, counted and added up here, never all rows.

A column of words is bars, one of numbers or times a histogram; beside a second one of numbers, words are totals and
numbers points. Two passes over these columns at most; numbers are drawn as floats, which is as exact as a picture is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl_batch.errors import QueryInvalid
from etl_batch.light_dataclass import dataclass
from etl_batch.queries.answer_text import plain_texts
from etl_batch.queries.arrow_rows import ArrowRows
from etl_batch.queries.look_terms import checked, kind_of, mask, sql_of
from etl_batch.queries.row_look import Kind, RowLook
from etl_batch.report.scale import round_up
from etl_batch.text.first_rows import cut

MOST_BARS = 20
MOST_POINTS = 2_000
MOST_VALUES = 10_000  #: that are told apart
_MOST_BINS = 40
NUMBERS = frozenset({Kind.WHOLE, Kind.DECIMAL, Kind.FLOAT})
TIMES = frozenset({Kind.DATE, Kind.TIME})
_SECONDS = (1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400)  #: widths of bins of times
_GREATEST = 1e300  #: what is farther from 0 leaves no room for a scale
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn."""

    column: str
    beside: str = ""  #: a column of numbers; none: rows are counted


def plotted(rows: ArrowRows, look: RowLook, plot: Plot) -> dict[str, Any]:
    """What is to be drawn of the rows that a look is of, whatever their order and page.

    Returns:
        `{"shape": bars | bins | points, "is_time", "at", "ends", "heights", "matched", "drawn", "left_out", "is_cut",
        "sql"}`: of bars the texts, of bins where they begin and end, of points where they are (times are seconds since
        1970); how high each is; rows that match, those that are drawn, those left out since a cell is empty or no
        number; whether there are more values than bars.

    Raises:
        QueryInvalid: the look does not fit the columns, or a column cannot be drawn.
        FormatCorrupt: the file is not as its run wrote it.
    """
    checked(look, rows.schema)
    kind = _kind(rows.schema, plot.column)
    if kind is Kind.OTHER:
        raise QueryInvalid(f"the column {plot.column} holds values that cannot be drawn", mend="choose another column")
    if plot.beside and _kind(rows.schema, plot.beside) not in NUMBERS:
        raise QueryInvalid(f"the column {plot.beside} holds no numbers", mend="choose a column of numbers")
    read, is_time = _Read(rows, look, plot), kind in TIMES
    drawn = _bars(read) if not is_time and kind not in NUMBERS else _of_numbers(read, plot, kind)
    return {"ends": [], "is_cut": False, **drawn, "is_time": is_time, "matched": read.matched,
            "sql": sql_of(look, rows.schema)}  # fmt: skip


def _of_numbers(read: _Read, plot: Plot, kind: Kind) -> dict[str, Any]:
    return _points(read) if plot.beside else _bins(read, kind)


def _kind(schema: pa.Schema, name: str) -> Kind:
    place = schema.get_field_index(name)
    if place < 0:
        raise QueryInvalid(f"there is no column {name!r}, or there are two", mend="choose a column of the list")
    return kind_of(schema.field(place).type)


class _Read:
    """The columns that are drawn, batch by batch, of the rows that fulfil the conditions."""

    def __init__(self, rows: ArrowRows, look: RowLook, plot: Plot) -> None:
        self._rows, self._look, self._plot = rows, look, plot
        needed = {condition.column for condition in look.conditions} | {plot.column, plot.beside}
        self._columns = [name for name in rows.schema.names if name in needed]
        self.matched = 0  #: rows of the last pass

    def __iter__(self) -> Iterator[tuple[pa.Array, pa.Array | None]]:
        self.matched = 0
        for _, batch in self._rows.batches(self._columns):
            fulfilled = mask(batch, self._look)
            beside = batch.column(self._plot.beside).filter(fulfilled) if self._plot.beside else None
            column = batch.column(self._plot.column).filter(fulfilled)
            self.matched += len(column)
            yield column, beside


def _bars(read: _Read) -> dict[str, Any]:
    """The values that come most often, and how often, or the total of the other column."""
    rows: Counter[str | None] = Counter()
    totals: Counter[str | None] = Counter()
    left_out, is_cut = 0, False
    for column, beside in read:
        numbers = None if beside is None else _floats(beside)
        if numbers is None:
            encoded = column.dictionary_encode(null_encoding="encode")
        else:
            is_number = np.isfinite(numbers)
            left_out += int(len(numbers) - is_number.sum())
            encoded = column.filter(pa.array(is_number)).dictionary_encode(null_encoding="encode")
            numbers = numbers[is_number]
        places = encoded.indices.to_numpy(zero_copy_only=False)
        found = plain_texts(encoded.dictionary)
        counts = np.bincount(places, minlength=len(found))
        sums = counts if numbers is None else np.bincount(places, numbers, len(found))
        for text, number, total in zip(found, counts.tolist(), sums.tolist(), strict=True):
            if text in rows or len(rows) < MOST_VALUES:
                rows[text] += number
                totals[text] += total
            else:
                left_out, is_cut = left_out + number, True
    ranked = sorted(rows, key=lambda text: (-rows[text], text is None, text or ""))
    shown = ranked[:MOST_BARS]
    return {
        "shape": "bars", "at": [None if text is None else cut(text) for text in shown],
        "heights": [totals[text] for text in shown], "drawn": sum(rows[text] for text in shown),
        "left_out": left_out, "is_cut": is_cut or len(ranked) > MOST_BARS,
    }  # fmt: skip


def _bins(read: _Read, kind: Kind) -> dict[str, Any]:
    """How many rows lie in each of some parts, equally wide, of what the values span."""
    low, high, drawn = math.inf, -math.inf, 0
    for column, _ in read:
        numbers = _finite(column)
        if len(numbers):
            low, high = min(low, float(numbers.min())), max(high, float(numbers.max()))
            drawn += len(numbers)
    if not drawn:
        return {"shape": "bins", "at": [], "heights": [], "drawn": 0, "left_out": read.matched}
    edges = bin_edges(low, high, kind)
    heights = np.zeros(len(edges) - 1, dtype=np.int64)
    for column, _ in read:
        heights += np.histogram(_finite(column), edges)[0]
    return {
        "shape": "bins", "at": edges[:-1].tolist(), "ends": edges[1:].tolist(), "heights": heights.tolist(),
        "drawn": drawn, "left_out": read.matched - drawn,
    }  # fmt: skip


def bin_edges(low: float, high: float, kind: Kind) -> Floats:
    """Round places from one that is at most the least value to one beyond the greatest; two or more."""
    if kind in TIMES:
        least = 86_400 if kind is Kind.DATE else 1
        widths = (width for width in _SECONDS if width >= least and (high - low) / width < _MOST_BINS)
        step = float(next(widths, round_up((high - low) / _MOST_BINS)))
    else:
        step = round_up((high - low) / _MOST_BINS) if high > low else max(abs(low), 1.0) * 0.1
        step = max(math.ceil(step), 1.0) if kind is Kind.WHOLE else step
    first = math.floor(low / step) * step
    if first > low:  # rounded to beyond it
        first -= step
    edges = first + step * np.arange(math.ceil((high - first) / step) + 3, dtype=np.float64)
    return edges[: int(np.searchsorted(edges, high, side="right")) + 1]


def _points(read: _Read) -> dict[str, Any]:
    """Rows from first to last, equally far apart: all of them, or as many as can be told apart in a picture."""
    kept: list[Floats] = []
    number, apart = 0, 1
    for column, beside in read:
        points = np.stack([_floats(column), _floats(beside)], axis=1)
        points = points[np.isfinite(points).all(axis=1)]
        kept.append(points[(-number) % apart :: apart])
        number += len(points)
        if sum(map(len, kept)) > 2 * MOST_POINTS:
            whole = np.concatenate(kept)
            times = math.ceil(len(whole) / (2 * MOST_POINTS))
            kept, apart = [whole[::times]], apart * times
    whole = np.concatenate([np.empty((0, 2)), *kept])
    whole = whole[:: max(math.ceil(len(whole) / MOST_POINTS), 1)]
    return {
        "shape": "points", "at": whole[:, 0].tolist(), "heights": whole[:, 1].tolist(), "drawn": len(whole),
        "left_out": read.matched - number, "is_cut": len(whole) < number,
    }  # fmt: skip


def _finite(column: pa.Array) -> Floats:
    numbers = _floats(column)
    return numbers[np.isfinite(numbers)]


def _floats(column: pa.Array | None) -> Floats:
    """Values as numbers, times as seconds since 1970, what is empty as NaN."""
    if column is None:
        return np.empty(0)
    kind, unit = column.type, 1.0
    if pa.types.is_timestamp(kind):
        column, unit = column.cast(pa.int64()), {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
    elif pa.types.is_date32(kind):
        column, unit = column.cast(pa.int32()), 1 / 86_400
    found: Floats = pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False) / unit
    return np.where(np.abs(found) < _GREATEST, found, np.nan)
