"""What the last record of a file says of the others, compared with what they are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal

import numpy as np

from etl_batch.errors import EmptyInput, TrailerMismatch
from etl_batch.formats.binary.exact_column import sum_of_field
from etl_batch.formats.binary.kind_records import KindFile
from etl_batch.formats.binary.kinds_walk import Seen, added_scale, between_ends
from etl_batch.formats.binary.records import Records
from etl_batch.layouts.layout import MAX_DECIMAL_DIGITS, RecordType
from etl_batch.light_dataclass import dataclass

_EXACT = Context(prec=4 * MAX_DECIMAL_DIGITS)


def refuse_mismatch(source: KindFile, seen: Sequence[Seen]) -> None:
    """Compare what the last record says with what was seen.

    Args:
        source: a file of several types of records.
        seen: of all its spans.

    Raises:
        EmptyInput: the file has not as many records as stand at its ends.
        TrailerMismatch: a number of records, or a sum, is another; or there is no such record.
    """
    types = source.layout.records
    at_ends = sum(one.end is not None for one in types)
    if source.rows < at_ends:
        raise EmptyInput(f"{source.place.path} has {source.rows} record, where a first and a last one are meant to be")
    number = next((number for number, one in enumerate(types) if one.reconciled), None)
    if number is None or (wanted := types[number].reconciled) is None:
        return
    last = _Last.of(source, types[number], number, seen)
    if wanted.rows is not None:
        said, rows = last.said(wanted.rows), Decimal(between_ends(seen))
        if said != rows:
            raise last.mismatch(f"{wanted.rows} says {said:,} records, and there are {rows:,}")
    for place, (name, total) in enumerate(wanted.sums):
        scale = added_scale(name, types)
        found = [one.sums[place] for one in seen]
        its_sum, said = _decimal(sum(one.total for one in found), scale), last.said(total)
        if its_sum != said:
            unread = sum(one.unread for one in found)
            but = f" (without {unread:,} records where it is bad, or null)" if unread else ""
            raise last.mismatch(f"{total} says {said:,}, and {name} comes to {its_sum:,}{but}")


@dataclass(frozen=True, slots=True)
class _Last:
    """The last record of a file."""

    source: KindFile
    kind: RecordType
    record: Records

    @classmethod
    def of(cls, source: KindFile, kind: RecordType, number: int, seen: Sequence[Seen]) -> _Last:
        """The one of this type.

        Raises:
            TrailerMismatch: there is none.
        """
        raw = next((end.raw for one in seen for end in one.ends if end.kind == number), None)
        if raw is None:
            why = "it is another" if source.is_whole else "the file ends within a record"
            raise TrailerMismatch(f"{source.place.path} has no record {kind.name} at its end: {why}")
        return cls(source, kind, Records(np.frombuffer(raw, np.uint8).reshape(1, -1)))

    def said(self, name: str) -> Decimal:
        """The number in one of its fields.

        Raises:
            TrailerMismatch: it is none.
        """
        field = next(field for field in self.kind.layout.fields if field.name == name)
        found = sum_of_field(field, self.record)
        if found.unread:
            raise self.mismatch(f"{name} is no number: its bytes are {self.record.raw(field).tobytes().hex()}")
        return _decimal(found.total, field.scale)

    def mismatch(self, what: str) -> TrailerMismatch:
        """What it says, and what there is."""
        return TrailerMismatch(f"{self.source.place.path}, its last record ({self.kind.name}): {what}")


def _decimal(value: int, scale: int) -> Decimal:
    return Decimal(value).scaleb(-scale, _EXACT)
