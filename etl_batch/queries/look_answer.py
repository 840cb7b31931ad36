"""What a look at rows comes to: a page of them, how many there are, how often each value comes; or all, to take away.

Two passes at most: one over the columns that conditions, the order and the count need, which finds the places of the
rows; one that reads the rows of these places.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.answer_text import (
    csv_document,
    csv_rows,
    json_document,
    json_rows,
    parquet_document,
    plain_texts,
)
from etl_batch.queries.arrow_rows import ArrowRows, Places
from etl_batch.queries.look_terms import checked, kind_of, mask, sql_of
from etl_batch.queries.row_look import MOST_SORTED_PAGES, PAGE_ROWS, RowLook
from etl_batch.queries.sql_limits import MOST_BYTES, MOST_ROWS
from etl_batch.text.first_rows import MOST_COLUMNS, cut

MOST_VALUES = 10_000  #: that are told apart where they are counted
_SHOWN_VALUES = 20


def looked(rows: ArrowRows, look: RowLook, total: int) -> dict[str, Any]:
    """A page of rows.

    Args:
        rows: of the table.
        look: which.
        total: rows of the table.

    Returns:
        `{"columns": [[name, kind]], "rows": [[text]], "matched", "sql", "counts": {"first": [[text, rows]], "values",
        "is_cut"} or None}`.

    Raises:
        QueryInvalid: the look does not fit the columns.
        FormatCorrupt: the file is not as its run wrote it.
    """
    checked(look, rows.schema)
    if look.is_plain:
        places, matched, counts = list(range(look.first_row, min(look.first_row + PAGE_ROWS, total))), total, None
    else:
        found = _Found(look, look.first_row + PAGE_ROWS)
        found.read(rows)
        places, matched, counts = found.places[look.first_row :], found.matched, found.counted()
    page = rows.take(places)
    shown = [plain_texts(column.combine_chunks()) for column in page.columns[:MOST_COLUMNS]]
    return {
        "columns": [[field.name, kind_of(field.type)] for field in rows.schema],
        "rows": [[None if cell is None else cut(cell) for cell in row] for row in zip(*shown, strict=True)],
        "matched": matched,
        "counts": counts,
        "sql": sql_of(look, rows.schema),
    }


def taken_away(rows: ArrowRows, look: RowLook, form: AnswerForm) -> dict[str, Any]:
    """The rows of a look in a form, as many as may be: `{"body", "rows", "matched"}`; Parquet in base64."""
    checked(look, rows.schema)
    found = _Found(look, MOST_ROWS)
    found.read(rows)
    table = rows.take(found.places)
    if table.nbytes > MOST_BYTES:
        table = table.slice(0, max(int(table.num_rows * MOST_BYTES / table.nbytes), 1))
    batches = table.combine_chunks().to_batches()
    if form is AnswerForm.PARQUET:
        body = base64.b64encode(parquet_document(table.schema, batches)).decode()
    elif form is AnswerForm.CSV:
        body = csv_document(table.schema, csv_rows(batches))
    else:
        body = json_document(json_rows(table.schema, batches))
    return {"body": body, "rows": table.num_rows, "matched": found.matched}


class _Found:
    """The places of the rows of a look, found in one pass; at most so many of them."""

    def __init__(self, look: RowLook, most: int) -> None:
        self._look, self._most = look, min(most, MOST_SORTED_PAGES * PAGE_ROWS) if look.sort else most
        self.matched = 0
        self._places: list[Places] = []
        self._kept = 0
        self._first: pa.Table | None = None  #: of rows in an order: their keys and places
        self._counts: Counter[str | None] | None = Counter() if look.counted else None
        self._is_cut = False

    def read(self, rows: ArrowRows) -> None:
        """Read all rows."""
        look = self._look
        needed = {condition.column for condition in look.conditions} | set(filter(None, (look.sort, look.counted)))
        columns = [name for name in rows.schema.names if name in needed] or rows.schema.names[:1]
        for first, batch in rows.batches(columns):
            fulfilled = mask(batch, look)
            places = np.flatnonzero(fulfilled.to_numpy(zero_copy_only=False)) + first
            self.matched += len(places)
            if self._counts is not None:
                self._count(batch.column(look.counted).filter(fulfilled))
            if look.sort:
                self._order(batch.column(look.sort).filter(fulfilled), places)
            elif self._kept < self._most:
                self._places.append(places[: self._most - self._kept])
                self._kept += len(self._places[-1])

    @property
    def places(self) -> list[int]:
        """In the order of the look."""
        if self._look.sort:
            return [] if self._first is None else self._first.column("place").to_pylist()
        return [int(place) for places in self._places for place in places]

    def counted(self) -> dict[str, Any] | None:
        """The most frequent values; None: none were to be counted."""
        if self._counts is None:
            return None
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0] is None, item[0] or ""))
        first = [[None if text is None else cut(text), rows] for text, rows in ranked[:_SHOWN_VALUES]]
        return {"first": first, "values": len(ranked), "is_cut": self._is_cut}

    def _count(self, column: pa.Array) -> None:
        if self._counts is None or self._is_cut:
            return
        for text, rows in _value_counts(column):
            self._counts[text] += rows
        self._is_cut = len(self._counts) > MOST_VALUES

    def _order(self, keys: pa.Array, places: Places) -> None:
        found = pa.table({"key": keys, "place": pa.array(places)})
        if self._first is not None:
            found = pa.concat_tables([self._first, found])
        order = [("key", "descending" if self._look.descending else "ascending"), ("place", "ascending")]
        indices = pc.sort_indices(found, sort_keys=order)  # empty cells last, NaN before them
        self._first = found.take(indices[: self._most]).combine_chunks()


def _value_counts(column: pa.Array) -> Iterator[tuple[str | None, int]]:
    found = pc.value_counts(column)
    yield from zip(plain_texts(found.field("values")), found.field("counts").to_pylist(), strict=True)
