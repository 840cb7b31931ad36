"""The rows that a run set aside, read from the file that they lie in: counted by reason, the first of them as values.

Pure but for the file that it is handed.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.values import MIB

MOST_READ_ROWS = 200_000  #: that are counted; a page waits for it
MOST_SHOWN_ROWS = 200
_MOST_REASONS = 50
_MOST_CELL = 4 * MIB  #: characters: a row that was set aside may be long
_MOST_SHOWN_CELL = 20_000
_QUOTED = re.compile(r": '(?:[^'\\]|\\.)*'$")
_AT_BYTE = re.compile(r",? at byte [\d,]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """One row that was set aside."""

    input: str  #: its path
    row: int  #: within the input, from 1
    byte: int  #: where it starts in the input
    reason: str
    raw: str  #: as it was read; of records in hexadecimal
    table: str = ""  #: where there are several


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRows:
    """What lies in the file."""

    rows: int  #: that were counted
    is_cut: bool  #: there are more
    reasons: tuple[tuple[str, int], ...]  #: the most frequent first
    first: tuple[RejectedRow, ...]


def kind_of(reason: str) -> str:
    """What rows have in common that were set aside for the same: the reason without the value and its place."""
    return _AT_BYTE.sub("", _QUOTED.sub("", reason))


def read_rejected(lines: Iterable[str], *, is_escaped: bool) -> dict[str, Any]:
    """Read the file as a job wrote it.

    Args:
        lines: of the file.
        is_escaped: whether its cells were kept from being run as formulas.

    Returns:
        What `rejected_of` takes, as JSON.
    """
    usual = csv.field_size_limit(_MOST_CELL)
    try:
        return _counted(_rows(lines, is_escaped=is_escaped))
    finally:
        csv.field_size_limit(usual)  # it is of the process, and others count on it


def _counted(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Rows by their reasons, and the first of them."""
    reasons: Counter[str] = Counter()
    first: list[dict[str, Any]] = []
    count, is_cut = 0, False
    for row in rows:
        if count == MOST_READ_ROWS:
            is_cut = True
            break
        count += 1
        reasons[kind_of(row["reason"])] += 1
        if len(first) < MOST_SHOWN_ROWS:
            first.append(row)
    return {"rows": count, "is_cut": is_cut, "reasons": reasons.most_common(_MOST_REASONS), "first": first}


def rejected_of(found: Mapping[str, Any]) -> RejectedRows:
    """What `read_rejected` found."""
    return RejectedRows(
        rows=int(found["rows"]),
        is_cut=bool(found["is_cut"]),
        reasons=tuple((str(reason), int(rows)) for reason, rows in found["reasons"]),
        first=tuple(RejectedRow(**row) for row in found["first"]),
    )


def raw_bytes(row: RejectedRow, *, is_record: bool) -> bytes:
    """The bytes of a row: records, and what is no text, stand in the file in hexadecimal."""
    if is_record:
        try:
            return bytes.fromhex(row.raw)
        except ValueError:
            return row.raw.encode("utf-8", "surrogatepass")
    return row.raw.encode("utf-8", "surrogatepass")


def _rows(lines: Iterable[str], *, is_escaped: bool) -> Iterator[dict[str, Any]]:
    for cells in csv.DictReader(lines, strict=True):
        plain = {name: unescape_csv_injection(cell) if is_escaped else cell for name, cell in cells.items()}
        yield {
            "table": plain.get("table", ""),
            "input": plain["input"],
            "row": int(plain["row"]),
            "byte": int(plain["byte"]),
            "reason": plain["reason"],
            "raw": plain["raw"][:_MOST_SHOWN_CELL],
        }
