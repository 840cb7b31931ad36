"""How far a job is: one line of its journal for each span whose output is in the files."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.storage.hash_follower import Mark
from etl_batch.values import Span


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows and cells of a table, from its first span on."""

    rows_in: int = 0
    rows_out: int = 0
    cells_escaped: int = 0
    rejected: int = 0
    apostrophes_inside: int = 0  #: of cells


def sum_of(totals: Sequence[Totals]) -> Totals:
    """Of several tables together."""
    return Totals(*map(sum, zip(*map(astuple, totals), strict=True)))


@dataclass(frozen=True, slots=True)
class RowGroup:
    """What one span added to the Parquet output."""

    part: Mark  #: of the part file that the span went to
    rows: int  #: of that part file so far
    offset: int  #: of the span's first page
    footer: bytes  #: empty: the span had no good row


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPoint:
    """The state behind one span of the outputs of its table, and of the rows set aside."""

    span: Span
    totals: Totals
    csv: Mark | None
    parquet: RowGroup | None
    rejects: Mark | None  #: None: no row was set aside so far
    learned: tuple[bytes, ...] = ()  #: of the span; see `PartResult`
    samples: Mark | None = None  #: of the spans' parts of the sample; None: nothing is sampled
    keys: Mark | None = None  #: of the keys of the rows; None: no rule is about keys


def to_entry(point: RestartPoint) -> dict[str, Any]:
    """As the journal keeps it."""
    entry: dict[str, Any] = {"span": astuple(point.span), "totals": astuple(point.totals)}
    marks = {"csv": point.csv, "rejects": point.rejects, "samples": point.samples, "keys": point.keys}
    for name, mark in marks.items():
        if mark is not None:
            entry[name] = [mark.size, mark.sha256]
    if point.learned:
        entry["learned"] = [part.decode() for part in point.learned]
    if point.parquet is not None:
        group = point.parquet
        footer = base64.b64encode(group.footer).decode()
        entry["parquet"] = [group.part.size, group.part.sha256, group.rows, group.offset, footer]
    return entry


def from_entry(entry: dict[str, Any]) -> RestartPoint:
    """What `to_entry` made."""
    group = entry.get("parquet")
    return RestartPoint(
        span=Span(*entry["span"]),
        totals=Totals(*entry["totals"]),
        csv=Mark(*entry["csv"]) if "csv" in entry else None,
        rejects=Mark(*entry["rejects"]) if "rejects" in entry else None,
        samples=Mark(*entry["samples"]) if "samples" in entry else None,
        keys=Mark(*entry["keys"]) if "keys" in entry else None,
        learned=tuple(part.encode() for part in entry.get("learned", ())),
        parquet=None if group is None else RowGroup(Mark(*group[:2]), group[2], group[3], base64.b64decode(group[4])),
    )
