"""Once over a file of several types of records: how many of each every span has, and which hold where it begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.exact_column import ExactSum, sum_of_field
from etl_batch.formats.binary.record_kinds import NOWHERE, UNKNOWN, Holding, Kinds, kinds_of
from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.records_that import Stretch
from etl_batch.layouts.layout import RecordType
from etl_batch.layouts.record_types import rows_among
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import Span


@dataclass(frozen=True, slots=True)
class Look:
    """A span that is to be looked at."""

    source: BinaryInput
    span: Span

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs for it."""
        return self.source.files


@dataclass(frozen=True, slots=True)
class Seen:
    """What a span holds."""

    rows: tuple[int, ...]  #: of each type
    last: tuple[int, ...]  #: the number of the last record of each type; NOWHERE: it holds none
    unknown: int  #: records that are of none
    first_unknown: int  #: its number; NOWHERE: there is none
    sums: tuple[ExactSum, ...] = ()  #: of each field that the last record has a sum of, at the scale of `added_scale`


def look(at: Look) -> Seen:
    """Look at a span.

    Raises:
        InputChanged: the file is not what it was.
    """
    from etl_batch.formats.binary.record_reader import map_records

    source, span = at.source, at.span
    types = source.layout.records
    with map_records(source, source.layout, span) as records:
        kinds = kinds_of(types, records, Stretch(span.first_row, source.rows))
        sums = tuple(_sum(name, types, records, kinds) for name in added_fields(types))
    unknown = np.flatnonzero(kinds == UNKNOWN)
    return Seen(
        rows=tuple(int(count) for count in np.bincount(kinds[kinds != UNKNOWN], minlength=len(types))),
        last=Holding((NOWHERE,) * len(types)).behind(kinds, span.first_row).last,
        unknown=len(unknown),
        first_unknown=span.first_row + int(unknown[0]) if len(unknown) else NOWHERE,
        sums=sums,
    )


def added_fields(types: Sequence[RecordType]) -> tuple[str, ...]:
    """The fields that the last record has a sum of."""
    return tuple(name for one in types if one.reconciled for name, _ in one.reconciled.sums)


def added_scale(name: str, types: Sequence[RecordType]) -> int:
    """Digits behind the point of a sum: the most that any type of rows has in that field."""
    return max(field.scale for one in rows_among(types) for field in one.layout.fields if field.name == name)


def _sum(name: str, types: Sequence[RecordType], records: Records, kinds: Kinds) -> ExactSum:
    """Of a field over the records of all types of rows that have it."""
    total = unread = 0
    for number, one in enumerate(types):
        field = next((each for each in one.layout.fields if each.name == name), None)
        if field is not None and one.end is None:
            found = sum_of_field(field, Records(records.bytes[kinds == number]))
            total += found.total * 10 ** (added_scale(name, types) - field.scale)
            unread += found.unread
    return ExactSum(total, unread)


@dataclass(frozen=True, slots=True)
class Found:
    """A span of a file, with what it holds and which records hold where it begins."""

    start: int  #: bytes
    stop: int  #: bytes
    first_row: int  #: number of its first record, from 0
    rows: int  #: of the type that is asked about
    before: Holding


def found_spans(spans: Sequence[Span], seen: Sequence[Seen], kind: int) -> tuple[Found, ...]:
    """Those of some spans that hold records of a type, or with UNKNOWN of none."""
    found = []
    last = (NOWHERE,) * len(seen[0].rows) if seen else ()
    for span, its in zip(spans, seen, strict=True):
        rows = its.unknown if kind == UNKNOWN else its.rows[kind]
        if rows:
            found.append(Found(span.start, span.stop, span.first_row, rows, Holding(last)))
        last = tuple(max(pair) for pair in zip(last, its.last, strict=True))
    return tuple(found)
