"""What the first or last record of a file says of the others, compared with what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from typing import Any

import numpy as np

from etl_batch.errors import EmptyInput, TrailerMismatch
from etl_batch.formats.binary.exact_column import ExactSum, sum_of_field
from etl_batch.formats.binary.kind_records import KindFile
from etl_batch.formats.binary.kinds_walk import Seen, added_fields, added_scale, between_ends, hashed_fields
from etl_batch.formats.binary.record_fields import arrow_array, decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.conditions import End
from etl_batch.layouts.layout import MAX_DECIMAL_DIGITS, Field, Reconciled, RecordType
from etl_batch.layouts.reconcile_toml import hash_digits
from etl_batch.light_dataclass import dataclass
from etl_batch.text.numbers import is_whole_number

_EXACT = Context(prec=4 * MAX_DECIMAL_DIGITS)


def refuse_mismatch(source: KindFile, seen: Sequence[Seen]) -> None:
    """Compare what the first and the last record say with what was seen.

    Args:
        source: a file of several types of records.
        seen: of all its spans.

    Raises:
        EmptyInput: the file has not as many records as stand at its ends.
        TrailerMismatch: a number of records, a total, or what both say is another; or there is no such record.
    """
    types = source.layout.records
    at_ends = sum(one.end is not None for one in types)
    if source.rows < at_ends:
        raise EmptyInput(f"{source.place.path} has {source.rows} record, where a first and a last one are meant to be")
    for number, kind in enumerate(types):
        if kind.reconciled is not None:
            at_end = _at_end(source, number, seen)
            for problem in _differences(source, seen, at_end, kind.reconciled):
                raise at_end.mismatch(problem)


def _differences(source: KindFile, seen: Sequence[Seen], one: _AtEnd, wanted: Reconciled) -> Iterator[str]:
    types = source.layout.records
    names = [kind.name for kind in types]
    counts = [
        (wanted.rows, between_ends(seen), "records"),
        (wanted.records, source.rows, "records with first and last"),
    ]
    counts += [(said, sum(its.rows[names.index(name)] for its in seen), f"of {name}") for name, said in wanted.of_types]
    for field, there, what in counts:
        if field is not None and one.number(field) != there:
            yield f"{field} says {one.number(field):,} {what}, and there are {there:,}"
    for name, field in wanted.sums:
        found = _together(its.sums[added_fields(types).index(name)] for its in seen)
        total, said = _decimal(found.total, added_scale(name, types)), one.number(field)
        if total != said:
            yield f"{field} says {said:,}, and {name} comes to {total:,}{_but(found)}"
    for name, field in wanted.hashes:
        found = _together(its.hashes[hashed_fields(types).index(name)] for its in seen)
        digits = hash_digits(one.field(field)) or 0
        last, stored = found.total % 10**digits, one.stored(field)
        if last != stored:
            yield (
                f"{field} says {stored:0{digits}d}, and the last {digits} digits of the hash total of {name} are "
                f"{last:0{digits}d}{_but(found)}"
            )
    if wanted.header:
        first = _at_end(source, next(number for number, kind in enumerate(types) if kind.end is End.FIRST), seen)
        for theirs, own in wanted.header:
            if first.value(theirs) != one.value(own):
                yield f"{own} says {one.value(own)}, and {theirs} of {first.kind.name} says {first.value(theirs)}"


def _together(found: Iterator[ExactSum]) -> ExactSum:
    every = list(found)
    return ExactSum(sum(one.total for one in every), sum(one.unread for one in every))


def _but(found: ExactSum) -> str:
    return f" (without {found.unread:,} records where it is bad, or null)" if found.unread else ""


@dataclass(frozen=True, slots=True)
class _AtEnd:
    """The first or last record of a file."""

    source: KindFile
    kind: RecordType
    record: Records

    def field(self, name: str) -> Field:
        """One of its fields."""
        return next(field for field in self.kind.layout.fields if field.name == name)

    def number(self, name: str) -> Decimal:
        """The number in a field."""
        return _decimal(self.stored(name), self.field(name).scale)

    def stored(self, name: str) -> int:
        """The same without its decimal point.

        Raises:
            TrailerMismatch: it is none.
        """
        found = sum_of_field(self.field(name), self.record)
        if found.unread:
            raise self._no_good(name, "number")
        return found.total

    def value(self, name: str) -> Any:  # noqa: ANN401 - any value of a field
        """What a field holds: a number, or as Arrow has it; None: null.

        Raises:
            TrailerMismatch: it is none that its type allows.
        """
        field = self.field(name)
        decoded = decode_field(field, Records(self.record.bytes))
        if decoded.bad is not None and decoded.bad[0]:
            raise self._no_good(name, "good value")
        found = arrow_array(decoded, self.record)[0].as_py()
        return Decimal(found) if is_whole_number(found) else found

    def _no_good(self, name: str, what: str) -> TrailerMismatch:
        return self.mismatch(f"{name} is no {what}: its bytes are {self.record.raw(self.field(name)).tobytes().hex()}")

    def mismatch(self, what: str) -> TrailerMismatch:
        """What it says, and what there is."""
        which = "first" if self.kind.end is End.FIRST else "last"
        return TrailerMismatch(f"{self.source.place.path}, its {which} record ({self.kind.name}): {what}")


def _at_end(source: KindFile, number: int, seen: Sequence[Seen]) -> _AtEnd:
    """The record of a type that stands at an end.

    Raises:
        TrailerMismatch: there is none.
    """
    kind = source.layout.records[number]
    raw = next((end.raw for one in seen for end in one.ends if end.kind == number), None)
    if raw is None:
        is_last = kind.end is End.LAST
        why = "the file ends within a record" if is_last and not source.is_whole else "it is another"
        where = "at its end" if is_last else "at its beginning"
        raise TrailerMismatch(f"{source.place.path} has no record {kind.name} {where}: {why}")
    return _AtEnd(source, kind, Records(np.frombuffer(raw, np.uint8).reshape(1, -1)))


def _decimal(value: int, scale: int) -> Decimal:
    return Decimal(value).scaleb(-scale, _EXACT)
