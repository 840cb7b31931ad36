"""Rows of an output as a page looks at them: what the process that reads has answered, as values. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.row_look import Kind


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """How often the values of a column come."""

    first: tuple[tuple[str | None, int], ...]  #: the most frequent
    values: int  #: that are told apart
    is_cut: bool  #: there are more


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedRows:
    """A page of rows."""

    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[str | None, ...], ...]
    matched: int  #: rows that fulfil the conditions
    counts: ValueCounts | None
    sql: str  #: the same question, without its page


def looked_rows(said: Mapping[str, Any]) -> LookedRows:
    """What the process has said of a look."""
    counts = said["counts"]
    return LookedRows(
        columns=tuple((name, Kind(kind)) for name, kind in said["columns"]),
        rows=tuple(map(tuple, said["rows"])),
        matched=said["matched"],
        counts=None if counts is None else ValueCounts(
            tuple(map(tuple, counts["first"])), counts["values"], counts["is_cut"]
        ),
        sql=said["sql"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRows:
    """What a picture of one or two columns shows; see `queries.row_plot`."""

    shape: str  #: bars, bins or points
    is_time: bool  #: whether places are seconds since 1970
    at: tuple[Any, ...]
    ends: tuple[float, ...]  #: of bins
    heights: tuple[float, ...]
    matched: int  #: rows
    drawn: int
    left_out: int  #: since a cell is empty, or no number
    is_cut: bool
    sql: str  #: of the rows


def drawn_rows(said: Mapping[str, Any]) -> DrawnRows:
    """What the process has said of a picture."""
    return DrawnRows(
        shape=said["shape"], is_time=said["is_time"], at=tuple(said["at"]), ends=tuple(said["ends"]),
        heights=tuple(said["heights"]), matched=said["matched"], drawn=said["drawn"], left_out=said["left_out"],
        is_cut=said["is_cut"], sql=said["sql"],
    )  # fmt: skip


def body_of(said: Mapping[str, Any], form: AnswerForm) -> bytes:
    """The file that it has made."""
    body = str(said["body"])
    return base64.b64decode(body) if form is AnswerForm.PARQUET else body.encode()
