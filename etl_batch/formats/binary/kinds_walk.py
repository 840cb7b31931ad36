"""Once over a file of several types of records: how many of each every span has, and which hold where it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from etl_batch.formats.binary.arranged import Arranged
from etl_batch.formats.binary.exact_column import ExactSum, hash_of_field, sum_of_field
from etl_batch.formats.binary.kind_records import KindFile, KindRecords, KindSpan
from etl_batch.formats.binary.kind_rows import Held, handed, handed_fields
from etl_batch.formats.binary.record_kinds import NOWHERE, UNKNOWN, Kinds, kinds_of, lasts_behind
from etl_batch.formats.format import MAX_SPAN_BYTES
from etl_batch.layouts.layout import Field, RecordType
from etl_batch.layouts.record_types import rows_among
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import Span


@dataclass(frozen=True, slots=True)
class Look:
    """Spans of a file that are to be looked at."""

    spans: tuple[KindSpan, ...]
    count: int  #: records of the file; 0: which is the last is not known

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs for it."""
        return self.spans[0].files


@dataclass(frozen=True, slots=True)
class AtAnEnd:
    """The record that stands at an end of a file, laid out."""

    kind: int  #: which type
    raw: bytes


@dataclass(frozen=True, slots=True)
class NoType:
    """A record that is of no type."""

    number: int  #: within its file, from 0
    byte: int
    problem: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a span holds."""

    rows: tuple[int, ...]  #: of each type
    last: tuple[int, ...]  #: the number of the last record of each type; NOWHERE: it holds none
    held: tuple[Held | None, ...]  #: of each type that others carry fields of, what is known of that one
    unknown: int  #: records that are of none
    first_unknown: NoType | None
    spoiled: int  #: of these, see `Sorted`
    ends: tuple[AtAnEnd, ...] = ()
    sums: tuple[ExactSum, ...] = ()  #: of each of `added_fields`, at the scale of `added_scale`
    hashes: tuple[ExactSum, ...] = ()  #: of the digits of each of `hashed_fields`


def looks_at(file: KindFile, spans: Sequence[Span]) -> Iterator[Look]:
    """What is to be looked at: spans side by side together, as long as they are small."""
    count = file.rows if file.is_whole else 0
    together: list[Span] = []
    for span in spans:
        if together and span.stop - together[0].start > MAX_SPAN_BYTES:
            yield Look(tuple(map(file.kind_span, together)), count)
            together = []
        together.append(span)
    if together:
        yield Look(tuple(map(file.kind_span, together)), count)


def look(at: Look) -> tuple[Seen, ...]:
    """Look at spans.

    Raises:
        InputChanged: the file is not what it was.
    """
    return tuple(_seen(span, at.count) for span in at.spans)


def _seen(at: KindSpan, count: int) -> Seen:
    types, first = at.layout.records, at.span.first_row
    with at.read() as every:
        found = kinds_of(types, every, first, count)
        kinds = found.kinds
        last = lasts_behind((NOWHERE,) * len(types), kinds, first)
        unknown = np.flatnonzero(kinds == UNKNOWN)
        first_unknown = None
        if len(unknown):
            place = int(unknown[0])
            first_unknown = NoType(first + place, every.lying.byte(place), found.problem(place))
        return Seen(
            rows=tuple(int(count) for count in np.bincount(kinds[kinds != UNKNOWN], minlength=len(types))),
            last=last,
            held=tuple(_held(types[number], its, types, every, first) for number, its in enumerate(last)),
            unknown=len(unknown),
            first_unknown=first_unknown,
            spoiled=found.spoiled,
            ends=tuple(_ends(types, every, kinds)),
            sums=tuple(_sum(name, types, every, kinds) for name in added_fields(types)),
            hashes=tuple(_hash(name, types, every, kinds) for name in hashed_fields(types)),
        )


def _held(kind: RecordType, number: int, types: Sequence[RecordType], every: KindRecords, first: int) -> Held | None:
    """What is known of the last record of a type, where others carry fields of it."""
    if number == NOWHERE or not handed_fields(kind, types):
        return None
    return handed(every, np.array([number - first]), kind, types).held(0, number)


def _ends(types: Sequence[RecordType], every: KindRecords, kinds: Kinds) -> Iterator[AtAnEnd]:
    for number, kind in enumerate(types):
        if kind.end is not None and len(places := np.flatnonzero(kinds == number)):
            yield AtAnEnd(number, every.arranged(places, kind.layout).records.bytes[0].tobytes())


def added_fields(types: Sequence[RecordType]) -> tuple[str, ...]:
    """The fields that a first or last record has a sum of, each once."""
    return tuple(dict.fromkeys(name for one in types if one.reconciled for name, _ in one.reconciled.sums))


def hashed_fields(types: Sequence[RecordType]) -> tuple[str, ...]:
    """The fields that a first or last record has a hash total of, each once."""
    return tuple(dict.fromkeys(name for one in types if one.reconciled for name, _ in one.reconciled.hashes))


def added_scale(name: str, types: Sequence[RecordType]) -> int:
    """Digits behind the point of a sum: the most that any type of rows has in that field."""
    return max(field.scale for one in rows_among(types) for field in one.layout.fields if field.name == name)


def _sum(name: str, types: Sequence[RecordType], every: KindRecords, kinds: Kinds) -> ExactSum:
    """Of a field over the records of all types of rows that have it."""
    total = unread = 0
    for field, laid in _of_rows(name, types, every, kinds):
        found = sum_of_field(field, laid.records)
        total += found.total * 10 ** (added_scale(name, types) - field.scale)
        unread += found.unread + len(laid.reasons)
    return ExactSum(total, unread)


def _hash(name: str, types: Sequence[RecordType], every: KindRecords, kinds: Kinds) -> ExactSum:
    """The same of the digits that stand there."""
    total = unread = 0
    for field, laid in _of_rows(name, types, every, kinds):
        found = hash_of_field(field, laid.records)
        total += found.total
        unread += found.unread + len(laid.reasons)
    return ExactSum(total, unread)


def _of_rows(
    name: str, types: Sequence[RecordType], every: KindRecords, kinds: Kinds
) -> Iterator[tuple[Field, Arranged]]:
    """A field of each type of rows that has it, and the records of that type."""
    for number, one in enumerate(types):
        field = next((each for each in one.layout.fields if each.name == name), None)
        if field is not None and one.end is None:
            yield field, every.arranged(np.flatnonzero(kinds == number), one.layout)


@dataclass(frozen=True, slots=True)
class Before:
    """The last record of each type before a place in a file."""

    last: tuple[int, ...]  #: its number; NOWHERE: there is none
    held: tuple[Held | None, ...]  #: see `Seen`


def between_ends(seen: Sequence[Seen]) -> int:
    """Records of a file that are neither its first nor its last, where such are meant to be; bad ones counted."""
    return sum(sum(one.rows) + one.unknown - one.spoiled - len(one.ends) for one in seen)


@dataclass(frozen=True, slots=True)
class Found:
    """A span of a file, with what it holds and which records hold where it begins."""

    span: Span  #: of the file
    rows: int  #: of the type that is asked about
    before: Before


def found_spans(spans: Sequence[Span], seen: Sequence[Seen], kind: int) -> tuple[Found, ...]:
    """Those of some spans that hold records of a type, or with UNKNOWN of none."""
    found = []
    types = len(seen[0].rows) if seen else 0
    last: tuple[int, ...] = (NOWHERE,) * types
    held: tuple[Held | None, ...] = (None,) * types
    for span, its in zip(spans, seen, strict=True):
        rows = its.unknown if kind == UNKNOWN else its.rows[kind]
        if rows:
            found.append(Found(span, rows, Before(last, held)))
        last = tuple(max(pair) for pair in zip(last, its.last, strict=True))
        held = tuple(new or old for old, new in zip(held, its.held, strict=True))
    return tuple(found)
