"""A table as a value, and as the files that it can be taken away in: pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Literal

from etl_batch.cell_escape import csv_cell
from etl_batch.light_dataclass import dataclass

Cell = str | int | float | bool | None
Kind = Literal["text", "count", "number", "bytes", "share", "seconds", "time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    name: str  #: in rows and exports
    title: str  #: on the page
    kind: Kind = "text"
    help: str | None = None
    decimals: int | None = None  #: of a number; None: as its values need


class Mark(StrEnum):
    """What is special of a cell; what it means, a legend says beside the table."""

    CHANGED = "changed"
    MISSING = "missing"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their columns; a cell that a row lacks is empty."""

    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Cell]]
    marks: Mapping[tuple[int, str], Mark] = field(default_factory=dict)  #: by the row, from 0, and the column's name


def as_csv(table: Table) -> bytes:
    """UTF-8, comma, LF; no text that a spreadsheet would run."""
    lines = [",".join(csv_cell(column.name) for column in table.columns)]
    lines += [",".join(_csv(row.get(column.name)) for column in table.columns) for row in table.rows]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def as_json(table: Table) -> bytes:
    """A list of objects; numbers or null, never NaN."""
    names = [column.name for column in table.columns]
    rows = [{name: _finite(row.get(name)) for name in names} for row in table.rows]
    return (json.dumps(rows, ensure_ascii=True, indent=1, allow_nan=False) + "\n").encode()


def _csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return csv_cell(cell) if isinstance(cell, str) else repr(cell)


def _finite(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
